"""What is kept of the honesty of institutions and of who answers for them.

An event is written once and never changed. Whether it shows is derived from the day, its correction and the
repair granted, never from a flag. Who the person is stays, encrypted, with the staff register. A bar to
employment is no credit information and has no place here.
"""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.credit.vocabulary import (
    CreditClass,
    EventKind,
    Ground,
    ListKind,
    RequestKind,
    RequestState,
)
from tuoyu.institutions.models import Institution
from tuoyu.workforce.models import Person


class CreditEvent(models.Model):
    """One event about an institution or, where `person` is named, about that person who answers for it.

    `case` is the matter whose decision it rests on: each subject has one event of it. From `decided_on`
    it counts up to, not including, `until`; repair may be asked for from `repairable_on`. `replaces` is the
    mistaken event it stands for.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="credit_events")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="credit_events")
    kind = models.CharField(max_length=16, choices=EventKind)
    credit_class = models.CharField(max_length=16, choices=CreditClass, default=CreditClass.NONE)
    summary = models.CharField(max_length=500)
    document = models.CharField(max_length=120, blank=True)
    decided_on = models.DateField()
    is_public = models.BooleanField()
    publish_reason = models.CharField(max_length=300, blank=True)
    repairable_on = models.DateField(null=True)
    until = models.DateField(null=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="credit_events")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.BigIntegerField(null=True)
    recorded_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["division_code", "-id"], name="credit_event_place"),
            models.Index(fields=["institution", "-decided_on"], name="credit_event_institution"),
            models.Index(fields=["person"], name="credit_event_person", condition=Q(person__isnull=False)),
            models.Index(fields=["until"], name="credit_event_until", condition=Q(until__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "institution"],
                name="credit_event_once_a_decision",
                condition=Q(person__isnull=True, replaces__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["case", "person"],
                name="credit_event_once_a_decision_and_person",
                condition=Q(person__isnull=False, replaces__isnull=True),
            ),
            models.CheckConstraint(
                name="credit_event_breach_has_class_and_end",
                condition=Q(kind="punish", until__isnull=False, repairable_on__isnull=False)
                & ~Q(credit_class="none")
                | ~Q(kind="punish") & Q(credit_class="none", until__isnull=True, repairable_on__isnull=True),
            ),
            models.CheckConstraint(
                name="credit_event_days_in_order",
                condition=Q(until__isnull=True)
                | Q(
                    until__gt=F("decided_on"),
                    repairable_on__gte=F("decided_on"),
                    until__gte=F("repairable_on"),
                ),
            ),
            models.CheckConstraint(
                name="credit_event_minor_is_public_for_a_reason",
                condition=~Q(credit_class="minor", is_public=True) | ~Q(publish_reason=""),
            ),
            models.CheckConstraint(name="credit_event_says_what", condition=~Q(summary="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.decided_on}"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells its story."""
        return f"credit:{self.pk}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts."""
        return date.fromordinal(self.until.toordinal() - 1) if self.until else None


class CreditCorrection(models.Model):
    """An event does not hold, and why; the event itself stays to be read."""

    event = models.OneToOneField(CreditEvent, models.PROTECT, related_name="correction")
    ground = models.CharField(max_length=16, choices=Ground)
    reason = models.CharField(max_length=500)
    made_on = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    made_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="credit_correction_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.event_id} {self.get_ground_display()}"


class CreditRequest(models.Model):
    """The subject of an event asks that it be repaired, or says that it is mistaken.

    `statement` is what was mended, or what is wrong; `pledge` the public promise of who asks for repair.
    """

    event = models.ForeignKey(CreditEvent, models.PROTECT, related_name="requests")
    case = models.OneToOneField(Case, models.PROTECT, related_name="credit_request")
    kind = models.CharField(max_length=16, choices=RequestKind)
    state = models.CharField(max_length=16, choices=RequestState, default=RequestState.OPEN)
    statement = models.TextField()
    pledge = models.CharField(max_length=500, blank=True)
    asked_on = models.DateField()
    asked_label = models.CharField(max_length=120)
    answered_on = models.DateField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind"], name="credit_request_one_open", condition=Q(state="open")
            ),
            models.UniqueConstraint(
                fields=["event"],
                name="credit_repair_granted_once",
                condition=Q(kind="repair", state="granted"),
            ),
            models.CheckConstraint(
                name="credit_repair_has_a_pledge", condition=~Q(kind="repair") | ~Q(pledge="")
            ),
            models.CheckConstraint(
                name="credit_request_answered_has_a_day",
                condition=Q(state="open", answered_on__isnull=True)
                | ~Q(state="open") & Q(answered_on__isnull=False),
            ),
            models.CheckConstraint(
                name="credit_request_refused_says_why", condition=~Q(state="refused") | ~Q(answer="")
            ),
            models.CheckConstraint(name="credit_request_says_what", condition=~Q(statement="")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}"


class OwnFile(models.Model):
    """An account has shown that it is a person's, so that who works nowhere any more still reads what is
    recorded of the time there, and answers it: what is recorded at the `institutions` that kept the telephone
    which the account has proved, and nothing of any other. What one account has shown no other can."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    institutions = ArrayField(models.BigIntegerField(), default=list)
    shown_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.person_id}"


class ListEntry(models.Model):
    """An institution on a list of its place, by an officer's decision; what is over stays to be read.

    An entry that rests on an event counts only as long as the event does.
    """

    kind = models.CharField(max_length=16, choices=ListKind)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="credit_lists")
    event = models.ForeignKey(CreditEvent, models.PROTECT, null=True, related_name="list_entries")
    reason = models.CharField(max_length=500)
    conclusion = models.CharField(max_length=120, blank=True)
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    placed_on = models.DateField()
    placed_label = models.CharField(max_length=120)
    removed_on = models.DateField(null=True)
    removed_label = models.CharField(max_length=120, blank=True)
    removed_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["division_code", "-id"], name="credit_list_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "institution"],
                name="credit_list_once",
                condition=Q(removed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="credit_list_removed_says_why",
                condition=Q(removed_on__isnull=True, removed_reason="", removed_label="")
                | Q(removed_on__isnull=False) & ~Q(removed_reason="") & ~Q(removed_label=""),
            ),
            models.CheckConstraint(
                name="credit_list_punishment_rests_on_an_event",
                condition=~Q(kind="punishment") | Q(event__isnull=False),
            ),
            models.CheckConstraint(
                name="credit_list_evaluation_concludes", condition=~Q(kind="evaluation") | ~Q(conclusion="")
            ),
            models.CheckConstraint(name="credit_list_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.institution_id}"
