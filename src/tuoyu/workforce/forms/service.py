"""Time that somebody of a hospital served at a nursery."""

from typing import Any

from django import forms

from tuoyu.workforce.actions.service import ServiceGiven
from tuoyu.workforce.vocabulary import Profession

DAY = {"invalid": "日期看不懂，请按2026-11-22的样子填写。"}


class ServiceForm(forms.Form):
    """A period of service; what the register must know the action says."""

    employment = forms.TypedChoiceField(
        label="医护人员", coerce=int, error_messages={"required": "请选择医护人员。"}
    )
    profession = forms.ChoiceField(
        label="职业", choices=Profession.choices, error_messages={"required": "请选择医师或护士。"}
    )
    home_unit = forms.CharField(
        label="所在医疗机构和科室", max_length=120, error_messages={"required": "请填写所在医疗机构和科室。"}
    )
    first_day = forms.DateField(
        label="开始日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写开始日期。", **DAY},
    )
    last_day = forms.DateField(
        label="结束日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填写结束日期。", **DAY},
    )
    hours = forms.DecimalField(
        label="服务小时数",
        min_value=0,
        max_digits=6,
        decimal_places=1,
        error_messages={"required": "请填写服务小时数。", "invalid": "小时数应为数字，如120或7.5。"},
    )

    def __init__(self, people: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employment"].choices = people  # type: ignore[attr-defined]

    def given(self) -> ServiceGiven:
        """The period, for the action."""
        data = self.cleaned_data
        return ServiceGiven(
            data["profession"], data["home_unit"], data["first_day"], data["last_day"], data["hours"]
        )
