"""Where the messages to an office go, where it has a system of its own."""

from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.core.fields import EncryptedTextField


class Connector(models.Model):
    """The address of a department's own system, at a place and below it, and the key that signs."""

    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=9)
    address = models.CharField(max_length=300)
    secret = EncryptedTextField()
    set_at = models.DateTimeField(default=clock.now)
    set_by = models.BigIntegerField(null=True)
    set_by_label = models.CharField(max_length=120)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["division_code", "department", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="connector_one_an_office",
                fields=["department", "division_code"],
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="connector_says_for_whom_and_where",
                condition=~Q(department="") & ~Q(division_code="") & ~Q(address=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.division_code}"
