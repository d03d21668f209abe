"""Trees of indicators, the agencies entrusted with scoring, and assessments with what each side said."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.institutions.models import Institution
from tuoyu.ratings.rules import Tree, tree_of
from tuoyu.ratings.vocabulary import AgencyKind, Side, State, TreeState

NO_RESULT = ["refused", "called_off"]
OPEN = ["self", "scoring", "checking", "told", "approving"]


class IndicatorTree(models.Model):
    """By what a place assesses quality, from a day on. Once adopted it is never changed: a change is another
    tree, and an assessment keeps the one it began under."""

    division_code = models.CharField(max_length=9)
    department = models.CharField(max_length=40, default="health")
    name = models.CharField(max_length=120)
    outline = models.CharField(max_length=80, blank=True)
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=TreeState, default=TreeState.DRAFT)
    basis = models.CharField(max_length=500, blank=True)
    effective_from = models.DateField(null=True)
    drafted_at = models.DateTimeField(default=clock.now)
    drafted_label = models.CharField(max_length=120)
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    adopted_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["division_code", "-effective_from"], name="indicator_tree_place")]
        constraints = [
            models.CheckConstraint(
                name="indicator_tree_adopted_has_its_basis",
                condition=~Q(state="adopted")
                | Q(adopted_at__isnull=False, effective_from__isnull=False)
                & ~Q(basis="")
                & ~Q(adopted_label=""),
            ),
            models.UniqueConstraint(
                name="indicator_tree_one_a_place_and_day",
                fields=["division_code", "effective_from"],
                condition=Q(state="adopted"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="adopted_tree_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="adopted"),
            ),
            pgtrigger.Protect(name="indicator_tree_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_state_display()}）"

    @property
    def tree(self) -> Tree:
        return tree_of(self.content)


class Agency(models.Model):
    """A professional agency or association that a health department entrusts with scoring."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=AgencyKind)
    division_code = models.CharField(max_length=9)
    entrusted_by = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=clock.now)
    added_label = models.CharField(max_length=120)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="agency_once_a_place",
                fields=["division_code", "name"],
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(
                name="agency_end_has_its_reason", condition=Q(ended_on__isnull=True) | ~Q(end_reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Assessor(models.Model):
    """Somebody who scores for an agency, from the day named to the day let go."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assessors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    added_label = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="assessor_once_an_agency", fields=["agency", "user"], condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}（{self.agency}）"


class Assessment(models.Model):
    """One assessment of one institution for a year, by the tree it began under.

    `again_reason` says why there is a second of the same year. `score_from` is the day the agency's days to
    score began. What was published stands until another takes
    its place (`superseded_at`).
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="assessments")
    division_code = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    again_reason = models.CharField(max_length=500, blank=True)
    tree = models.ForeignKey(IndicatorTree, models.PROTECT, related_name="assessments")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assessments")
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, related_name="assessment")
    state = models.CharField(max_length=16, choices=State, default=State.SELF)
    begun_at = models.DateTimeField(default=clock.now)
    begun_label = models.CharField(max_length=120)
    self_due_on = models.DateField()
    self_due_provisional = models.BooleanField(default=False)
    score_from = models.DateField(null=True)
    score_due_on = models.DateField(null=True)
    score_due_provisional = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)
    objection_until = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)
    total = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    grade = models.CharField(max_length=20, blank=True)
    stars = models.PositiveSmallIntegerField(default=0)
    vetoed = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    published_label = models.CharField(max_length=120, blank=True)
    superseded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["division_code", "-id"], name="assessment_place"),
            models.Index(fields=["agency", "state"], name="assessment_agency"),
            models.Index(fields=["grade", "institution"], name="assessment_standing_grade",
                         condition=Q(state="published", superseded_at__isnull=True)),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                name="assessment_second_of_a_year_has_its_reason",
                fields=["institution", "year"],
                condition=Q(again_reason="") & ~Q(state__in=NO_RESULT),
            ),
            models.UniqueConstraint(
                name="assessment_one_under_way", fields=["institution"], condition=Q(state__in=OPEN)
            ),
            models.UniqueConstraint(
                name="assessment_one_standing",
                fields=["institution"],
                condition=Q(state="published", superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="assessment_published_has_total_and_case",
                condition=~Q(state="published")
                | Q(total__isnull=False, published_at__isnull=False, case__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_ended_has_its_reason",
                condition=~Q(state__in=["refused", "called_off", "withdrawn"])
                | Q(ended_at__isnull=False) & ~Q(end_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="assessment_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="published_result_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="published")
                & (
                    pgtrigger.Q(old__total__df=pgtrigger.F("new__total"))
                    | pgtrigger.Q(old__grade__df=pgtrigger.F("new__grade"))
                    | pgtrigger.Q(old__year__df=pgtrigger.F("new__year"))
                    | pgtrigger.Q(old__tree__df=pgtrigger.F("new__tree"))
                ),
            ),
            pgtrigger.ReadOnly(name="assessment_keeps_its_tree", fields=["tree", "institution", "year"]),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.year}年（{self.get_state_display()}）"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells this assessment's story."""
        return f"assessment:{self.pk}"


class Score(models.Model):
    """What one side says of one item now; what was handed in stands in `HandedIn`."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="scores")
    side = models.CharField(max_length=8, choices=Side)
    code = models.CharField(max_length=40)
    points = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    met = models.BooleanField(null=True)
    text = models.CharField(max_length=1000, blank=True)
    said_at = models.DateTimeField(default=clock.now)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    said_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="score_once_an_item", fields=["assessment", "side", "code"]),
            models.CheckConstraint(
                name="score_is_not_below_zero", condition=Q(points__isnull=True) | Q(points__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.points}"


class HandedIn(models.Model):
    """What one side handed in, time by time; never changed afterwards."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="handed_in")
    side = models.CharField(max_length=8, choices=Side)
    scores = models.JSONField()
    total = models.DecimalField(max_digits=7, decimal_places=1)
    at = models.DateTimeField(default=clock.now)
    label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="handed_in_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.total}"


class Reminder(models.Model):
    """Whoever must act on an assessment was reminded that a day is over; once for each day that is."""

    class Of(models.TextChoices):
        SELF = "self", "自评"
        SCORING = "scoring", "评分"
        OFFICE = "office", "核对审核"

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="reminders")
    of = models.CharField(max_length=8, choices=Of)
    due_on = models.DateField()
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="reminder_once_a_day_that_is_over", fields=["assessment", "of", "due_on"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_of_display()} {self.due_on}"


class Evidence(models.Model):
    """A file the institution shows for an item; taken away it is only no longer shown."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="evidence")
    code = models.CharField(max_length=40)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    added_label = models.CharField(max_length=120)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.file}"


class Objection(models.Model):
    """What the institution says against the result it was told, and what it was answered."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="objections")
    text = models.CharField(max_length=2000)
    made_at = models.DateTimeField(default=clock.now)
    made_label = models.CharField(max_length=120)
    upheld = models.BooleanField(null=True)
    answer = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="objection_one_open", fields=["assessment"], condition=Q(answered_at__isnull=True)
            ),
            models.CheckConstraint(
                name="objection_answered_with_reasons",
                condition=Q(answered_at__isnull=True, upheld__isnull=True)
                | Q(answered_at__isnull=False, upheld__isnull=False) & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
