"""How many children are enrolled in a class on a day; no child is named."""

import pgtrigger
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.institutions.models.institutions import ClassGroup

# The class was there on the day, and the day had come when it was said.
OF_AN_OPEN_CLASS = """
SELECT opened_on, closed_on INTO of_class FROM institutions_classgroup WHERE id = NEW.class_group_id;
IF NEW.day < of_class.opened_on OR NEW.day >= of_class.closed_on
   OR NEW.day > (NEW.stated_at AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'class % was not open on % or the day had not come', NEW.class_group_id, NEW.day
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class EnrolmentCount(models.Model):
    """So many children were enrolled in a class on a day, as somebody stated it.

    Enrolled are those who have a place, whether they came that day or not: who was present is another count.
    A statement is never changed. Who corrects one states anew and says why, and from `replaced_at` on the
    earlier one no longer counts; so a class has one count a day, and what was said before stays.
    """

    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="enrolment_counts")
    day = models.DateField()
    enrolled = models.PositiveSmallIntegerField()
    imported = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    stated_at = models.DateTimeField(default=clock.now)
    stated_label = models.CharField(max_length=120)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-day", "class_group_id", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["class_group", "day"],
                name="enrolment_count_one_a_class_and_day",
                condition=Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(name="enrolment_count_says_who_stated_it", condition=~Q(stated_label="")),
            models.CheckConstraint(
                name="enrolment_count_replaced_after_it_was_stated",
                condition=Q(replaced_at__isnull=True) | Q(replaced_at__gte=models.F("stated_at")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="enrolment_count_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="enrolment_count_is_not_changed", exclude=["replaced_at"]),
            pgtrigger.Trigger(
                name="enrolment_count_of_an_open_class",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                declare=[("of_class", "RECORD")],
                func=OF_AN_OPEN_CLASS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.class_group_id} {self.day}: {self.enrolled}"
