"""How many alerts there are, kept beside the register for the badges."""

from django.db import models
from django.db.models import Q


class AlertCount(models.Model):
    """How much of an institution's register is not kept, and soon will not be, as it was counted last.

    Only badges read it: the board looks at the register itself. `stale` since the register has changed; it is
    counted again within a minute, and as each day begins.
    """

    institution = models.OneToOneField("institutions.Institution", models.CASCADE, primary_key=True)
    broken = models.PositiveSmallIntegerField(default=0)
    soon = models.PositiveSmallIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    stale = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["counted_at"], condition=Q(stale=True), name="alert_count_stale")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.broken} + {self.soon}"
