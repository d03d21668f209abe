"""What was asked although it was known: one row an input, counted."""

from django.db import models

from tuoyu.core import clock


class AskedAgain(models.Model):
    """An input of a page that asked for a fact the platform held already, and how often it was shown."""

    page = models.CharField(max_length=80)
    field = models.CharField(max_length=60)
    fact = models.CharField(max_length=60)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["page", "field", "fact"], name="asked_again_once_an_input")
        ]

    def __str__(self) -> str:
        return f"{self.page} {self.field}"
