"""What people fill in on the pages of a case."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.choices import BaseChoiceIterator

from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.procedures import DecisionOffered, FormPage

DECISION_CHOICES = [("approve", "通过"), ("defects", "需补正"), ("refuse", "不予通过")]
MOST_REMARKS = 60


class DecisionForm(forms.Form):
    """An officer's decision of one step."""

    decision = forms.ChoiceField(
        label="办理意见",
        choices=DECISION_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择办理意见。", "invalid_choice": "没有这样的办理意见，请重新选择。"},
    )
    reason = forms.CharField(
        label="说明",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不予通过时必填，将告知申办人。",
    )
    answer_due_on = forms.DateField(
        label="再次答复的期限",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="空着按规定的天数计算。",
        error_messages={"invalid": "日期看不懂，请按2026-11-22的样子填写。"},
    )

    def __init__(self, *args: Any, offered: Sequence[DecisionOffered] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        if offered:
            choices = [(one.value, one.label) for one in offered]
            self.fields["decision"].choices = choices  # type: ignore[attr-defined]


class RemarkForm(forms.Form):
    """One defect: the field it concerns, what is wrong, the rule it rests on."""

    where = forms.ChoiceField(label="位置", required=False)
    text = forms.CharField(
        label="补正意见", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    rule = forms.ChoiceField(label="依据", required=False)

    def __init__(
        self,
        *args: Any,
        pages: Sequence[FormPage] = (),
        sources: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sources = sources
        self.fields["where"].choices = _places(tuple(pages))  # type: ignore[attr-defined]
        self.fields["rule"].choices = _rules(tuple(sources))  # type: ignore[attr-defined]

    def given(self) -> RemarkGiven | None:
        """The remark, or None where the row was left empty."""
        data = self.cleaned_data
        if not data.get("text", "").strip():
            return None
        page, _, field = data["where"].partition(".")
        return RemarkGiven(
            text=data["text"].strip(),
            page=page,
            field=field,
            rule_key=data["rule"],
            source=dict(self._sources).get(data["rule"], ""),
        )


class Kept(BaseChoiceIterator):
    """Choices in the shape Django wants already; it would bring two hundred into it for every form."""

    def __init__(self, choices: Sequence[Any]) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[Any]:
        return iter(self.choices)


@lru_cache(maxsize=200)
def _places(pages: tuple[FormPage, ...]) -> Kept:
    found: list[Any] = [("", "整份申报")]
    for page in pages:
        fields = [(f"{page.key}.{key}", label) for key, label in page.fields]
        found.append((page.label, [(page.key, f"{page.label}（整页）"), *fields]))
    return Kept(found)


@lru_cache(maxsize=200)
def _rules(sources: tuple[tuple[str, str], ...]) -> Kept:
    return Kept([("", "不引用具体条款"), *sources])


RemarkFormSet = forms.formset_factory(RemarkForm, extra=0, max_num=MOST_REMARKS, validate_max=True)


class ReasonForm(forms.Form):
    """A reason that must be given."""

    reason = forms.CharField(
        label="理由", max_length=1000, error_messages={"required": "请写明理由。"}, widget=forms.Textarea
    )


class ReassignForm(forms.Form):
    """To whom a step goes; empty puts it back into the department's inbox."""

    to = forms.ChoiceField(label="转给", required=False)
    reason = forms.CharField(label="理由", max_length=500, error_messages={"required": "请写明理由。"})

    def __init__(self, *args: Any, colleagues: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "退回本部门待办"), *((str(pk), name) for pk, name in colleagues)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class InboxForm(forms.Form):
    """How the inbox is narrowed; what makes no sense is left out, not refused."""

    clock = forms.ChoiceField(
        required=False,
        choices=[
            ("", "全部"),
            ("overdue", "已超期"),
            ("soon", "即将到期"),
            ("fine", "正常"),
            ("none", "不计时限"),
        ],
    )
    mine = forms.BooleanField(required=False)
    procedure = forms.CharField(required=False, max_length=60)
    department = forms.CharField(required=False, max_length=40)
    text = forms.CharField(required=False, max_length=60)
