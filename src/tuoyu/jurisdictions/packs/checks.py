"""What must hold inside a pack and between packs, beyond the shape of each entry."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from tuoyu.core import clock
from tuoyu.jurisdictions.packs import placeholders
from tuoyu.jurisdictions.packs.drafts import TO_FILL, TO_SUMMARISE, UNKNOWN_KEY
from tuoyu.jurisdictions.packs.positions import Path
from tuoyu.jurisdictions.packs.schema import (
    INSPECTING,
    KINDS,
    LEGAL_FORMS,
    NATURES,
    REGISTRAR,
    Dated,
    Entry,
    Outline,
    Pack,
    Procedure,
    Route,
    RouteName,
    Setting,
    prefix_of,
)
from tuoyu.jurisdictions.vocabulary import Vocabulary

if TYPE_CHECKING:
    from tuoyu.jurisdictions.packs.reading import PackError, Reading

Found = Iterator[tuple[Path, str]]

# What a procedure may ask about an application, and the answers it may expect.
FACTS: dict[str, tuple[str | bool, ...]] = {
    "nature": NATURES,
    "legal_form": LEGAL_FORMS,
    "kind": KINDS,
    "tenure": ("owned", "leased"),
    "meals": (True, False),
    "registered": (True, False),
    "joint": (True, False),
    "registered_items": (True, False),
    # Of a complaint: by which channel it came, and whether a child is in danger.
    "arrived_by": ("form", "telephone", "letter", "hotline", "petition", "market"),
    "urgent": (True, False),
}
LEVEL_OF = {"0000": "province", "00": "city", "": "county"}


class Context:
    """One pack with everything it may refer to: itself and the packs it inherits from."""

    def __init__(self, pack: Pack, packs: dict[str, Pack], folder: str | None) -> None:
        self.pack, self.folder = pack, folder
        self.line = tuple(_line_of_descent(pack, packs))
        self.vocabulary = Vocabulary.of(self.line)
        self.capabilities = {c.key for p in self.line for c in p.capability}
        self.clauses = {c.id for c in pack.clause}
        # Of several the nearest, as in a rule book.
        self.rules = {r.key: r.value for p in reversed(self.line) for r in p.rule}


def _line_of_descent(pack: Pack, packs: dict[str, Pack]) -> Iterator[Pack]:
    seen: set[str] = set()
    current: Pack | None = pack
    while current and current.code not in seen:
        seen.add(current.code)
        yield current
        current = packs.get(current.inherits or "")


def check(reading: "Reading", *, complete: bool) -> "list[PackError]":
    """Every mistake in the packs of `reading`.

    With `complete` false some pack could not be read, so what may stand there is not asked for.
    """
    errors = []
    for code, pack in reading.packs.items():
        source = reading.sources[code]
        context = Context(pack, reading.packs, source.folder.name if source.in_place else None)
        checks = CHECKS + (CHECKS_ACROSS if complete else ())
        for found in checks:
            errors += [source.at(path, message) for path, message in found(context)]
    return errors


def _code(context: Context) -> Found:
    pack = context.pack
    folder = "cn" if pack.code == "cn" else f"{pack.code}-{pack.slug}"
    ending = next((e for e in LEVEL_OF if pack.code.endswith(e)), "")
    level = "country" if pack.code == "cn" else LEVEL_OF[ending]
    if pack.level != level:
        yield ("level",), f"代码 {pack.code} 是 {level} 一级，level 却写成 {pack.level}"
    if pack.code != "cn" and not pack.inherits:
        yield ("code",), '缺少 inherits：写上级政策包的代码，没有就写 "cn"'
    if pack.code != "cn" and pack.document is None:
        yield ("code",), "缺少 [document]：政策包要写明所依据的文件"
    if context.folder not in (None, folder):
        yield ("code",), f"文件夹应叫 {folder}，现在叫 {context.folder}"


def _parents(context: Context) -> Found:
    top = context.line[-1]
    if context.pack.inherits and top.code != "cn":
        yield ("inherits",), f"继承关系到不了 cn：{top.code} 的上级 {top.inherits} 不存在或绕成了圈"


def _placeholders(context: Context) -> Found:
    """What a draft leaves to a person: our own words, and facts the document did not give."""
    if context.pack.document:
        yield from _left_open(("document",), context.pack.document)
    for section in ("clause", "target", "duty", "seat", "gap", "setting"):
        for index, entry in enumerate(getattr(context.pack, section)):
            yield from _left_open((section, index), entry)


def _left_open(path: Path, entry: Entry) -> Found:
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        if value == TO_SUMMARISE:
            yield (*path, name), f"{name} 还是“{TO_SUMMARISE}”：读原文，用自己的话写，不要抄原句"
        elif value == TO_FILL:
            yield (*path, name), f"{name} 还是“{TO_FILL}”：对照原件填写"
        elif name == "key" and value == UNKNOWN_KEY:
            yield (*path, name), f"{name} 还没有定：部门代码见 packs/cn/departments.toml"


def _twice(section: str, entries: Sequence[object], key: Callable[[object], Hashable], what: str) -> Found:
    seen: set[Hashable] = set()
    for index, entry in enumerate(entries):
        if key(entry) in seen:
            yield (section, index), f"{what} {key(entry)} 重复，请改名或删去一个"
        seen.add(key(entry))


def _duplicates(context: Context) -> Found:
    pack = context.pack
    by_key: Callable[[object], Hashable] = lambda e: getattr(e, "key")  # noqa: B009, E731
    yield from _twice("clause", pack.clause, lambda c: getattr(c, "id"), "条款编号")  # noqa: B009
    yield from _twice("department", pack.department, by_key, "部门")
    yield from _twice("name_of", pack.name_of, by_key, "部门")
    for section in ("capability", "paper", "text", "unit"):
        yield from _twice(section, getattr(pack, section), by_key, "键")
    for p, procedure in enumerate(pack.procedure):
        steps = _twice("step", procedure.step, by_key, "步骤")
        yield from ((("procedure", p, *path), message) for path, message in steps)
    for c, checklist in enumerate(pack.checklist):
        items = _twice("item", checklist.item, by_key, "检查项")
        yield from ((("checklist", c, *path), message) for path, message in items)


def _overlaps(context: Context) -> Found:
    pack = context.pack
    yield from _at_once("rule", [(r.key, r) for r in pack.rule], "规则")
    yield from _at_once("setting", [((s.key, s.division), s) for s in pack.setting], "设定")
    yield from _at_once("procedure", [(p.key, p) for p in pack.procedure], "办事流程")
    yield from _at_once("checklist", [(c.key, c) for c in pack.checklist], "检查表")
    yield from _at_once("watch", [(w.key, w) for w in pack.watch], "预警")
    yield from _at_once("assessment", [(o.key, o) for o in pack.assessment], "评估标准")


def _at_once(section: str, entries: Sequence[tuple[Hashable, Dated]], what: str) -> Found:
    for index, (key, entry) in enumerate(entries):
        if any(key == other and entry.overlaps(dated) for other, dated in entries[:index]):
            named = " ".join(key) if isinstance(key, tuple) else key
            yield (
                (section, index),
                f"{what} {named} 有两个版本的有效期重叠，请用 effective_from、effective_to 分开",
            )


def _outlines(context: Context) -> Found:
    """The points of a standard add up, and every code stands under its heading, once."""
    for o, outline in enumerate(context.pack.assessment):
        path: Path = ("assessment", o)
        if not outline.chapter:
            yield path, f"评估标准 {outline.key} 没有一章，请补 [[assessment.chapter]]"
        yield from _chapters(path, outline)
        known = [chapter.points for chapter in outline.chapter if chapter.points is not None]
        whole = len(known) == len(outline.chapter)
        if outline.total is not None and (
            sum(known) > outline.total or (whole and sum(known) != outline.total)
        ):
            yield (*path, "total"), f"各章分值合计 {sum(known)}，与总分 {outline.total} 不符"
        yield from _grades(path, outline, outline.total or sum(known))


def _chapters(path: Path, outline: Outline) -> Found:
    seen: set[str] = set()
    for c, chapter in enumerate(outline.chapter):
        at: Path = (*path, "chapter", c)
        lines = [((*at, "code"), chapter.code, "")]
        lines += [
            ((*at, "section", s, "code"), one.code, chapter.code) for s, one in enumerate(chapter.section)
        ]
        lines += [((*at, "item", i, "code"), one.code, chapter.code) for i, one in enumerate(chapter.item)]
        for where, code, above in lines:
            if code in seen:
                yield where, f"编号 {code} 重复，请改号或删去一个"
            elif above and not code.startswith(f"{above}."):
                yield where, f"编号 {code} 不在第 {above} 章之下，应以 {above}. 开头"
            seen.add(code)
        given = sum(one.points or 0 for one in chapter.item)
        if chapter.points is not None and given > chapter.points:
            yield (*at, "points"), f"第 {chapter.code} 章各项分值合计 {given}，超过本章的 {chapter.points} 分"


def _grades(path: Path, outline: Outline, total: int) -> Found:
    before: int | None = None
    for g, grade in enumerate(outline.grade):
        if grade.at_least > total:
            yield (
                (*path, "grade", g, "at_least"),
                f"等级 {grade.name} 的最低分 {grade.at_least} 超过总分 {total}",
            )
        if before is not None and grade.at_least >= before:
            yield (*path, "grade", g, "at_least"), f"等级 {grade.name} 的最低分应低于上一等级：由高到低写"
        before = grade.at_least


def _units(context: Context) -> Found:
    for index, clause in enumerate(context.pack.clause):
        for column in ("lead", "responsible", "default_responsible"):
            for place, unit in enumerate(getattr(clause, column)):
                if context.vocabulary.key_of(unit) is None:
                    yield ("clause", index, column, place), _unknown_unit(unit)
    for index, duty in enumerate(context.pack.duty):
        if context.vocabulary.key_of(duty.department) is None:
            yield ("duty", index, "department"), _unknown_unit(duty.department)


def _unknown_unit(unit: str) -> str:
    return f"词汇表里没有“{unit}”：在 departments.toml 对应部门的 forms 里加上这种写法"


def _departments(context: Context) -> Found:
    known = context.vocabulary.keys
    for path, key in _named_departments(context.pack):
        by_fact = key in (REGISTRAR, INSPECTING) and path[0] == "procedure"
        if key not in known and key != UNKNOWN_KEY and not by_fact:
            yield path, f"不认识的部门 {key}：部门代码见 packs/cn/departments.toml"


def _named_departments(pack: Pack) -> Iterator[tuple[Path, str]]:
    yield from ((("name_of", i, "key"), n.key) for i, n in enumerate(pack.name_of))
    yield from ((("duty", i, "key"), d.key) for i, d in enumerate(pack.duty))
    yield from ((("gap", i, "department"), g.department) for i, g in enumerate(pack.gap) if g.department)
    yield from ((("seat", i, "key"), s.key) for i, s in enumerate(pack.seat) if s.key)
    for w, watch in enumerate(pack.watch):
        yield from ((("watch", w, "addressees", i), key) for i, key in enumerate(watch.addressees))
    for p, procedure in enumerate(pack.procedure):
        for s, step in enumerate(procedure.step):
            at: Path = ("procedure", p, "step", s)
            if isinstance(step.department, str):
                yield (*at, "department"), step.department
            yield from (((*at, "push_to", i), key) for i, key in enumerate(step.push_to))
        for r, route in enumerate(procedure.route):
            yield from ((("procedure", p, "route", r, "offers", i), k) for i, k in enumerate(route.offers))


def _capabilities(context: Context) -> Found:
    for index, clause in enumerate(context.pack.clause):
        for place, key in enumerate(clause.capabilities):
            if key not in context.capabilities:
                yield (
                    ("clause", index, "capabilities", place),
                    f"不认识的能力 {key}：见 packs/cn/capabilities.toml",
                )
        if clause.declaratory and clause.capabilities:
            yield ("clause", index, "declaratory"), "宣示性条款不对应能力：删去 declaratory 或 capabilities"


def _clauses(context: Context) -> Found:
    if not context.pack.clause:
        return
    for path, clause, document in _cited(context.pack):
        own = document in ("", context.pack.title)
        if own and clause not in context.clauses:
            yield path, f"本文件没有条款 {clause}：改成 clauses.toml 里的编号；引用别的文件时写上 document"


def _cited(pack: Pack) -> Iterator[tuple[Path, str, str]]:
    yield from ((("gap", i, "clause"), g.clause, "") for i, g in enumerate(pack.gap))
    yield from ((("target", i, "clause"), t.clause, "") for i, t in enumerate(pack.target))
    yield from ((("rule", i, "clause"), r.clause, r.document) for i, r in enumerate(pack.rule))
    yield from ((("watch", i, "clause"), w.clause, w.document) for i, w in enumerate(pack.watch))
    for p, procedure in enumerate(pack.procedure):
        yield ("procedure", p, "clause"), procedure.clause, procedure.document
        for s, step in enumerate(procedure.step):
            yield ("procedure", p, "step", s, "clause"), step.clause, step.document
        for r, route in enumerate(procedure.route):
            yield ("procedure", p, "route", r, "clause"), route.clause, route.document


def _rules_named(context: Context) -> Found:
    for p, procedure in enumerate(context.pack.procedure):
        for s, step in enumerate(procedure.step):
            if step.working_days and step.working_days.rule not in context.rules:
                path: Path = ("procedure", p, "step", s, "working_days")
                yield path, f"没有规则 {step.working_days.rule}：在 rules.toml 写出它，或改用已有的规则"
    for c, checklist in enumerate(context.pack.checklist):
        for i, item in enumerate(checklist.item):
            if item.rule and item.rule not in context.rules:
                yield (
                    ("checklist", c, "item", i, "rule"),
                    f"没有规则 {item.rule}：在 rules.toml 写出它，或删去",
                )


def _watches(context: Context) -> Found:
    for w, watch in enumerate(context.pack.watch):
        named: dict[Path, str] = {("watch", w, "rules", name): key for name, key in watch.rules.items()}
        named |= {("watch", w, clock): rule.rule for clock in ("hours", "working_days")
                  if (rule := getattr(watch, clock)) is not None}  # fmt: skip
        for path, key in named.items():
            if key not in context.rules:
                yield path, f"没有规则 {key}：在 rules.toml 写出它，或改用已有的规则"
        if watch.capability not in context.capabilities:
            yield (
                ("watch", w, "capability"),
                f"不认识的能力 {watch.capability}：见 capabilities.toml",
            )


def _papers(context: Context) -> Found:
    for index, paper in enumerate(context.pack.paper):
        if paper.rule and paper.rule not in context.rules:
            yield ("paper", index, "rule"), f"没有规则 {paper.rule}：在 rules.toml 写出它，或删去"


def _rules_in_texts(context: Context) -> Found:
    for index, text in enumerate(context.pack.text):
        for place, line in enumerate(text.lines):
            for mistake in placeholders.mistakes(line, context.rules):
                yield ("text", index, "lines", place), mistake
    for index, paper in enumerate(context.pack.paper):
        for mistake in placeholders.mistakes(paper.name, context.rules):
            yield ("paper", index, "name"), mistake


def _units_of_rules(context: Context) -> Found:
    known = {unit.key for pack in context.line for unit in pack.unit}
    for index, rule in enumerate(context.pack.rule):
        if rule.unit and rule.unit not in known:
            yield ("rule", index, "unit"), f"不认识的单位 {rule.unit}：在 packs/cn/units.toml 里写出它的中文"


def _steps(context: Context) -> Found:
    for p, procedure in enumerate(context.pack.procedure):
        keys = {step.key for step in procedure.step}
        unknown = False
        for s, step in enumerate(procedure.step):
            for i, before in enumerate(step.after):
                if before not in keys:
                    unknown = True
                    yield (
                        ("procedure", p, "step", s, "after", i),
                        f"没有步骤 {before}：after 只能写本流程的步骤",
                    )
            yield from _conditions(("procedure", p, "step", s, "when"), step.when)
        if not unknown:
            yield from _cycle(("procedure", p), procedure)


def _conditions(path: Path, when: dict[str, bool | str | tuple[str, ...]]) -> Found:
    for fact, expected in when.items():
        if fact not in FACTS:
            yield (*path, fact), f"不认识的条件 {fact}：可用 {'、'.join(FACTS)}"
            continue
        wanted = expected if isinstance(expected, tuple) else (expected,)
        for value in wanted:
            if value not in FACTS[fact]:
                known = "、".join(str(v).lower() for v in FACTS[fact])
                yield (*path, fact), f"{fact} 没有取值 {value}：可用 {known}"


def _conditions_of_papers_and_lists(context: Context) -> Found:
    for index, paper in enumerate(context.pack.paper):
        yield from _conditions(("paper", index, "required_when"), paper.required_when)
    for c, checklist in enumerate(context.pack.checklist):
        for i, item in enumerate(checklist.item):
            yield from _conditions(("checklist", c, "item", i, "when"), item.when)


def _cycle(path: Path, procedure: Procedure) -> Found:
    try:
        TopologicalSorter({s.key: s.after for s in procedure.step}).prepare()
    except CycleError as error:
        yield path, f"步骤的先后绕成了圈：{' → '.join(reversed(error.args[1]))}"


def _routes(context: Context) -> Found:
    for p, procedure in enumerate(context.pack.procedure):
        path: Path = ("procedure", p)
        names = {route.name for route in procedure.route}
        for s, step in enumerate(procedure.step):
            if isinstance(step.department, RouteName) and step.department.route not in names:
                yield (*path, "step", s, "department"), f"本流程没有走向 {step.department.route}"
        for r, route in enumerate(procedure.route):
            if route.nature and not any(route.serves(form) for form in route.legal_forms):
                yield (*path, "route", r), "legal_form 与 nature 对不上，这个走向永远用不到"
        for name in names:
            yield from _uncovered(path, name, [r for r in procedure.route if r.name == name])


def _uncovered(path: Path, name: str, routes: Sequence[Route]) -> Found:
    serving = {form: [r for r in routes if r.serves(form, "institution")] for form in LEGAL_FORMS}
    missing = "、".join(form for form, found in serving.items() if not found)
    if missing:
        yield path, f"走向 {name} 没有写 {missing} 到哪里登记，请补 [[procedure.route]]"
    for form, found in serving.items():
        if len([r for r in found if not r.kind]) > 1:
            yield path, f"走向 {name} 对法人形式 {form} 写了两条，请合成一条并用 offers 列出可选部门"


def _decisions(context: Context) -> Found:
    settings = [s for pack in context.line for s in pack.setting]
    for p, procedure in enumerate(context.pack.procedure):
        for r, route in enumerate(procedure.route):
            if len(route.offers) > 1:
                path: Path = ("procedure", p, "route", r)
                yield from ((path, message) for message in _undecided(route, settings, context.pack))
    for index, setting in enumerate(context.pack.setting):
        if not setting.division.startswith(context.pack.prefix):
            yield ("setting", index, "division"), f"{setting.division} 不在本辖区 {context.pack.code} 之内"


def _undecided(route: Route, settings: Iterable[Setting], pack: Pack) -> Iterator[str]:
    offers = "、".join(route.offers)
    if route.setting is None:
        yield f"有两个登记机关（{offers}）却没有写 setting：用一个有日期的设定来决定"
        return
    in_force = [
        s
        for s in settings
        if s.key == route.setting
        and s.in_force(clock.today())
        and pack.code.startswith(prefix_of(s.division))
    ]
    if not in_force:
        yield f"有两个登记机关（{offers}），但今天没有生效的设定 {route.setting}：在 settings.toml 写一条"
    for setting in in_force:
        if setting.value not in route.offers:
            yield f"设定 {route.setting} 的值 {setting.value} 不在可选的登记机关（{offers}）里"


CHECKS: tuple[Callable[[Context], Found], ...] = (
    _code,
    _placeholders,
    _duplicates,
    _overlaps,
    _outlines,
    _clauses,
    _steps,
    _routes,
    _decisions,
)
CHECKS_ACROSS: tuple[Callable[[Context], Found], ...] = (
    _parents,
    _units,
    _departments,
    _capabilities,
    _rules_named,
    _watches,
    _papers,
    _rules_in_texts,
    _units_of_rules,
    _conditions_of_papers_and_lists,
)
