"""A year's plan, its draws with what they rest on, and who may not inspect whom."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tuoyu.core import clock
from tuoyu.institutions.models import Institution
from tuoyu.supervision.models.inspections import Inspection
from tuoyu.supervision.rules.plans import ORDERED
from tuoyu.supervision.vocabulary import DrawState, Origin, PlanKind


class Plan(models.Model):
    """How often each institution of a place is inspected in a year, by whom; copied from the pack with its
    clause when the plan is made, and in force once a lead has adopted it."""

    year = models.PositiveSmallIntegerField()
    division_code = models.CharField(max_length=9)
    department = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=PlanKind)
    per_year = models.PositiveSmallIntegerField()
    departments = ArrayField(models.CharField(max_length=40))
    source = models.CharField(max_length=300)
    departments_source = models.CharField(max_length=300)
    pack = models.ForeignKey("jurisdictions.PackVersion", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    created_label = models.CharField(max_length=120)
    adopted_at = models.DateTimeField(null=True)
    adopted_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "division_code", "department", "kind"], name="plan_once_a_year_and_kind"
            ),
            models.CheckConstraint(
                name="plan_asks_for_something", condition=Q(per_year__gte=1) & ~Q(departments=[])
            ),
            models.CheckConstraint(
                name="plan_adopted_has_moment_and_person",
                condition=Q(adopted_at__isnull=True, adopted_label="")
                | Q(adopted_at__isnull=False) & ~Q(adopted_label=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_kind_display()}"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells its story."""
        return f"plan:{self.pk}"

    @property
    def origin(self) -> Origin:
        """What inspections made for it come from, and are counted by."""
        return ORDERED[PlanKind(self.kind)].origin


class Amendment(models.Model):
    """That a plan was changed within its year: what it asked for before, what since then, and why. `version`
    is that of the plan from then on; the plan as it was made is its first."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="amendments")
    version = models.PositiveSmallIntegerField()
    former_per_year = models.PositiveSmallIntegerField()
    former_departments = ArrayField(models.CharField(max_length=40))
    per_year = models.PositiveSmallIntegerField()
    departments = ArrayField(models.CharField(max_length=40))
    reason = models.CharField(max_length=500)
    made_at = models.DateTimeField(default=clock.now)
    made_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "version"], name="amendment_one_a_version"),
            models.CheckConstraint(
                name="amendment_has_reason_and_person", condition=~Q(reason="") & ~Q(made_label="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.version}"


class Draw(models.Model):
    """One round: a pool frozen before its seed was known, then what the seed made of it.

    `pool` is the text that was hashed. The witness, of another office, and the organiser enter the public
    value each for themselves; the draw goes by it only when both say the same.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="draws")
    state = models.CharField(max_length=8, choices=DrawState, default=DrawState.FROZEN)
    count = models.PositiveIntegerField()
    pool = models.TextField()
    pool_size = models.PositiveIntegerField()
    pool_sha256 = models.CharField(max_length=64)
    seed_source = models.CharField(max_length=120)
    seed_moment = models.DateTimeField()
    closes_on = models.DateField()
    frozen_at = models.DateTimeField(default=clock.now)
    frozen_label = models.CharField(max_length=120)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    witnessed_value = models.CharField(max_length=120, blank=True)
    witnessed_at = models.DateTimeField(null=True)
    witnessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    witnessed_label = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=120, blank=True)
    drawn_at = models.DateTimeField(null=True)
    drawn_label = models.CharField(max_length=120, blank=True)
    file = models.JSONField(null=True)
    replaced_at = models.DateTimeField(null=True)
    replaced_label = models.CharField(max_length=120, blank=True)
    replaced_reason = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["published_at"], name="draw_published")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], name="draw_one_frozen_at_a_time", condition=Q(state="frozen")
            ),
            models.CheckConstraint(
                name="draw_frozen_before_its_seed", condition=Q(frozen_at__lt=F("seed_moment"))
            ),
            models.CheckConstraint(
                name="draw_drawn_after_its_seed_was_known",
                condition=Q(drawn_at__isnull=True, drawn_label="", value="", file__isnull=True)
                | Q(drawn_at__gte=F("seed_moment"), file__isnull=False, witnessed_at__isnull=False)
                & ~Q(drawn_label="")
                & ~Q(value=""),
            ),
            models.CheckConstraint(
                name="draw_witnessed_has_moment_person_and_value",
                condition=Q(
                    witnessed_at__isnull=True,
                    witnessed_by__isnull=True,
                    witnessed_label="",
                    witnessed_value="",
                )
                | Q(witnessed_at__gte=F("seed_moment")) & ~Q(witnessed_label="") & ~Q(witnessed_value=""),
            ),
            models.CheckConstraint(
                name="draw_replaced_has_moment_person_and_reason",
                condition=~Q(state="replaced") & Q(replaced_at__isnull=True, replaced_label="")
                | Q(state="replaced", replaced_at__isnull=False)
                & ~Q(replaced_label="")
                & ~Q(replaced_reason=""),
            ),
            models.CheckConstraint(
                name="draw_state_says_whether_it_was_drawn",
                condition=Q(state="frozen", drawn_at__isnull=True)
                | Q(state="drawn", drawn_at__isnull=False)
                | Q(state="replaced"),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="draw_frozen_never_changes",
                fields=["plan", "count", "pool", "pool_sha256", "seed_source", "seed_moment", "frozen_at",
                        "closes_on", "replaces"],
            ),
            pgtrigger.Protect(name="draw_is_never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.plan}（{self.get_state_display()}）"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells its story."""
        return f"draw:{self.pk}"


class Lot(models.Model):
    """An institution that was drawn, in its place, and the inspection that was made of it."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="lots")
    place = models.PositiveIntegerField()
    inspection = models.OneToOneField(Inspection, models.PROTECT, related_name="lot")

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["draw", "place"], name="lot_one_in_each_place")]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.place}"


class Conflict(models.Model):
    """A conflict of interest: somebody who does not inspect an institution, and why. Once it is over it is
    lifted, and stays."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="conflicts_of_interest")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    declared_at = models.DateTimeField(default=clock.now)
    declared_label = models.CharField(max_length=120)
    lifted_at = models.DateTimeField(null=True)
    lifted_label = models.CharField(max_length=120, blank=True)
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "institution"], name="conflict_once", condition=Q(lifted_at__isnull=True)
            ),
            models.CheckConstraint(name="conflict_has_its_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="conflict_lifted_has_moment_person_and_reason",
                condition=Q(lifted_at__isnull=True, lifted_label="", lifted_reason="")
                | Q(lifted_at__isnull=False) & ~Q(lifted_label="") & ~Q(lifted_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.institution_id}"


class StandIn(models.Model):
    """Somebody goes to an institution that was drawn instead of somebody who declared a conflict after the
    draw: the next by the same seed. `away` are those who could not go there any more."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="stand_ins")
    department = models.CharField(max_length=40)
    out = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    into = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    conflict = models.ForeignKey(Conflict, models.PROTECT, related_name="stand_ins")
    away = ArrayField(models.BigIntegerField())
    made_at = models.DateTimeField(default=clock.now)
    made_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="stand_in_is_somebody_else", condition=~Q(out=F("into")))]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.out_id} {self.into_id}"
