"""Institutions filed before the platform came: matched by credit code, compared, and written when new.

They appear as they were filed, with the receipt number they had, public, and marked as imported. What the
platform knows already is never overwritten: where the file says something else, that is listed.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.urls import reverse

from tuoyu.accounts.names import departments
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, visible_to
from tuoyu.core.reaches import of_health
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.sheets import Column, Defect, Kind, Sheet
from tuoyu.imports.kinds import Checked, Difference, Rows, Tell
from tuoyu.institutions import facts
from tuoyu.institutions.actions.imports import import_filed_before
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import IMPORT_INSTITUTIONS
from tuoyu.institutions.vocabulary import (
    FORMS_OF_NATURE,
    CareType,
    Filing,
    LegalForm,
    Nature,
)
from tuoyu.institutions.vocabulary import Kind as InstitutionKind
from tuoyu.jurisdictions import atlas

REGISTRARS = ("civil_affairs", "market_regulation", "admin_approval", "establishment")
FILINGS = (Filing.NORMAL, Filing.RECEIPT_ISSUED, Filing.RECTIFICATION)
YES, NO = "是", "否"
# More places than a drop-down is good for: then only counties are offered.
MOST_PLACES = 1500
WORDS: Mapping[str, type[InstitutionKind | Nature | LegalForm]] = {
    "kind": InstitutionKind, "nature": Nature, "legal_form": LegalForm,
}  # fmt: skip
LABELS = {"receipt_number": "备案回执号", "receipt_issued_on": "回执日期", "verified_on": "现场核实日期"}


class FiledBefore:
    """The importer, as `imports.kinds` asks for it."""

    key = "institutions"
    label = "已备案机构"
    lead = "平台启用前已经备案的机构，按统一社会信用代码比对：平台上没有的写入，已有的只比对、不改动。"
    preview: tuple[str, ...] = ("name", "uscc", "place", "receipt_number", "filing")
    shown_to = "写入后即按已备案机构向社会公开，来源注明为导入，使用原备案回执号。"

    def seen_at(self, by: Actor) -> str:
        return reverse("institutions:list")

    def may(self, by: Actor) -> bool:
        return can(by, IMPORT_INSTITUTIONS)

    def sheet(self, by: Actor) -> Sheet:
        return Sheet(
            "已备案机构",
            _columns(places_of(by)),
            lead=("平台启用前已经备案的托育机构，每家一行。已在平台上的不会被改动，不一致处会列出来。",),
            once=("uscc", "receipt_number"),
        )

    def check(self, read: Read, by: Actor) -> Checked:
        read = read.with_defects([defect for n, row in read.good() for defect in _wrong(n, row)])
        codes = [row["uscc"] for _, row in read.good()]
        there = {one.uscc: one for one in Institution.objects.filter(uscc__in=codes)}
        seen = visible_to(by, IMPORT_INSTITUTIONS, Institution.objects.filter(uscc__in=codes))
        visible = set(seen.values_list("uscc", flat=True))
        taken = _receipts_taken(read)
        elsewhere: list[Defect] = []
        differences: list[Difference] = []
        fresh: list[int] = []
        for number, row in read.good():
            known = there.get(row["uscc"])
            if known is None:
                elsewhere += _taken(number, row, taken)
                fresh.append(number)
            elif row["uscc"] in visible:
                differences += _compared(number, row, known)
            else:
                elsewhere.append(Defect(number, "统一社会信用代码", "elsewhere", "这个代码已在其他地区登记。",
                                        "请核对代码；确属本地的，请联系上级卫生健康部门。"))  # fmt: skip
        return Checked(read.with_defects(elsewhere), frozenset(fresh), tuple(differences))

    def write(self, rows: Rows, by: Actor, tell: Tell) -> Sequence[Defect]:
        import_filed_before(by=by, rows=[columns_of(row) for _, row in rows], tell=tell)
        return ()


def places_of(by: Actor) -> tuple[str, ...]:
    """The places where `by` may import, as they are offered: code and name."""
    prefixes = tuple(p for seat in by.seats if of_health(seat) for p in seat.prefixes)
    below = [
        p for p in atlas.places().values() if not p.abolished and prefixes and p.code.startswith(prefixes)
    ]
    offered = [p for p in below if p.level in ("county", "street")]
    if len(offered) > MOST_PLACES:
        offered = [p for p in offered if p.level == "county"]
    return tuple(f"{p.code} {p.full_name}" for p in offered)


def _columns(places: tuple[str, ...]) -> tuple[Column, ...]:
    return (
        Column("name", "机构名称", required=True, longest=120, example="小星星托育园", help="与证书一致。"),
        Column("uscc", "统一社会信用代码", Kind.CREDIT_CODE, required=True, example="52320106MJ0000018A",
               help="18位，按此比对平台上已有的机构。"),
        Column("kind", "机构类型", Kind.CHOICE, required=True, options=_labels(InstitutionKind)),
        Column("nature", "机构性质", Kind.CHOICE, required=True, options=_labels(Nature)),
        Column("legal_form", "组织形式", Kind.CHOICE, required=True, options=_labels(LegalForm),
               help="须与机构性质相符。"),
        Column("place", "所在地", Kind.CHOICE, required=True, options=places,
               help="区划代码和名称，从下拉列表中选。"),
        Column("address", "详细地址", required=True, longest=200, help="街道（乡镇）以下的地址。"),
        Column("registrar", "登记机关", Kind.CHOICE, required=True,
               options=tuple(departments()[key] for key in REGISTRARS if key in departments())),
        Column("registration_number", "登记证号", longest=40),
        Column("registered_on", "登记日期", Kind.DATE, required=True, example="2021-05-20"),
        Column("receipt_number", "备案回执号", required=True, longest=40, help="原来的编号，继续使用。"),
        Column("receipt_issued_on", "回执日期", Kind.DATE, required=True, example="2021-06-01"),
        Column("filing", "备案状态", Kind.CHOICE, required=True,
               options=tuple(str(f.label) for f in FILINGS)),
        Column("verified_on", "现场核实日期", Kind.DATE, help="已现场核实的填写。"),
        Column("places", "托位总数", Kind.NUMBER, most=5000, example="60"),
        Column("care_types", "服务范围", longest=40, example="全日托、半日托",
               help="、".join(_labels(CareType)) + "，可填多项，用顿号隔开。"),
        Column("inclusive", "普惠", Kind.CHOICE, options=(YES, NO)),
        Column("representative", "法定代表人或负责人", longest=60),
        Column("phone", "咨询电话", longest=20, help="向社会公开。"),
        Column("longitude", "经度", Kind.NUMBER, least=70, most=140, decimals=6),
        Column("latitude", "纬度", Kind.NUMBER, least=0, most=60, decimals=6),
    )  # fmt: skip


def _labels(words: Any) -> tuple[str, ...]:
    return tuple(str(label) for label in words.labels)


# ---------------------------------------------------------------- one row


def columns_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the sheet as the columns of an institution."""
    filing = next(f for f in FILINGS if f.label == row["filing"])
    issued = date.fromisoformat(row["receipt_issued_on"])
    decimal = {key: float(Decimal(row[key])) if row[key] else None for key in ("longitude", "latitude")}
    words = {key: _value(WORDS[key], row[key]) for key in WORDS}
    return {
        "name": row["name"],
        "uscc": row["uscc"],
        "division_code": row["place"].split(" ")[0],
        "address": row["address"],
        "registrar": next(key for key in REGISTRARS if departments().get(key) == row["registrar"]),
        "registration_number": row["registration_number"],
        "registered_on": date.fromisoformat(row["registered_on"]),
        "receipt_number": row["receipt_number"],
        "receipt_issued_on": issued,
        "public_since": issued,
        "filing": filing.value,
        "verified_on": date.fromisoformat(row["verified_on"]) if row["verified_on"] else None,
        "places": row["places"] or 0,
        "care_types": _cares(row["care_types"]),
        "inclusive": row["inclusive"] == YES,
        "representative": row["representative"],
        "phone": row["phone"],
        **decimal,
        **words,
    }


def _value(words: Any, label: str) -> str:
    return str(next(one.value for one in words if one.label == label))


def _cares(text: str) -> list[str]:
    known = {str(one.label): one.value for one in CareType}
    return [known[part] for part in _parts(text) if part in known]


def _parts(text: str) -> list[str]:
    return [part for part in text.replace("，", "、").replace(",", "、").replace(" ", "").split("、") if part]


def _wrong(number: int, row: Mapping[str, Any]) -> Iterator[Defect]:
    """What is wrong within one row, beyond what each cell says alone."""
    nature = _value(Nature, row["nature"])
    if _value(LegalForm, row["legal_form"]) not in FORMS_OF_NATURE[nature]:
        offered = "、".join(str(form.label) for form in FORMS_OF_NATURE[nature])
        yield Defect(number, "组织形式", "form_of_nature", f"“{row['legal_form']}”与“{row['nature']}”不符。",
                     f"{row['nature']}的组织形式应为{offered}。")  # fmt: skip
    today = clock.today().isoformat()
    days = [("登记日期", row["registered_on"]), ("回执日期", row["receipt_issued_on"])]
    days += [("现场核实日期", row["verified_on"])] if row["verified_on"] else []
    for (earlier, first), (later, second) in pairwise(days):
        if second < first:
            yield Defect(number, later, "order_of_days", f"{later}早于{earlier}。", "请核对两个日期。")
    for label, day in days:
        if day > today:
            yield Defect(number, label, "future", f"{label}晚于今天。", "请核对日期。")
    if (row["longitude"] is None) != (row["latitude"] is None):
        yield Defect(number, "经度", "half_a_spot", "经度和纬度只填了一个。", "请两个都填，或都不填。")
    strange = [part for part in _parts(row["care_types"]) if part not in _labels(CareType)]
    if strange:
        yield Defect(number, "服务范围", "not_offered", f"“{'、'.join(strange)}”不在可选项中。",
                     f"请填写{'、'.join(_labels(CareType))}，用顿号隔开。")  # fmt: skip


def _receipts_taken(read: Read) -> dict[str, str]:
    numbers = [row["receipt_number"] for _, row in read.good()]
    rows = Institution.objects.filter(receipt_number__in=numbers)
    return {str(number): uscc for number, uscc in rows.values_list("receipt_number", "uscc")}


def _taken(number: int, row: Mapping[str, Any], taken: Mapping[str, str]) -> Iterator[Defect]:
    if row["receipt_number"] in taken:
        yield Defect(number, "备案回执号", "taken", "这个回执号已属于另一家机构。", "请核对回执号。")


def _compared(number: int, row: Mapping[str, Any], known: Institution) -> Iterator[Difference]:
    """Where the row says something else than the platform; what it leaves empty says nothing."""
    for key, said in columns_of(row).items():
        there = getattr(known, key)
        if key == "public_since" or not facts.is_given(facts.plain(said)) or said == there:
            continue
        if key in ("inclusive", "places") and not row[key]:
            continue
        label = LABELS.get(key) or facts.label_of(key)
        yield Difference(number, known.name, label, _words(key, there, known), _words(key, said, known))


def _words(key: str, value: Any, known: Institution) -> str:
    if key in LABELS:
        return str(value or "")
    return facts.words_of(key, facts.plain(value), known.division_code)
