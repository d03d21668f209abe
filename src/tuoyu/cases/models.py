"""Cases (办件): what needs a decision, the steps it takes, and what was said on the way."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from tuoyu.core import clock


class Case(models.Model):
    """One matter before one or more departments, closed by a decision.

    An applicant opens it, or an office of its own accord: then there may be a `respondent`, the institution
    that must answer for it. While it is with them (`returned`), `answer_due_on` is the last day to answer.
    A `restricted` one is seen by those only who have a step of it in hand, and the heads of their
    departments.
    """

    class State(models.TextChoices):
        OPEN = "open", "办理中"
        RETURNED = "returned", "退回补正"
        WITHDRAWN = "withdrawn", "已撤回"
        REFUSED = "refused", "不予通过"
        DONE = "done", "已办结"

    class Channel(models.TextChoices):
        ONLINE = "online", "网上申报"
        AGENT = "agent", "代理申报"
        WINDOW = "window", "窗口代录"
        OFFICE = "office", "部门立案"
        PUBLIC = "public", "公众提出"

    ENDED = (State.WITHDRAWN, State.REFUSED, State.DONE)

    number = models.CharField(max_length=32, unique=True)
    procedure = models.CharField(max_length=60)
    procedure_name = models.CharField(max_length=120)
    jurisdiction_code = models.CharField(max_length=12)
    pack = models.ForeignKey("jurisdictions.PackVersion", models.PROTECT)
    division_code = models.CharField(max_length=12)
    subject_name = models.CharField(max_length=200)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cases")
    respondent = models.ForeignKey(
        "institutions.Institution", models.PROTECT, null=True, related_name="answered_cases"
    )
    answer_due_on = models.DateField(null=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=16, choices=Channel)
    restricted = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    round = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["division_code", "-id"]),
            models.Index(fields=["applicant", "-id"]),
            models.Index(fields=["state", "-id"]),
            models.Index(fields=["answer_due_on"], name="case_unanswered", condition=Q(state="returned")),
            GinIndex(fields=["subject_name"], opclasses=["gin_trgm_ops"], name="case_subject_trgm"),
        ]
        constraints = [
            models.CheckConstraint(
                name="case_ended_has_its_moment",
                condition=Q(closed_at__isnull=False, state__in=["withdrawn", "refused", "done"])
                | Q(closed_at__isnull=True, state__in=["open", "returned"]),
            ),
            models.CheckConstraint(
                name="case_refused_has_its_reason", condition=~Q(state="refused") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="case_without_applicant_is_an_offices_or_the_publics",
                condition=Q(applicant__isnull=False, filed_by__isnull=False)
                | Q(channel__in=["office", "public"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject_name}"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells this case's story."""
        return f"case:{self.pk}"


class Step(models.Model):
    """One department's part of a case.

    Its clock runs `clock_days` working days (all days, where `counts_all_days`) from `clock_from`: the day it
    began, or, where `clock_of` names another step, the day that one's clock began. `restricted` repeats what
    its case says, so that an inbox need not ask the case.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "未开始"
        ACTIVE = "active", "办理中"
        APPROVED = "approved", "已通过"
        DEFECTIVE = "defective", "需补正"
        REFUSED = "refused", "不予通过"
        CANCELLED = "cancelled", "已终止"

    class Kind(models.TextChoices):
        CHECK = "check", "联合查验"
        CONSENT = "consent", "审查同意"
        REGISTRATION = "registration", "法人登记"
        FILING = "filing", "备案"
        VERIFICATION = "verification", "现场核实"
        AMENDMENT = "amendment", "登记变更"
        CHANGE = "change", "备案变更"
        REVIEW = "review", "年审"
        REPORT = "report", "年度报告"
        SUSPENSION = "suspension", "暂停服务"
        RESUMPTION = "resumption", "恢复服务"
        CANCELLATION = "cancellation", "备案注销"
        RECHECK = "recheck", "整改复查"
        PENALTY = "penalty", "行政处罚"
        REVOCATION = "revocation", "收回登记"
        BAN = "ban", "取缔"
        ACCOUNTABILITY = "accountability", "责任追究"
        TRIAGE = "triage", "分办"
        HANDLING = "handling", "调查处理"
        ASSESSMENT = "assessment", "质量评估"
        APPROVAL = "approval", "审核"
        REPAIR = "repair", "信用修复"
        APPEAL = "appeal", "申诉复核"

    # What an approval has brought about already and a withdrawal cannot undo, and what to do instead.
    DONE_WITH = {
        Kind.REGISTRATION: "法人登记已经完成，不能再撤回；如不再办理，请到登记机关办理注销。",
        Kind.FILING: "备案回执已经发出，不能再撤回；如不再服务，请到备案机关办理注销。",
        Kind.AMENDMENT: "登记机关已经办理登记变更，备案要跟着变更，不能再撤回。",
    }
    DECIDED = (State.APPROVED, State.DEFECTIVE, State.REFUSED)

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind)
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    stage = models.PositiveSmallIntegerField()
    after = models.JSONField(default=list)
    reviews = models.JSONField(default=list)
    push_to = models.JSONField(default=list)
    clause = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200, blank=True)
    restricted = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    round = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField(null=True)
    clock_of = models.CharField(max_length=60, blank=True)
    clock_from = models.DateField(null=True)
    clock_days = models.PositiveSmallIntegerField(null=True)
    counts_all_days = models.BooleanField(default=False)
    due_on = models.DateField(null=True)
    provisional = models.BooleanField(default=False)
    paused_on = models.DateField(null=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_label = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["stage", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="step_key_once_a_case"),
            models.CheckConstraint(
                name="step_decision_has_moment_and_person",
                condition=Q(state__in=["approved", "defective", "refused"], decided_at__isnull=False)
                & ~Q(decided_label="")
                | Q(state__in=["waiting", "active", "cancelled"]),
            ),
            models.CheckConstraint(
                name="step_refused_has_its_reason", condition=~Q(state="refused") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="step_active_has_started", condition=~Q(state="active") | Q(started_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                "department",
                "division_code",
                F("due_on").asc(nulls_last=True),
                name="step_inbox",
                condition=Q(state="active"),
            ),
            models.Index(
                "department",
                F("due_on").asc(nulls_last=True),
                "id",
                name="step_inbox_wide",
                condition=Q(state="active"),
            ),
            models.Index(
                # A lead sees every department of a province: the most pressing are read in order.
                F("due_on").asc(nulls_last=True),
                "id",
                name="step_inbox_due",
                condition=Q(state="active"),
            ),
            models.Index(fields=["assignee"], name="step_assignee", condition=Q(state="active")),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_state_display()}）"


class Remark(models.Model):
    """What one department found wrong, pinned to a field, with the rule it rests on."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="remarks")
    case = models.ForeignKey(Case, models.CASCADE, related_name="remarks")
    round = models.PositiveSmallIntegerField()
    page = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    source = models.CharField(max_length=200, blank=True)
    rule_key = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    made_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="remark_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return self.text


class Submission(models.Model):
    """What the applicant handed in, round by round; never changed afterwards."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="submissions")
    round = models.PositiveSmallIntegerField()
    data = models.JSONField()
    handed_in_at = models.DateTimeField(default=clock.now)
    handed_in_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="submission_once_a_round")]

    def __str__(self) -> str:
        return f"第 {self.round} 次提交"


class Notice(models.Model):
    """What the program told a person about a case, in plain words."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    case = models.ForeignKey(Case, models.CASCADE, related_name="notices", null=True)
    title = models.CharField(max_length=120)
    text = models.TextField()
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True))]

    def __str__(self) -> str:
        return self.title
