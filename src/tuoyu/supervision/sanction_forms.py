"""What people fill in about rectifications and sanctions."""

from typing import Any

from django import forms

from tuoyu.core import clock
from tuoyu.supervision.models import Sanction
from tuoyu.supervision.vocabulary import Ground
from tuoyu.workforce.models import Employment

NEEDED = {"required": "请填写。"}
DAY = {"required": "请填写日期。", "invalid": "日期看不懂，请按2026-11-22的样子填写。"}


class ProposalForm(forms.Form):
    """What is proposed to be done, before the institution is heard."""

    measure = forms.CharField(
        label="拟作出的处罚（告知机构）",
        max_length=2000,
        widget=forms.Textarea,
        help_text="写明事实、理由、依据和拟作出的处罚。",
        error_messages=NEEDED,
    )


class DecisionMadeForm(forms.Form):
    """What was decided; the fine is the office's own figure, none is computed."""

    measure = forms.CharField(
        label="决定内容",
        max_length=2000,
        widget=forms.Textarea,
        help_text="送达后照此公示，请不要写个人姓名；直接责任人在下面选择，不公示。",
        error_messages=NEEDED,
    )
    amount = forms.DecimalField(
        label="罚款金额（元）", required=False, min_value=0, max_digits=10, decimal_places=2,
        help_text="没有罚款的不填。法定幅度见“依据和参考”，金额由部门依法裁量。",
        error_messages={"invalid": "请填写数字。", "min_value": "金额不能小于零。"},
    )  # fmt: skip
    responsible = forms.ChoiceField(
        label="直接责任人", required=False, error_messages={"invalid_choice": "请在名单中选择。"}
    )

    def __init__(self, *args: Any, sanction: Sanction | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Employment.objects.filter(institution=sanction.institution_id) if sanction else []
        people = {str(one.person_id): str(one.name) for one in rows}
        self.fields["responsible"].choices = [("", "没有"), *people.items()]  # type: ignore[attr-defined]
        if sanction is not None:
            self.fields["measure"].initial = sanction.proposed


class DeliveryForm(forms.Form):
    """The day the decision was delivered."""

    delivered_on = forms.DateField(
        label="送达日期", widget=forms.DateInput(attrs={"type": "date"}), error_messages=DAY
    )


class ExtensionForm(forms.Form):
    """More time, and why."""

    until = forms.DateField(
        label="延长到", widget=forms.DateInput(attrs={"type": "date"}), error_messages=DAY
    )
    reason = forms.CharField(
        label="延期理由",
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": "请写明延期理由。"},
    )


class GroundForm(forms.Form):
    """What makes it more than an ordinary rectification, and why."""

    ground = forms.ChoiceField(
        label="情形", choices=Ground.choices,
        error_messages={"required": "请选择情形。", "invalid_choice": "没有这种情形，请重新选择。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="认定理由",
        max_length=500,
        widget=forms.Textarea,
        error_messages={"required": "请写明认定的理由。"},
    )


class RecheckForm(forms.Form):
    """When to look again, and who does."""

    scheduled_on = forms.DateField(
        label="复查日期", widget=forms.DateInput(attrs={"type": "date"}), error_messages=DAY
    )
    inspectors = forms.MultipleChoiceField(
        label="检查人员", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择检查人员。", "invalid_choice": "只能选择本部门在岗的人员。"},
    )  # fmt: skip

    def __init__(self, *args: Any, colleagues: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspectors"].choices = [(str(pk), name) for pk, name in colleagues]  # type: ignore[attr-defined]


class HearingForm(forms.Form):
    """The hearing that was held."""

    held_on = forms.DateField(
        label="听证日期", widget=forms.DateInput(attrs={"type": "date"}), initial=clock.today,
        error_messages=DAY,
    )  # fmt: skip
    record = forms.CharField(
        label="听证情况和意见", max_length=5000, widget=forms.Textarea, error_messages=NEEDED
    )


class ReasonForm(forms.Form):
    """A reason that must be given."""

    reason = forms.CharField(
        label="理由", max_length=2000, widget=forms.Textarea, error_messages={"required": "请写明理由。"}
    )


class OverturningForm(ReasonForm):
    """Why a decision does not hold, and since when: the days for withdrawing it run from there."""

    decided_on = forms.DateField(
        label="作出撤销决定的日期", widget=forms.DateInput(attrs={"type": "date"}), initial=clock.today,
        help_text="本部门自行撤销的，是今天；行政复议、诉讼撤销的，是收到文书的日期。公示自这一天起限期撤回。",
        error_messages=DAY,
    )  # fmt: skip
