"""Who stands behind a place: employers alone or together, what they open to others, paired kindergartens."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from tuoyu.core import clock
from tuoyu.institutions.models.institutions import Institution

# How the credit code of a sole trader begins (GB 32100): its name may be a person's, it is no organisation.
SOLE_TRADER = "92"


class EmployerSite(models.Model):
    """How an employer's place is run: by itself, or by somebody entrusted."""

    institution = models.OneToOneField(Institution, models.CASCADE, related_name="employer_site")
    operation = models.CharField(max_length=40, blank=True)
    operator = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.institution_id} {self.operation}"


class Partner(models.Model):
    """An employer that set a place up, alone or with others; of several one answers for it."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="partners")
    name = models.CharField(max_length=120)
    uscc = models.CharField(max_length=18)
    leads = models.BooleanField(default=False)

    class Meta:
        ordering = ["-leads", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "uscc"], name="partner_once_an_institution"),
            models.UniqueConstraint(
                fields=["institution"], name="partner_one_leads", condition=Q(leads=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OpenedPlaces(models.Model):
    """How many places are open to others than the employers' own, from a day on."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="openings")
    places = models.PositiveSmallIntegerField()
    valid = DateRangeField()
    stated_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["-valid"]
        constraints = [
            ExclusionConstraint(
                name="opened_places_one_number_a_day",
                expressions=[("institution", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="opened_places_since_a_day",
                condition=Q(valid__startswith__isnull=False, valid__isempty=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id}: {self.places}"


class Pairing(models.Model):
    """A kindergarten and a childcare institution that work together; it holds once both have agreed."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待对方同意"
        AGREED = "agreed", "结对中"
        DECLINED = "declined", "未同意"
        ENDED = "ended", "已结束"

    OPEN = (State.PROPOSED, State.AGREED)

    kindergarten = models.ForeignKey(Institution, models.PROTECT, related_name="pairings_as_kindergarten")
    nursery = models.ForeignKey(Institution, models.PROTECT, related_name="pairings_as_nursery")
    by_kindergarten = models.BooleanField()
    state = models.CharField(max_length=12, choices=State, default=State.PROPOSED)
    proposed_on = models.DateField(default=clock.today)
    agreed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kindergarten", "nursery"],
                name="pairing_once_at_a_time",
                condition=Q(state__in=["proposed", "agreed"]),
            ),
            models.CheckConstraint(name="pairing_of_two", condition=~Q(kindergarten=F("nursery"))),
            models.CheckConstraint(
                name="pairing_agreed_on_a_day",
                condition=Q(state__in=["proposed", "declined"], agreed_on__isnull=True)
                | Q(state__in=["agreed", "ended"], agreed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="pairing_end_has_date_and_reason",
                condition=Q(state="ended", ended_on__isnull=False) & ~Q(end_reason="")
                | ~Q(state="ended") & Q(ended_on__isnull=True, end_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kindergarten_id}–{self.nursery_id} {self.get_state_display()}"
