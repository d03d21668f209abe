"""A day as a phone's form, and the report of an incident."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms

from tuoyu.care.actions import IncidentGiven
from tuoyu.care.rules import MOST, CasesGiven, ClassGiven, ReturnGiven, RoomKnown, field_of
from tuoyu.care.vocabulary import Disease, Harm, Severity, Spot, Symptom
from tuoyu.core import clock

NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
# What is asked of each class, each day.
FIGURES = {
    "children": "到园孩子",
    "carers": "在岗保育人员",
    "checked": "做了晨检的",
    "unexamined": "没有入托体检的",
}


def _number(label: str, required: bool) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=0,
        max_value=MOST,
        error_messages={
            "required": f"请填写{label}，没有的填0。",
            "invalid": "请填写整数。",
            "min_value": "人数不能小于0。",
            "max_value": f"人数不能大于{MOST}。",
        },
    )


class DayForm(forms.Form):
    """The figures of each class; new cases only where there are some."""

    closed = forms.BooleanField(label="当日未开园（没有孩子到园）", required=False)
    reason = forms.CharField(label="更正的原因", required=False, max_length=200)

    def __init__(self, rooms: Sequence[RoomKnown], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rooms = rooms
        is_closed = bool(self.data.get("closed"))
        for room in rooms:
            for name, label in FIGURES.items():
                self.fields[field_of(name, room.key)] = _number(label, not is_closed)
            for symptom, label in Symptom.choices:
                self.fields[field_of(symptom, room.key)] = _number(str(label), False)
                self.fields[field_of(f"{symptom}-disease", room.key)] = forms.ChoiceField(
                    label=f"{label}的诊断",
                    required=False,
                    choices=[("", "未诊断"), *Disease.choices],
                    error_messages={"invalid_choice": "没有这样的病种，请重新选择。"},
                )

    def blocks(self) -> Iterator[dict[str, Any]]:
        """The fields class by class, as the page shows them."""
        for room in self.rooms:
            symptoms = [
                (self[field_of(symptom, room.key)], self[field_of(f"{symptom}-disease", room.key)])
                for symptom in Symptom.values
            ]
            yield {
                "room": room,
                **{name: self[field_of(name, room.key)] for name in FIGURES},
                "symptoms": symptoms,
                "ill": any(number.value() or number.errors for number, _ in symptoms),
            }

    def given(self) -> ReturnGiven:
        """The day, for the action."""
        data = self.cleaned_data
        if data["closed"]:
            return ReturnGiven(closed=True)
        return ReturnGiven(False, tuple(self._class(room) for room in self.rooms))

    def _class(self, room: RoomKnown) -> ClassGiven:
        data = self.cleaned_data
        return ClassGiven(
            room.key,
            data[field_of("children", room.key)],
            data[field_of("carers", room.key)],
            tuple(
                CasesGiven(symptom, number, data[field_of(f"{symptom}-disease", room.key)])
                for symptom in Symptom.values
                if (number := data[field_of(symptom, room.key)])
            ),
            data[field_of("checked", room.key)],
            data[field_of("unexamined", room.key)],
        )


def initial_of(given: ReturnGiven, *, cases: bool) -> dict[str, Any]:
    """A stated day as the form shows it; where only the figures are offered again, without its cases and
    without the morning check, which is done anew each day."""
    found: dict[str, Any] = {"closed": given.closed} if cases else {}
    for one in given.classes:
        found[field_of("children", one.room)] = one.children
        found[field_of("carers", one.room)] = one.carers
        found[field_of("unexamined", one.room)] = one.unexamined
        if cases:
            found[field_of("checked", one.room)] = one.checked
        for case in one.cases if cases else ():
            found[field_of(case.symptom, one.room)] = case.number
            found[field_of(f"{case.symptom}-disease", one.room)] = case.disease
    return found


class IncidentForm(forms.Form):
    """What happened; nobody's name."""

    kind = forms.ChoiceField(label="类型", choices=Harm.choices, error_messages={"required": "请选择类型。"})
    severity = forms.ChoiceField(
        label="最重的伤情", choices=Severity.choices, error_messages={"required": "请选择伤情。"}
    )
    hurt = forms.IntegerField(
        label="受伤人数",
        min_value=0,
        max_value=MOST,
        error_messages={"required": "请填写受伤人数，没有的填0。", "invalid": "请填写整数。"},
    )
    happened_at = forms.DateTimeField(
        label="发生时间",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "请填写发生时间。",
            "invalid": "时间看不懂，请按2026-11-22 09:30的样子填写。",
        },
    )
    spot = forms.ChoiceField(label="地点", choices=Spot.choices, error_messages={"required": "请选择地点。"})
    room = forms.TypedChoiceField(
        label="班级", required=False, coerce=int, empty_value=None, help_text="不是在班里发生的不选。"
    )
    what = forms.CharField(
        label="经过",
        max_length=2000,
        widget=forms.Textarea,
        help_text="不写孩子和家长的姓名、证件号和电话。",
        error_messages={"required": "请写明经过。"},
    )
    measures = forms.CharField(
        label="已采取的措施",
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": "请写明已采取的措施。"},
    )

    def __init__(self, rooms: Sequence[RoomKnown], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(room.key, room.name) for room in rooms if room.key is not None]
        self.fields["room"].choices = [("", "请选择"), *named]  # type: ignore[attr-defined]

    def given(self) -> IncidentGiven:
        """The incident, for the action; a time without a zone is Beijing's."""
        data = self.cleaned_data
        moment: datetime = data["happened_at"]
        return IncidentGiven(**{**data, "happened_at": moment.astimezone(clock.BEIJING)})
