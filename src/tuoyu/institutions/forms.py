"""What registrars state, and what people fill in outside the application's own pages."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from tuoyu.core import clock, identifiers
from tuoyu.core.problems import Refused

# No register of today's law is older.
FIRST_DAY = date(1949, 10, 1)


class RegistrationForm(forms.Form):
    """What a registrar states when it approves: number, credit code, day."""

    # Which fact each input asks for (see asking.py).
    asks = {
        "registration_number": "registration_number",
        "uscc": "uscc",
        "registered_on": "registered_on",
    }

    registration_number = forms.CharField(
        label="登记证号（注册号）", max_length=40, error_messages={"required": "请填写登记证号。"}
    )
    uscc = forms.CharField(
        label="统一社会信用代码", max_length=40, error_messages={"required": "请填写统一社会信用代码。"}
    )
    registered_on = forms.DateField(
        label="登记日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "请填写登记日期。",
            "invalid": "登记日期看不懂，请按2026-11-22的样子填写。",
        },
    )

    def clean_uscc(self) -> str:
        try:
            return identifiers.credit_code(self.cleaned_data["uscc"])
        except Refused as refused:
            raise forms.ValidationError(refused.problems[0].message) from refused

    def clean_registered_on(self) -> Any:
        day = self.cleaned_data["registered_on"]
        if day < FIRST_DAY:
            raise forms.ValidationError("登记日期太早，请核对年份。")
        if day > clock.today():
            raise forms.ValidationError("登记日期不能晚于今天。")
        return day


class FromDay(forms.Form):
    """So many places open to others, from a day on."""

    places = forms.IntegerField(
        label="对外开放的托位数",
        min_value=0,
        max_value=10_000,
        error_messages={
            "required": "请填写对外开放的托位数，不再开放的填0。",
            "invalid": "托位数请填整数。",
            "min_value": "托位数不能小于0。",
            "max_value": "托位数太大，请核对。",
        },
    )
    from_on = forms.DateField(
        label="从哪天起",
        error_messages={
            "required": "请填写从哪天起。",
            "invalid": "日期看不懂，请按2026-11-22的样子填写。",
        },
    )


class CountsForm(forms.Form):
    """How many children are enrolled in each class on a day; an empty one is not stated."""

    day = forms.DateField(
        label="日期",
        error_messages={
            "required": "请填写日期。",
            "invalid": "日期看不懂，请按2026-11-22的样子填写。",
        },
    )
    reason = forms.CharField(label="更正的原因", required=False, max_length=200)

    def __init__(self, classes: Iterable[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.classes = [name for name, _ in classes]
        for name, label in classes:
            wrong = f"“{label}”的人数看不懂，请填0以上的整数。"
            said = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
            self.fields[name] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=9_999, error_messages=said
            )
