"""What is typed about plans, draws, conflicts of interest and results."""

from datetime import date, datetime
from typing import Any

from django import forms

from tuoyu.core import clock
from tuoyu.supervision.actions.draws import Given
from tuoyu.supervision.vocabulary import Result

READ = "%Y-%m-%dT%H:%M"


class FreezeForm(forms.Form):
    """How many are drawn, by which public value, and until when the round lasts."""

    count = forms.IntegerField(
        label="抽取家数",
        min_value=1,
        max_value=1_000_000,
        error_messages={"required": "请填写抽取几家。", "invalid": "家数应为整数。"},
    )
    seed_source = forms.CharField(
        label="用哪一个公开数值作种子",
        max_length=120,
        error_messages={"required": "请写明用哪一个公开数值作种子。"},
    )
    seed_moment = forms.CharField(
        label="公布时间",
        max_length=40,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"required": "请填写公布时间。"},
    )
    closes_on = forms.DateField(
        label="本轮截止日",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "请填写本轮截止日。",
            "invalid": "日期看不懂，请按2026-11-22的样子填写。",
        },
    )

    def clean_seed_moment(self) -> datetime:
        """The moment, in Beijing's time where none is said."""
        try:
            moment = datetime.fromisoformat(self.cleaned_data["seed_moment"].strip())
            return moment if moment.tzinfo else moment.replace(tzinfo=clock.BEIJING)
        except ValueError:
            raise forms.ValidationError("时间看不懂，请按2026-11-22T21:15的样子填写。") from None

    def given(self) -> Given:
        """What was decided, for the action."""
        data = self.cleaned_data
        return Given(data["count"], data["seed_source"], data["seed_moment"], data["closes_on"])


class AmendmentForm(forms.Form):
    """How often, by whom, and why it is changed."""

    per_year = forms.IntegerField(
        label="每家每年次数", error_messages={"required": "请填写次数。", "invalid": "次数应为整数。"}
    )
    departments = forms.MultipleChoiceField(
        label="参加部门", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择参加部门。", "invalid_choice": "只能选择本地的部门。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="变更理由", max_length=500, widget=forms.Textarea,
        error_messages={"required": "请写明变更的理由。"},
    )  # fmt: skip

    def __init__(self, departments: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departments"].choices = departments  # type: ignore[attr-defined]


class ConflictForm(forms.Form):
    """Who does not inspect which institution, and why."""

    person = forms.TypedChoiceField(
        label="检查人员",
        coerce=int,
        error_messages={"required": "请选择检查人员。", "invalid_choice": "请选择检查人员。"},
    )
    institution = forms.CharField(
        label="机构", max_length=120, error_messages={"required": "请填写机构名称或统一社会信用代码。"}
    )
    reason = forms.CharField(label="理由", max_length=300, error_messages={"required": "请写明回避的理由。"})

    def __init__(self, people: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


def year_of(given: str) -> int:
    """The year an address asks for; this one when it asks for none that can be meant."""
    this = clock.today().year
    asked = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else this
    return asked if 2000 <= asked <= this + 1 else this


def day_of(given: str) -> date:
    """The day an address asks for; today when it asks for none that can be meant."""
    try:
        return date.fromisoformat(given) if given else clock.today()
    except ValueError:
        return clock.today()


class ResultForm(forms.Form):
    """The one result of an inspection."""

    result = forms.ChoiceField(label="检查结果", choices=Result.choices)


class CorrectionForm(ResultForm):
    """The result after a later decision, with its reasons and the day of that decision."""

    decided_on = forms.DateField(label="变更决定的日期")
    reason = forms.CharField(label="变更的理由", max_length=500)
