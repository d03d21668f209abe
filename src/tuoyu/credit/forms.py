"""What people type about credit."""

from collections.abc import Iterable
from typing import Any

from django import forms

from tuoyu.credit.actions import Stated
from tuoyu.credit.vocabulary import CreditClass, EventKind, Ground, ListKind

# What an officer may say; the others follow from an objection or from the decision itself.
SAID = [(one.value, one.label) for one in (Ground.WRONG_SUBJECT, Ground.WRONG_FACTS, Ground.WRONG_CLASS)]
CLASSES = [(one.value, one.label) for one in CreditClass if one is not CreditClass.NONE]
DAY = {"required": "请填写日期。", "invalid": "日期看不懂，请按2026-11-22的样子填写。"}


def _long(label: str, required: bool = True, most: int = 500, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": f"请填写{label}。"},
    )


class EventForm(forms.Form):
    """An event as an officer records it."""

    kind = forms.ChoiceField(
        label="种类", choices=EventKind.choices, error_messages={"required": "请选择种类。"}
    )
    credit_class = forms.ChoiceField(
        label="失信等级",
        choices=[("", "请选择"), *CLASSES],
        required=False,
        help_text="失信信息必选，其他不选。",
    )
    summary = _long("事由", help_text="公示和推送的内容，不要写个人姓名和证件号码。")
    document = forms.CharField(label="文书和文号", required=False, max_length=120)
    decided_on = forms.DateField(
        label="决定日期", widget=forms.DateInput(attrs={"type": "date"}), error_messages=DAY
    )
    publish_reason = _long(
        "确需公示的理由", required=False, most=300, help_text="轻微失信原则上不公示，确需公示的写明理由。"
    )

    def stated(self) -> Stated:
        """What was stated, for the action."""
        given = self.cleaned_data
        return Stated(
            EventKind(given["kind"]),
            CreditClass(given["credit_class"] or CreditClass.NONE),
            given["summary"],
            given["decided_on"],
            given["document"],
            given["publish_reason"],
        )


class CorrectionForm(forms.Form):
    """Why an event does not hold."""

    ground = forms.ChoiceField(label="原因", choices=SAID, error_messages={"required": "请选择原因。"})
    credit_class = forms.ChoiceField(
        label="正确的等级", choices=[("", "请选择"), *CLASSES], required=False, help_text="等级有误时必选。"
    )
    reason = _long("理由")


class OwnFileForm(forms.Form):
    """Who one is; the number is kept nowhere."""

    identity = forms.CharField(
        label="身份证件号码",
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="只用来核对，不另外保存。核对以后，这个账号一直可以查看。",
        error_messages={"required": "请填写身份证件号码。"},
    )


class RepairForm(forms.Form):
    """What was mended, and the public promise."""

    statement = _long("纠正情况", most=2000, help_text="写明已怎样改正、应履行的义务怎样履行完毕。")
    pledge = _long("公开承诺", help_text="办理期间随这条信息一起公示，不要写个人姓名。")


class ObjectionForm(forms.Form):
    """What is mistaken."""

    statement = _long("异议内容和理由", most=2000)


class ListingForm(forms.Form):
    """An institution is put on a list of its place."""

    kind = forms.ChoiceField(label="名单", error_messages={"required": "请选择名单。"})
    event = forms.TypedChoiceField(
        label="所依据的失信信息",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="列入失信惩戒名单时必选。",
    )
    conclusion = forms.CharField(
        label="评价结论", required=False, max_length=120, help_text="诚信评价时必填。"
    )
    reason = _long("理由", help_text="随名单公示，不要写个人姓名。")

    def __init__(self, kinds: Iterable[ListKind], events: Iterable[tuple[int, str]], *args: Any) -> None:
        super().__init__(*args)
        offered = list(kinds)
        self.fields["kind"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]
        self.fields["event"].choices = [("", "请选择"), *events]  # type: ignore[attr-defined]
        if ListKind.PUNISHMENT not in offered:
            del self.fields["event"]
        if ListKind.EVALUATION not in offered:
            del self.fields["conclusion"]
