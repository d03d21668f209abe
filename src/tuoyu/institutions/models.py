"""Institutions, their premises and classes; applications with their papers; what is issued and publicised."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.core.fields import EncryptedTextField
from tuoyu.institutions import names
from tuoyu.institutions.vocabulary import (
    FILED,
    FILING_ALONE,
    PERSONAL,
    CareType,
    ClassType,
    Filing,
    Kind,
    LegalForm,
    Nature,
    Registration,
)

SHOWN = Q(filing__in=[state.value for state in FILED])


class Institution(models.Model):
    """A place that cares for children under three, from its registration on; it is never deleted."""

    name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=240, blank=True, editable=False)
    initials = models.CharField(max_length=80, blank=True, editable=False)
    search_keys = ArrayField(models.CharField(max_length=4), default=list, editable=False)
    intro = models.TextField(blank=True)
    kind = models.CharField(max_length=24, choices=Kind)
    nature = models.CharField(max_length=16, choices=Nature)
    legal_form = models.CharField(max_length=24, choices=LegalForm)
    division_code = models.CharField(max_length=12)
    address = models.CharField(max_length=200)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    representative = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    opening_hours = models.CharField(max_length=200, blank=True)
    fees = models.TextField(blank=True)
    care_types = ArrayField(models.CharField(max_length=16, choices=CareType), default=list)
    class_types = ArrayField(models.CharField(max_length=16, choices=ClassType), default=list)
    places = models.PositiveIntegerField(default=0)
    inclusive = models.BooleanField(default=False)

    registration = models.CharField(max_length=16, choices=Registration, default=Registration.UNREGISTERED)
    registrar = models.CharField(max_length=40, blank=True)
    registration_number = models.CharField(max_length=40, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    registered_on = models.DateField(null=True)
    business_scope = models.TextField(blank=True)
    deregistered_on = models.DateField(null=True)
    source_system = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=80, blank=True)

    filing = models.CharField(max_length=24, choices=Filing, default=Filing.NONE)
    receipt_number = models.CharField(max_length=40, null=True, unique=True)
    receipt_issued_on = models.DateField(null=True)
    verified_on = models.DateField(null=True)
    filing_ended_on = models.DateField(null=True)
    public_since = models.DateField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        indexes = [
            GinIndex(fields=["search_keys"], name="institution_search_keys"),
            GinIndex(fields=["pinyin"], opclasses=["gin_trgm_ops"], name="institution_pinyin_trgm"),
            # The public's search: with these the planner need not read every filed row's number to leave out
            # the few that are not filed.
            GinIndex(fields=["search_keys"], name="institution_shown_keys", condition=SHOWN),
            GinIndex(
                fields=["pinyin"],
                opclasses=["gin_trgm_ops"],
                name="institution_shown_pinyin",
                condition=SHOWN,
            ),
            models.Index(
                fields=["division_code", "id"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="institution_place",
            ),
            models.Index(
                fields=["division_code", "id"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="institution_shown_place",
                condition=SHOWN,
            ),
            models.Index(fields=["id"], name="institution_shown", condition=SHOWN),
            models.Index(
                fields=["division_code", "registered_on"],
                opclasses=["varchar_pattern_ops", "date_ops"],
                name="institution_unfiled",
                condition=Q(registration="registered", filing="none"),
            ),
            models.Index(fields=["longitude", "latitude"], name="institution_spot", condition=SHOWN),
            GinIndex(fields=["care_types"], name="institution_care_types"),
            models.Index(fields=["id"], name="institution_inclusive", condition=SHOWN & Q(inclusive=True)),
            models.Index(fields=["name"], name="institution_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["uscc"], name="institution_uscc_once", condition=~Q(uscc="")),
            models.UniqueConstraint(
                fields=["source_system", "source_id"],
                name="institution_source_once",
                condition=~Q(source_id=""),
            ),
            models.CheckConstraint(
                name="institution_registered_says_where_and_when",
                condition=Q(registration="unregistered", registered_on__isnull=True)
                | Q(registration__in=["registered", "cancelled"], registered_on__isnull=False)
                & ~Q(registrar=""),
            ),
            models.CheckConstraint(
                name="institution_cancelled_has_its_date",
                condition=Q(registration="cancelled", deregistered_on__isnull=False)
                | ~Q(registration="cancelled") & Q(deregistered_on__isnull=True),
            ),
            models.CheckConstraint(
                name="institution_filed_has_number_and_date",
                condition=Q(filing="none", receipt_number__isnull=True, receipt_issued_on__isnull=True)
                | ~Q(filing="none") & Q(receipt_number__isnull=False, receipt_issued_on__isnull=False),
            ),
            models.CheckConstraint(
                name="institution_filed_only_when_registered",
                condition=Q(filing__in=["none", "cancelled"]) | ~Q(registration="unregistered"),
            ),
            models.CheckConstraint(
                name="institution_shown_since_a_day",
                condition=~SHOWN | Q(public_since__isnull=False),
            ),
            models.CheckConstraint(
                name="institution_filing_end_has_its_date",
                condition=Q(filing="cancelled", filing_ended_on__isnull=False)
                | ~Q(filing="cancelled") & Q(filing_ended_on__isnull=True),
            ),
            models.CheckConstraint(
                name="institution_stands_somewhere_on_earth",
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.fill_search()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def fill_search(self) -> None:
        """Compute the columns a search uses; whoever writes in bulk calls this first."""
        self.pinyin, self.initials = names.pinyin_of(self.name)
        self.search_keys = names.keys_of(self.name, self.initials)

    @property
    def topic(self) -> str:
        """The thread of audit events that tells this institution's story."""
        return f"institution:{self.pk}"

    @property
    def is_shown(self) -> bool:
        """Whether the public may see it: what is not filed is not shown."""
        return self.filing in FILED


class Premises(models.Model):
    """Where an institution is: its rooms, and on what right it uses them."""

    class Tenure(models.TextChoices):
        OWNED = "owned", "自有"
        LEASED = "leased", "租赁"

    institution = models.OneToOneField(Institution, models.CASCADE, related_name="premises")
    tenure = models.CharField(max_length=8, choices=Tenure, blank=True)
    lease_from = models.DateField(null=True)
    lease_to = models.DateField(null=True)
    building_area = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    indoor_area = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    outdoor_area = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    floor = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="premises_lease_ends_after_it_begins",
                condition=Q(lease_from__isnull=True)
                | Q(lease_to__isnull=True)
                | Q(lease_to__gt=models.F("lease_from")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.get_tenure_display()}"


class ClassGroup(models.Model):
    """A class of an institution, with the places it may hold."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="classes")
    name = models.CharField(max_length=40)
    class_type = models.CharField(max_length=16, choices=ClassType)
    places = models.PositiveSmallIntegerField()
    carers = models.PositiveSmallIntegerField(default=0)
    room_area = models.DecimalField(max_digits=7, decimal_places=2, null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_class_type_display()}）"


class Application(models.Model):
    """One application for registration and filing together, or for filing alone, saved as it is filled in.

    `data` keeps what was typed, right or wrong, by page and field; names, telephone and identity number of
    people are kept apart, encrypted (`typed` is the whole). `version` grows with every save, so that two
    windows do not overwrite each other; `saved_in` names the window that saved last, which is never in its
    own way.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "已提交"
        MENDING = "mending", "待补正"
        CLOSED = "closed", "已结束"
        DELETED = "deleted", "已删除"

    EDITABLE = (State.DRAFT, State.MENDING)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=16, default="online")
    procedure = models.CharField(max_length=60)
    kind = models.CharField(max_length=24, choices=Kind)
    nature = models.CharField(max_length=16, choices=Nature)
    legal_form = models.CharField(max_length=24, choices=LegalForm)
    division_code = models.CharField(max_length=12)
    data = models.JSONField(default=dict)
    identity = EncryptedTextField(blank=True, default="")
    contact_name = EncryptedTextField(blank=True, default="")
    contact_phone = EncryptedTextField(blank=True, default="")
    signer = EncryptedTextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    saved_in = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, related_name="application")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="applications")
    created_at = models.DateTimeField(default=clock.now)
    saved_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["owner", "-id"], name="application_owner"),
            models.Index(fields=["channel", "division_code", "-id"], name="application_window"),
        ]
        constraints = [
            models.CheckConstraint(
                name="application_sent_has_case_and_moment",
                condition=Q(state__in=["draft", "deleted"], case__isnull=True, submitted_at__isnull=True)
                | Q(
                    state__in=["submitted", "mending", "closed"],
                    case__isnull=False,
                    submitted_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="application_deleted_has_its_moment",
                condition=Q(state="deleted", deleted_at__isnull=False)
                | ~Q(state="deleted") & Q(deleted_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["institution"],
                name="application_under_way_once_an_institution",
                condition=Q(state__in=["submitted", "mending"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"未命名申请{self.pk}"

    @property
    def name(self) -> str:
        """The name the institution is to have, as typed."""
        return str((self.data.get("basics") or {}).get("name") or "").strip()

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, by page and field, with the personal fields; the identity number stays apart."""
        whole = dict(self.data)
        for page, keys in PERSONAL.items():
            given = {key: str(value) for key in keys if (value := getattr(self, key))}
            if given:
                whole[page] = {**(whole.get(page) or {}), **given}
        return whole

    @property
    def topic(self) -> str:
        """The thread of audit events that tells this application's story."""
        return f"application:{self.pk}"

    @property
    def files_alone(self) -> bool:
        """Whether it is for a filing only: its institution is registered already."""
        return self.procedure in FILING_ALONE

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may change it now: a draft, or what came back to be mended."""
        return self.state in self.EDITABLE


class Paper(models.Model):
    """One file of one paper (a lease may be several pages); stored privately.

    Issuer, number and dates are copied here from the form when the application is handed in.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="papers")
    slot = models.CharField(max_length=40)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    issuer = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    added_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["slot", "pk"]
        indexes = [models.Index(fields=["expires_on"], name="paper_expiry")]

    def __str__(self) -> str:
        return f"{self.slot} {self.title}"


class Publication(models.Model):
    """What an authority made public about an institution, with its reasons."""

    class Kind(models.TextChoices):
        FILING = "filing", "备案公示"
        NONCONFORMITY = "nonconformity", "不符合备案要求公示"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="publications")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    reasons = models.TextField(blank=True)
    clause = models.CharField(max_length=200, blank=True)
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    published_on = models.DateField()
    published_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["-published_on", "-pk"]
        indexes = [models.Index(fields=["-published_on", "-id"], name="publication_newest")]
        constraints = [
            models.CheckConstraint(
                name="publication_of_nonconformity_gives_reasons",
                condition=~Q(kind="nonconformity") | ~Q(reasons=""),
            ),
            models.UniqueConstraint(fields=["case", "kind"], name="publication_once_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.published_on}"


class Certificate(models.Model):
    """A paper the authority issued (filing receipt, notice), which anyone may verify by its code."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "托育机构备案回执"
        CONDITIONS_NOTICE = "conditions_notice", "托育机构基本条件告知书"
        REFUSAL_NOTICE = "refusal_notice", "不符合备案要求告知书"

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

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="certificate_once_a_case"),
            models.CheckConstraint(
                name="certificate_cancelled_has_date_and_reason",
                condition=Q(cancelled_on__isnull=True, cancelled_reason="")
                | Q(cancelled_on__isnull=False) & ~Q(cancelled_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
