"""What people fill in about complaints: the public's form, the tracker's, the officers'."""

from typing import Any

from django import forms

from tuoyu.accounts.queries import colleagues
from tuoyu.cases.models import Step
from tuoyu.complaints import queries, rules
from tuoyu.complaints.models import Complaint
from tuoyu.complaints.vocabulary import URGENT, ArrivedBy, ComplaintKind, Conclusion
from tuoyu.institutions.models import Institution

# Longer than anything the action takes, so that the action's sentence is the one that is read.
ANY_LENGTH = 200_000


def _text(label: str, *, required: bool = False, rows: int = 0, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, required=required, max_length=ANY_LENGTH, widget=widget, **more)


class ReportForm(forms.Form):
    """A complaint as the public tells it, in the order of the page; what is missing or too long the action
    says."""

    institution = forms.IntegerField(required=False, widget=forms.HiddenInput)
    described = _text("机构名称和地址")
    division_code = forms.CharField(label="机构所在地", required=False, max_length=12)
    kind = forms.ChoiceField(
        label="反映什么问题",
        choices=ComplaintKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择要反映的问题。", "invalid_choice": "没有这一类，请重新选择。"},
    )
    text = _text("发生了什么", rows=6)
    reporter_name = _text("您的称呼")
    reporter_phone = _text("您的电话")
    token = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=ANY_LENGTH)

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("请不要填写“网址”这一栏，清空后再提交。")
        return ""


class RecordForm(ReportForm):
    """The same, recorded by an officer: how it came, and when."""

    field_order = ("arrived_by", "received_on")
    arrived_by = forms.ChoiceField(
        label="来源渠道",
        choices=[one for one in ArrivedBy.choices if one[0] != ArrivedBy.FORM],
        error_messages={"required": "请选择来源渠道。", "invalid_choice": "没有这个渠道，请重新选择。"},
    )
    received_on = forms.DateField(
        label="收到日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "请填写收到日期。",
            "invalid": "收到日期看不懂，请按2026-11-22的样子填写。",
        },
    )


class TriageForm(forms.Form):
    """What a complaint is, of which institution, who handles it, and who inspects."""

    kind = forms.ChoiceField(label="类别", choices=ComplaintKind.choices)
    institution = forms.CharField(
        label="被反映的机构",
        required=False,
        max_length=200,
        help_text="填全称或统一社会信用代码；平台内没有这家机构的，留空。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    department = forms.ChoiceField(label="承办部门")
    inspectors = forms.MultipleChoiceField(
        label="核查人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="选定后立即生成核查任务。涉嫌侵害儿童的必须安排。",
    )

    def __init__(self, data: Any = None, *, step: Step, complaint: Complaint) -> None:
        place = complaint.division_code
        initial = {
            "kind": complaint.kind,
            "institution": complaint.institution.name if complaint.institution else "",
            "department": queries.handler_for(complaint.kind, place),
        }
        super().__init__(data, initial=initial)
        self.complaint, self.step = complaint, step
        self.meant = complaint.institution
        self.fields["department"].choices = queries.handlers(place)  # type: ignore[attr-defined]
        people = [(str(pk), name) for pk, name in colleagues(step.department, step.division_code)]
        self.fields["inspectors"].choices = people  # type: ignore[attr-defined]

    def clean_institution(self) -> str:
        written = str(self.cleaned_data["institution"]).strip()
        if self.meant is not None and written == self.meant.name:
            return written
        self.meant = self._found(written) if written else None
        if self.meant is None and not self.complaint.described:
            raise forms.ValidationError("请写明是哪家机构。")
        return written

    def _found(self, written: str) -> Institution:
        here = Institution.objects.filter(division_code__startswith=self.complaint.division_code[:6])
        found = list(here.filter(uscc=written.upper())[:1]) or list(here.filter(name=written)[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                "有几家同名机构，请改填统一社会信用代码。" if found else "本地没有这家机构，请核对，或留空。"
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") not in URGENT:
            return said
        if said.get("department", self.step.department) != self.step.department:
            self.add_error("department", "涉嫌侵害儿童的举报由卫生健康部门办理，其他部门已同时收到报告。")
        if self.meant is not None and not said.get("inspectors") and "inspectors" not in self.errors:
            self.add_error("inspectors", "涉嫌侵害儿童的举报须立即核查，请选定核查人员。")
        return said


class AnswerForm(forms.Form):
    """What was found, and what whoever told it reads."""

    conclusion = forms.ChoiceField(
        label="查证结果",
        choices=[("", "请选择"), *Conclusion.choices],
        error_messages={"required": "请选择查证结果。"},
    )
    found = _text("查证情况（只供办理人员查看）", rows=3)
    answer = _text(
        "答复",
        required=True,
        rows=4,
        help_text="提出人凭编号和查询码可见。请不要写入他人的个人信息。",
        error_messages={"required": "请写明答复。"},
    )

    def clean_found(self) -> str:
        return _not_too_long(self.cleaned_data["found"])

    def clean_answer(self) -> str:
        return _not_too_long(self.cleaned_data["answer"])


class ReviewAnswerForm(forms.Form):
    """What the office above says of an answer."""

    answer = _text("复查意见", required=True, rows=4, error_messages={"required": "请写明复查意见。"})

    def clean_answer(self) -> str:
        return _not_too_long(self.cleaned_data["answer"])


class HandOverForm(forms.Form):
    """To which department, and why."""

    department = forms.ChoiceField(label="转给", error_messages={"required": "请选择承办部门。"})
    reason = forms.CharField(label="理由", max_length=500, error_messages={"required": "请写明理由。"})

    def __init__(self, data: Any = None, *, place: str) -> None:
        super().__init__(data)
        self.fields["department"].choices = queries.handlers(place)  # type: ignore[attr-defined]


class ExtensionForm(forms.Form):
    """How many days longer, and why; `most` as the rule has it, so that everything wrong is said at once."""

    days = forms.IntegerField(
        label="延长天数",
        min_value=1,
        max_value=999,
        error_messages={
            "required": "请填写延长几天。",
            "invalid": "天数应为整数。",
            "min_value": "至少延长1天。",
            "max_value": "天数太多，请核对。",
        },
    )
    reason = _text(
        "理由",
        required=True,
        rows=3,
        help_text="提出人凭编号和查询码可见。",
        error_messages={"required": "延期须写明理由，提出人会看到。"},
    )

    def __init__(self, data: Any = None, *, most: int | None = None) -> None:
        super().__init__(data)
        self.most = most

    def clean_days(self) -> int:
        days: int = self.cleaned_data["days"]
        if self.most is not None and days > self.most:
            raise forms.ValidationError(f"最多延长{self.most}天。")
        return days


def _not_too_long(written: str) -> str:
    if len(written) > rules.LONGEST_TEXT:
        raise forms.ValidationError(f"最多{rules.LONGEST_TEXT}字，现在是{len(written)}字。")
    return written.strip()
