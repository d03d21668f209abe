"""Forms of the drafts: a document to read, each kind of part, the departments of units, the day it begins."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import visible_to
from tuoyu.jurisdictions import queries as places
from tuoyu.jurisdictions.atlas import Place
from tuoyu.jurisdictions.models import Division
from tuoyu.jurisdictions.permissions import ADOPT_PACK
from tuoyu.policy.actions import NEW_DEPARTMENT
from tuoyu.policy.drafting.fields import COMPARATORS, FIELDS, KINDS, PERIODS, ROLES
from tuoyu.policy.drafting.marks import plain
from tuoyu.policy.drafting.parts import Part
from tuoyu.policy.drafting.shown import DraftShown
from tuoyu.policy.reading.sources import MOST_CHARACTERS

Choices = list[tuple[str, Any]]
_BASIS = re.compile(r"^《?(.+?)》?\s*(?:[（(]([^（()）]*)[）)])?$")


class UploadForm(forms.Form):
    """A policy document: for which place, and the file or its text."""

    division = forms.ChoiceField(label="这份文件是哪个地方的")
    file = forms.FileField(label="文件", required=False)
    text = forms.CharField(
        label="或者粘贴正文", required=False, max_length=MOST_CHARACTERS, strip=False, widget=forms.Textarea
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["division"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = places_for(actor)
        if len(field.choices) == 1:
            self.initial.setdefault("division", field.choices[0][0])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            sent = bool(given.get("file")), bool((given.get("text") or "").strip())
            if not any(sent):
                self.add_error("file", "请选择文件，或在下面粘贴正文。")
            elif all(sent):
                self.add_error("text", "文件和正文只用一样：请清空这里，或不选文件。")
        return given


def places_for(actor: Actor) -> Choices:
    """The provinces, cities and counties somebody may adopt a pack for, gathered by what is above them."""
    rows = visible_to(actor, ADOPT_PACK, Division.objects.filter(abolished=False).exclude(level="street"))
    codes = rows.order_by("code").values_list("code", flat=True)
    found = [places.division_of(code) for code in codes]
    if len(found) <= 12:
        return [(place.code, place.full_name) for place in found]
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in found:
        groups.setdefault(_above(place), []).append((place.code, place.full_name))
    return list(groups.items())


def _above(place: Place) -> str:
    return (
        places.division_of(place.parent).full_name if place.level == "county" and place.parent else "省、市级"
    )


class ToWrite(forms.CharField):
    """Something that has to be written in the end, but may still be empty now."""

    def validate(self, value: Any) -> None:
        """Nothing is asked of it yet."""


class PartForm(forms.Form):
    """The fields of one part, as its section has them; `given` is what the action takes."""

    def __init__(self, shown: DraftShown, section: str, part: Part | None = None, data: Any = None) -> None:
        self.section = section
        initial = {name: _typed(name, value) for name, value in plain(part.data).items()} if part else {}
        if part is None and section == "setting":
            initial = {"division": shown.draft.division_code, "effective_from": clock.today()}
        super().__init__(data, initial=initial)
        for name, field in FIELDS[section].items():
            made = _field(name, section, shown)
            made.label = field.label
            made.required = field.needed or bool(field.blank)
            self.fields[name] = made

    def given(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        return {name: _meant(name, value) for name, value in self.cleaned_data.items()}

    def tell(self, problems: Iterable[Any]) -> None:
        """Put what an action refused beside its field."""
        for problem in problems:
            at = problem.field if problem.field in self.fields else None
            self.add_error(at, problem.message.removeprefix(f"{self.fields[at].label}：" if at else ""))


_HELP = {
    "summary": "用自己的话写这一条要做什么，不要抄原句，不要写人名。",
    "heading": "一句话说明这一条讲什么。",
    "lead": "一行一个，照文件的写法。",
    "responsible": "一行一个，照文件的写法。",
    "default_responsible": "“以下均需…”这类文字统一加上的单位，一行一个。",
    "capabilities": "平台的哪些功能在落实这一条。",
    "declaratory": "只表态、不派任务的条款勾选；这时不选能力。",
    "text": "用自己的话写这个目标。",
    "indicator": "同一个指标用同一个代码，可以从提示里选。",
    "scope": "例如全市、每个区。",
    "basis": "一行一份，文号写在括号里，例如：关于发展托育服务的意见（国办发〔2020〕1号）。",
    "slug": "小写英文字母，用作文件夹的名称。",
    "key": "由哪个部门登记这类事项的代码，提示里写着，例如 registrar.enterprise。",
    "division": "六位区划代码。",
    "post": "只写职务或单位，不写姓名。",
    "note": "",
}


def _field(name: str, section: str, shown: DraftShown) -> forms.Field:
    if name in ("lead", "responsible", "default_responsible", "basis"):
        return ToWrite(widget=forms.Textarea(attrs={"rows": 3}), help_text=_HELP[name], max_length=8000)
    if name in ("summary", "text", "note"):
        return ToWrite(widget=forms.Textarea(attrs={"rows": 4}), help_text=_HELP[name], max_length=2000)
    if name == "capabilities":
        options = [(key, f"{said} {key}") for key, said in shown.capabilities.items()]
        return forms.MultipleChoiceField(
            choices=options, widget=forms.CheckboxSelectMultiple, help_text=_HELP[name]
        )
    if name == "declaratory":
        return forms.BooleanField(help_text=_HELP[name])
    if name in ("value", "value_max") and section == "target":
        return forms.FloatField()
    if name in ("date", "deadline", "effective_from"):
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    choices = _options(name, section, shown)
    if choices is not None:
        return forms.ChoiceField(choices=choices)
    return ToWrite(help_text=_HELP.get(name, ""), max_length=200)


def _options(name: str, section: str, shown: DraftShown) -> Choices | None:
    """The choices of a field; None where it is typed."""
    nothing = "（不属于部门）" if section == "seat" else "（未定）"
    departments: Choices = [("", nothing), *shown.departments.items()]
    kept = [part.data["id"] for part in shown.parts if part.section == "clause" and not part.gone]
    clauses: Choices = [(clause, clause) for clause in kept]
    return {
        ("clause", "kind"): list(KINDS.items()),
        ("target", "comparator"): list(COMPARATORS.items()),
        ("target", "period"): list(PERIODS.items()),
        ("target", "clause"): clauses,
        ("gap", "clause"): clauses,
        ("seat", "role"): list(ROLES.items()),
        ("duty", "key"): departments,
        ("seat", "key"): departments,
        ("gap", "department"): departments,
        ("setting", "value"): list(shown.departments.items()),
    }.get((section, name))


def _typed(name: str, value: Any) -> Any:
    """A value of a part as it stands in a field."""
    if name == "basis":
        return "\n".join(
            row["title"] + (f"（{row['number']}）" if row.get("number") else "") for row in value
        )
    return "\n".join(value) if isinstance(value, list) and name != "capabilities" else value


def _meant(name: str, value: Any) -> Any:
    """What stands in a field as a value of a part."""
    if name == "basis":
        found = [_BASIS.match(line.strip()) for line in value.splitlines() if line.strip()]
        return [{"title": m[1], "number": m[2] or ""} for m in found if m]
    if name in ("lead", "responsible", "default_responsible"):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return value.isoformat() if isinstance(value, date) else value


def units_given(posted: Mapping[str, str], part: Part) -> dict[str, str]:
    """The department chosen for each unit; they are numbered as they stand on the page."""
    units = [unit for unit, _ in part.data["units"]]
    return {unit: posted[f"unit-{at}"] for at, unit in enumerate(units, 1) if f"unit-{at}" in posted}


def unit_options(shown: DraftShown) -> Choices:
    """What a unit may be."""
    return [*shown.departments.items(), (NEW_DEPARTMENT, "新部门（词汇表里没有）")]


class StartForm(forms.Form):
    """From which day an adopted pack holds."""

    starts_on = forms.DateField(
        label="从哪天起生效",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="今天或以后。此前开始的办件不变。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts_on", clock.today())
