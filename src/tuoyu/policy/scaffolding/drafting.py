"""From the reading of a document to the draft of a pack. Whatever is not certain is marked for a person."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tuoyu.core import clock
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions.packs import Pack
from tuoyu.jurisdictions.packs.drafts import TO_FILL, TO_SUMMARISE, UNKNOWN_KEY
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.policy.reading.model import Basis, Clause, Duty, Reading, Seat, Target
from tuoyu.policy.scaffolding.capabilities import Capabilities
from tuoyu.policy.scaffolding.gaps import gaps_of
from tuoyu.policy.scaffolding.heads import LONGEST_NAME, cut, day_of, head_of
from tuoyu.policy.scaffolding.indicators import Indicators
from tuoyu.policy.scaffolding.knowledge import Knowledge, knowledge_for
from tuoyu.policy.scaffolding.marking import Marks, missing_words
from tuoyu.policy.scaffolding.model import Draft
from tuoyu.policy.scaffolding.units import Found, Units

LONGEST_HEADING = 16
LONGEST_ID = 40
COLUMNS = ("lead", "responsible", "default_responsible")
# Control characters and halves of characters.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_DECLARES = re.compile(r"指导思想|总体要求|总体思路|基本原则|工作原则|重要意义|重大意义|发展定位|总则|^目的")
_RULE = re.compile(r"\d+\s*个?(?:工作日|平方米|周岁|月龄)|租赁期.{0,6}\d+\s*年|每班.{0,6}\d+\s*人")
_SCOPE = re.compile(
    r"全[国省市县区州盟旗](?!覆盖)|(?:每个?|各|所有)(?:设区市|县（市、区）|县（区）|市（州）|街镇|乡镇|街道|社区|机构|[区县市镇村])"
)


def draft_of(reading: Reading, *, code: str, packs: Mapping[str, Pack] | None = None) -> Draft:
    """The draft of a pack for the division `code`. Refused where the code is no division or nothing was read.

    It is made from the packs of the house (or `packs`), never from the place's own. No sentence of the
    document is carried over: summaries are left open.
    """
    known = knowledge_for(code, packs)
    if not reading.clauses:
        raise Refused("这份文件没有读出条款，无法起草政策包：请先用 tuoyu policy read 查看读出了什么。")
    return _Drafting(_printable(reading), known).draft()


class _Drafting:
    """One draft in the making."""

    def __init__(self, reading: Reading, known: Knowledge) -> None:
        self.reading, self.known = reading, known
        self.units = Units(known)
        self.marks = Marks()
        self._kept: set[str] = set()
        self._text = "\n".join(clause.text for clause in reading.clauses)

    def draft(self) -> Draft:
        self._units_seen = tuple(dict.fromkeys(self._written_units()))
        content = head_of(self.reading, self.known, self.marks) | {"gap": [], "name_of": self._names()}
        content |= {
            "clause": list(self._clauses()),
            "target": list(self._targets()),
            "duty": list(self._duties()),
            "seat": list(self._seats()),
            "setting": list(self._settings()),
        }
        content["gap"] = self._gaps(content)
        self._mark_own_rules()
        missing_words(content, self.marks)
        pack = Pack.model_validate_json(json.dumps(content))
        return Draft(pack.model_dump(mode="json", exclude_defaults=True), self.marks.all())

    # ---- units

    def _written_units(self) -> Iterable[str]:
        for clause in self.reading.clauses:
            for column in COLUMNS:
                yield from (unit for unit in getattr(clause, column) if 0 < len(unit) <= LONGEST_NAME)
        yield from (d.department for d in self.reading.duties if 0 < len(d.department) <= LONGEST_NAME)

    def _names(self) -> list[dict[str, Any]]:
        """What this document calls each department, in the order it first speaks of them."""
        forms: dict[str, list[str]] = {}
        for written in self._units_seen:
            found = self.units.of(written)
            self._mark_unit(written, found)
            if found.key:
                forms.setdefault(found.key, []).append(written)
        return [
            {"key": key, "forms": written, "display": written[0], "lower": self._lower(key)}
            for key, written in forms.items()
        ]

    def _mark_unit(self, written: str, found: Found) -> None:
        where = f"department {written} key"
        near = "、".join(f"{self.units.name(key)}（{key}）" for key in found.near)
        if found.key is None:
            told = f"最接近的是{near}" if near else "词汇表里没有相近的"
            self.marks.add(
                where,
                f"词汇表里没有“{written}”，{told}：归入已有部门，"
                "或在本包 departments.toml 新写一个 [[department]]。",
            )
        elif not found.sure:
            self.marks.add(
                where,
                f"把“{written}”当作{self.units.name(found.key)}（{found.key}）：{found.ground}，请核对。",
            )

    def _lower(self, key: str) -> str:
        """What the document calls the department one level down, where it does."""
        signs = {"province": "市", "city": "区县"}.get(self.known.place.level, "")
        if not signs or key == "lower_government":
            return ""
        forms = sorted(self.units.bare_forms(key), key=len, reverse=True)
        either = "|".join(re.escape(form) for form in forms if len(form) > 2)
        found = re.search(f"(?<![{signs}])[{signs}](?:{either})", self._text) if either else None
        return found.group() if found else ""

    # ---- clauses

    def _clauses(self) -> Iterable[dict[str, Any]]:
        capabilities = Capabilities(self.known, self.reading.clauses)
        parents = {clause.id.rpartition(".")[0] for clause in self.reading.clauses}
        for clause in self._numbered():
            entry: dict[str, Any] = {"id": clause.id, "kind": _kind(clause)}
            # A clause of one sentence has no heading of its own; its sentence is not copied.
            sentence = clause.text.rstrip("。") == clause.heading and len(clause.heading) > LONGEST_HEADING
            entry["heading"] = TO_SUMMARISE if sentence or not clause.heading else cut(clause.heading)
            entry["summary"] = TO_SUMMARISE
            for column in COLUMNS:
                entry[column] = [unit for unit in getattr(clause, column) if 0 < len(unit) <= LONGEST_NAME]
                if len(entry[column]) < len(getattr(clause, column)):
                    self.marks.add(
                        f"clause {clause.id} {column}", "有一个单位长得不像单位名称，没有写入，请对照原文。"
                    )
            self._bind(entry, clause, capabilities, groups=clause.id in parents)
            yield entry

    def _numbered(self) -> Iterable[Clause]:
        seen = self._kept
        for clause in self.reading.clauses:
            if not clause.id or len(clause.id) > LONGEST_ID or clause.id in seen:
                shown = clause.id[:LONGEST_ID]
                self.marks.add(
                    f"clause {shown} id", f"编号“{shown}”重复或过长，这一条没有写入，请对照原文补上。"
                )
                continue
            seen.add(clause.id)
            yield clause

    def _bind(
        self, entry: dict[str, Any], clause: Clause, capabilities: Capabilities, *, groups: bool
    ) -> None:
        proposed = capabilities.of(clause)
        perhaps = (
            f"也可能：{'、'.join(map(capabilities.name, proposed.perhaps))}。" if proposed.perhaps else ""
        )
        where = f"clause {clause.id}"
        if proposed.proposals:
            entry["capabilities"] = sorted((p.key for p in proposed.proposals), key=_by_number)
            grounds = "；".join(f"{capabilities.name(p.key)}{p.ground}" for p in proposed.proposals)
            self.marks.add(f"{where} capabilities", f"拟对应{grounds}。{perhaps}请核对。")
        elif not clause.text and (groups or not clause.responsible + clause.lead):
            entry["declaratory"] = True  # a heading with nothing beneath it but other clauses
        elif _DECLARES.search(clause.heading):
            entry["declaratory"] = True
            self.marks.add(f"{where} declaratory", "看标题只表态、不派任务，拟作宣示性条款，请核对。")
        else:
            self.marks.add(
                f"{where} capabilities",
                f"没有把握对应哪项能力。{perhaps}确实只表态、不派任务的写 declaratory = true。",
            )

    # ---- targets

    def _targets(self) -> Iterable[dict[str, Any]]:
        indicators = Indicators(self.known, self.reading.targets)
        taken: set[tuple[Any, ...]] = set()
        seen: set[tuple[Any, ...]] = set()
        number = 0
        for target in self.reading.targets:
            if target.clause not in self._kept:
                self.marks.add(
                    "document targets", f"有一项目标不知出自哪条，没有写入：{target.clause[:LONGEST_ID]}。"
                )
                continue
            number += 1
            bound = indicators.of(target)
            entry = self._figures(target, f"target {number}")
            key = bound.key
            if not bound.known:
                key = _free(bound.key, taken, (entry.get("deadline"), entry.get("period")))
            entry |= {"clause": target.clause, "indicator": key, "text": TO_SUMMARISE}
            scope = _SCOPE.search(target.text)
            if scope:
                entry["scope"] = scope.group()
            again = (key, entry.get("deadline"), entry.get("period")) in seen
            seen.add((key, entry.get("deadline"), entry.get("period")))
            more = "；前面已有同名、同期限的一项" if again else ""
            more += "" if scope else "；统计范围请写在 scope"
            self.marks.add(f"target {number} indicator", f"指标拟用 {key}：{bound.ground}{more}。")
            yield entry

    def _figures(self, target: Target, where: str) -> dict[str, Any]:
        entry: dict[str, Any] = {"comparator": target.comparator, "unit": cut(target.unit or "")}
        if _is_number(target.value):
            entry["value"] = target.value
        if target.comparator == "between" and "value" in entry and _is_number(target.value_max):
            entry["value_max"] = target.value_max
        lacking = target.comparator not in ("between", "reached") and "value" not in entry
        odd = target.comparator not in (">=", ">", "=", "<=", "<", "between", "reached")
        if odd or lacking or (target.comparator == "between" and "value_max" not in entry):
            entry["comparator"] = "reached"
            self.marks.add(f"{where} comparator", "读出的数量不完整，先写作 reached，请对照原文。")
        if target.deadline:
            day = day_of(target.deadline)
            if day:
                entry["deadline"] = day
            else:
                self.marks.add(f"{where} deadline", "读出的期限不是日期，请对照原文填写。")
        entry["period"] = target.recurring or ""
        return entry

    # ---- duties and seats

    def _duties(self) -> Iterable[dict[str, Any]]:
        number = 0
        for duty in self.reading.duties:
            if not 0 < len(duty.department) <= LONGEST_NAME:
                self.marks.add("document duties", "附件里有一个单位长得不像单位名称，没有写入，请对照原文。")
                continue
            parts = _separable(duty.text)
            for at, begins in enumerate(parts, 1):
                number += 1
                key = self.units.of(duty.department).key or UNKNOWN_KEY
                if len(parts) > 1:
                    self.marks.add(
                        f"duty {number} summary",
                        f"{duty.department}的第 {at} 项职责（以“{begins}”开头），请核对是否单列。",
                    )
                yield {"department": duty.department, "key": key, "summary": TO_SUMMARISE}

    def _seats(self) -> Iterable[dict[str, Any]]:
        roles = ("convenor", "deputy_convenor", "member", "office", "lead")
        number = 0
        for seat in self.reading.seats:
            if not 0 < len(seat.post) <= LONGEST_NAME or seat.role not in roles:
                self.marks.add("document seats", "名单里有一个职务没有读清，没有写入，请对照原文。")
                continue
            number += 1
            entry: dict[str, Any] = {"role": seat.role, "post": seat.post}
            key = self.units.key_of_post(seat.post)
            if key:
                entry["key"] = key
            elif not re.search(r"政府(?:办公[室厅])?[副秘主]?(?:[省市县区州盟旗]长|秘书长|主任)", seat.post):
                self.marks.add(
                    f"seat {number} key",
                    f"“{cut(seat.post)[:30]}”属于哪个部门认不出来；不属于部门的不写 key。",
                )
            yield entry

    # ---- settings and gaps

    def _settings(self) -> Iterable[dict[str, Any]]:
        """A choice that an inherited procedure leaves open and nobody above has made."""
        code, today = self.known.place.code, clock.today()
        decided = {
            setting.key
            for pack in self.known.line
            for setting in pack.setting
            if setting.in_force(today) and code.startswith(prefix_of(setting.division))
        }
        procedures = {p.key: p for pack in reversed(self.known.line) for p in pack.procedure}
        for procedure in procedures.values():
            for route in procedure.route:
                if len(route.offers) < 2 or not route.setting or route.setting in decided:
                    continue
                decided.add(route.setting)
                offers = "、".join(f"{self.units.name(k)}（{k}）" for k in route.offers)
                self.marks.add(
                    f"setting {route.setting} value",
                    f"上级流程“{procedure.name}”留给本地决定：{offers}，先写第一个。",
                )
                begins = day_of(self.reading.date) or today.isoformat()
                yield {"key": route.setting, "division": code, "value": route.offers[0],
                       "effective_from": begins, "note": TO_FILL}  # fmt: skip
        self._mark_own_procedure()

    def _mark_own_procedure(self) -> None:
        """The procedure is inherited; where the document speaks of registration a person compares."""
        own = [c.id for c in self.reading.clauses if re.search(r"登记.{0,80}备案|备案.{0,80}登记", c.text)]
        if own:
            above = next(pack for pack in self.known.line if pack.procedure)
            self.marks.add(
                "procedure establishment clause",
                f"设立流程沿用{above.name}的；{'、'.join(own[:3])} 对登记机关或步骤另有规定的，"
                "写 procedures.toml。",
            )

    def _mark_own_rules(self) -> None:
        """Figures that may be rules: a draft has none of its own, the national ones hold."""
        own = [clause.id for clause in self.reading.clauses if _RULE.search(clause.text)]
        if own:
            self.marks.add(
                "document rules",
                f"{'、'.join(own[:6])} 写有工作日、面积、年限一类的数，与全国规则不同的，写 rules.toml。",
            )

    def _gaps(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        gaps = gaps_of(self.reading, content["clause"], content["duty"], self.units)
        for number in range(1, len(gaps) + 1):
            self.marks.add(f"gap {number} note", "这处空白是对照读出来的，请核对原文后保留或删去。")
        return gaps


def _kind(clause: Clause) -> str:
    return clause.kind if clause.kind in ("section", "subsection", "item", "paragraph") else "item"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15


def _by_number(key: str) -> tuple[str, int]:
    return key[0], int(key[1:])


def _free(key: str, taken: set[tuple[Any, ...]], when: tuple[Any, ...]) -> str:
    """An own key that no other target of the same time has."""
    number, free = 1, key
    while (free, *when) in taken:
        number += 1
        free = f"{key}_{number}"
    taken.add((free, *when))
    return free


def _separable(text: str) -> list[str]:
    """The first words of each part of a duty that may be done or missed by itself."""
    parts = [part.strip("，、 ") for part in re.split(r"[。；，]", text)]
    return [part[:10] for part in parts if len(part) > 3] or [text[:10]]


def _printable(reading: Reading) -> Reading:
    """A reading whose texts hold nothing that a TOML file cannot."""
    plain: dict[str, Any] = _clean(reading.as_json())
    for name, kind in (
        ("basis", Basis),
        ("clauses", Clause),
        ("targets", Target),
        ("duties", Duty),
        ("seats", Seat),
    ):
        plain[name] = [kind(**entry) for entry in plain[name]]
    return Reading(**{name: plain[name] for name in plain if name != "noise"})


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return _UNPRINTABLE.sub("", value).strip() if isinstance(value, str) else value
