"""Recording a bar, and saying that one does not hold."""

from django import forms

from tuoyu.workforce.rules.bars import LABELS, LONGEST, BarGiven
from tuoyu.workforce.vocabulary import BarGround, BarKind, BarRole, CorrectionGround


def _text(field: str) -> forms.CharField:
    return forms.CharField(
        label=LABELS[field],
        max_length=LONGEST[field],
        error_messages={"required": f"请填写{LABELS[field]}。"},
    )


class BarForm(forms.Form):
    """A bar as the office that records it states it; what must fit together the action says."""

    name = _text("name")
    identity = forms.CharField(
        label="身份证号",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写身份证号。"},
    )
    kind = forms.ChoiceField(label=LABELS["kind"], choices=BarKind.choices, widget=forms.RadioSelect)
    role = forms.ChoiceField(label=LABELS["role"], choices=BarRole.choices, widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=LABELS["ground"], choices=BarGround.choices)
    document = _text("document")
    number = _text("number")
    decided_on = forms.DateField(
        label="决定日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "请填写决定日期。",
            "invalid": "决定日期看不懂，请按2026-11-22的样子填写。",
        },
    )
    authority = _text("authority")

    def given(self) -> BarGiven:
        """What was stated, for the action."""
        return BarGiven(**self.cleaned_data)


class CorrectionForm(forms.Form):
    """Why something that was recorded does not hold."""

    ground = forms.ChoiceField(
        label="原因", choices=CorrectionGround.choices, error_messages={"required": "请选择更正的原因。"}
    )
    reason = forms.CharField(
        label="理由和依据", max_length=1000, error_messages={"required": "请写明更正的理由和依据。"}
    )
