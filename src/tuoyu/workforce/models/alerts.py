"""How much of a register is not kept, counted beside it."""

from django.db import models
from django.db.models import Q


class AlertCount(models.Model):
    """How much of an institution's register is not kept, and soon will not be, as it was counted last.

    Badges and the evening's watch read it; pages with names look at the register itself. `stale` since the
    register has changed; it is counted again within a minute, and as each day begins. `lacking` is what binds
    and is not kept of posts and ratios, each as `says` and `source`: figures and classes, nobody's name.
    """

    institution = models.OneToOneField("institutions.Institution", models.CASCADE, primary_key=True)
    broken = models.PositiveSmallIntegerField(default=0)
    soon = models.PositiveSmallIntegerField(default=0)
    lacking = models.JSONField(default=list)
    counted_at = models.DateTimeField(null=True)
    stale = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["counted_at"], condition=Q(stale=True), name="alert_count_stale")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.broken} + {self.soon}"
