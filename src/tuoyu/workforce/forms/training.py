"""Courses, sessions, and what somebody is credited with."""

from typing import Any

from django import forms

from tuoyu.core import clock
from tuoyu.workforce.actions.training import SessionGiven
from tuoyu.workforce.models.training import MOST_HOURS
from tuoyu.workforce.vocabulary import CourseKind


class SessionForm(forms.Form):
    """A session: of a course held before, or of a new one."""

    course = forms.TypedChoiceField(label="课程", required=False, coerce=int, empty_value=None)
    title = forms.CharField(label="新课程名称", max_length=80, required=False)
    kind = forms.ChoiceField(label="新课程类别", choices=[("", ""), *CourseKind.choices], required=False)
    held_on = forms.DateField(
        label="日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写日期。", "invalid": "日期看不懂，请按2026-11-22的样子填写。"},
    )
    place = forms.CharField(label="地点", max_length=120, error_messages={"required": "请填写地点。"})
    trainer = forms.CharField(label="授课人", max_length=60, error_messages={"required": "请填写授课人。"})
    hours = forms.DecimalField(
        label="课时",
        min_value=0,
        max_value=MOST_HOURS,
        decimal_places=1,
        max_digits=4,
        error_messages={"required": "请填写课时。", "invalid": "课时应为数字，如2或1.5。"},
    )

    def __init__(self, courses: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].choices = [("", ""), *courses]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("course"):
            for field, message in {"title": "请填写课程名称。", "kind": "请选择课程类别。"}.items():
                if not data.get(field):
                    self.add_error(field, message)
        return data

    def given(self) -> SessionGiven:
        """The session, for the action."""
        data = self.cleaned_data
        return SessionGiven(data["held_on"], data["place"], data["trainer"], data["hours"])


class HoursForm(forms.Form):
    """What somebody is credited with instead, and why."""

    hours = forms.DecimalField(
        label="课时",
        min_value=0,
        max_value=MOST_HOURS,
        decimal_places=1,
        max_digits=4,
        error_messages={"required": "请填写课时。", "invalid": "课时应为数字，如2或1.5。"},
    )
    reason = forms.CharField(label="理由", max_length=200, error_messages={"required": "请写明更正的理由。"})


def year_of(given: str) -> int:
    """The year an address asks for; this one when it asks for none that can be meant."""
    this = clock.today().year
    asked = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else this
    return asked if 2000 <= asked <= this + 1 else this
