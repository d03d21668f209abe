from typing import Any

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "tuoyu.workforce"
    label = "workforce"

    def ready(self) -> None:
        """Add the staff and the hours of training to the page of an institution."""
        from django.db.models import QuerySet
        from django.urls import reverse

        from tuoyu.core.actor import Actor
        from tuoyu.institutions import parts
        from tuoyu.workforce import queries, training

        def address(pk: int) -> str:
            return reverse("workforce:staff", args=[pk])

        def rows(actor: Actor, pk: int) -> QuerySet[Any, Any] | None:
            return queries.working_at(actor, pk)

        parts.register(parts.Part("staff", "从业人员", 20, address, rows))

        def hours(pk: int) -> str:
            return reverse("workforce:institution_hours", args=[pk])

        parts.register(parts.Part("training", "培训课时", 25, hours, training.credited_at))
