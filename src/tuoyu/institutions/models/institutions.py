"""Institutions, their premises and classes."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.institutions import names
from tuoyu.institutions.vocabulary import (
    FILED,
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


class Classes(models.QuerySet["ClassGroup"]):
    """Classes, asked by the day."""

    def open_now(self) -> "Classes":
        """Those there are today."""
        return self.filter(closed_on=None)

    def open_on(self, day: date) -> "Classes":
        """Those there were on a day; one whose beginning was not recorded was there before."""
        began = Q(opened_on=None) | Q(opened_on__lte=day)
        return self.filter(began, Q(closed_on=None) | Q(closed_on__gt=day))


class ClassGroup(models.Model):
    """A class of an institution, with the places it may hold; closed when it ends, and never deleted.

    `opened_on` is its first day (not known for what was there before it was recorded), `closed_on` the first
    day without it. Neither lies in the future, so that a class without an end is open today.
    """

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="classes")
    name = models.CharField(max_length=40)
    class_type = models.CharField(max_length=16, choices=ClassType)
    places = models.PositiveSmallIntegerField()
    carers = models.PositiveSmallIntegerField(default=0)
    room_area = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    objects = Classes.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="class_closes_after_it_opened",
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gte=models.F("opened_on")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_class_type_display()}）"
