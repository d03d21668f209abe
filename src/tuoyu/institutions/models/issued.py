"""What an authority made public about an institution, and what it issued to it."""

from django.db import models
from django.db.models import Q

from tuoyu.institutions.models.institutions import Institution


class Publication(models.Model):
    """What an authority made public about an institution, with its reasons, and the case that decided it.

    What turned out not to hold is withdrawn with the reasons and stays, marked so.
    """

    class Kind(models.TextChoices):
        FILING = "filing", "备案公示"
        NONCONFORMITY = "nonconformity", "不符合备案要求公示"
        INSPECTION = "inspection", "检查不合格公示"
        PENALTY = "penalty", "行政处罚公示"
        REVOCATION = "revocation", "收回登记公告"
        BAN = "ban", "取缔公告"

    # What was published against somebody; it always names the case it was decided in.
    DECIDED = (Kind.NONCONFORMITY, Kind.INSPECTION, Kind.PENALTY, Kind.REVOCATION, Kind.BAN)

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="publications")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    reasons = models.TextField(blank=True)
    clause = models.CharField(max_length=200, blank=True)
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    published_on = models.DateField()
    published_label = models.CharField(max_length=120)
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    withdrawn_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-published_on", "-pk"]
        indexes = [models.Index(fields=["-published_on", "-id"], name="publication_newest")]
        constraints = [
            models.CheckConstraint(
                name="publication_of_nonconformity_gives_reasons",
                condition=~Q(kind="nonconformity") | ~Q(reasons=""),
            ),
            models.UniqueConstraint(fields=["case", "kind"], name="publication_once_a_case"),
            models.CheckConstraint(
                name="publication_of_supervision_names_case_and_reasons",
                condition=~Q(kind__in=["inspection", "penalty", "revocation", "ban"])
                | Q(case__isnull=False) & ~Q(reasons=""),
            ),
            models.CheckConstraint(
                name="publication_withdrawn_says_when_why_and_who",
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="", withdrawn_label="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="") & ~Q(withdrawn_label=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.published_on}"


class Certificate(models.Model):
    """A paper the authority issued (filing receipt, notice), which anyone may verify by its code."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "托育机构备案回执"
        CONDITIONS_NOTICE = "conditions_notice", "托育机构基本条件告知书"
        REFUSAL_NOTICE = "refusal_notice", "不符合备案要求告知书"
        SERVICE_HOURS = "service_hours", "医护人员托育服务时长证明"

    # What is issued to the nursery itself; a certificate of hours is somebody's own.
    OF_THE_FILING = (Kind.RECEIPT, Kind.CONDITIONS_NOTICE, Kind.REFUSAL_NOTICE)

    number = models.CharField(max_length=48, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="certificates")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=32, unique=True)
    issued_on = models.DateField()
    issuer = models.CharField(max_length=120)
    content = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+")
    cancelled_on = models.DateField(null=True)
    cancelled_reason = models.CharField(max_length=200, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="certificate_once_a_case"),
            models.CheckConstraint(
                name="certificate_cancelled_has_date_and_reason",
                condition=Q(cancelled_on__isnull=True, cancelled_reason="")
                | Q(cancelled_on__isnull=False) & ~Q(cancelled_reason=""),
            ),
            models.CheckConstraint(
                name="certificate_replaced_is_cancelled",
                condition=Q(replaced_by__isnull=True) | Q(cancelled_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
