from typing import Any

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "tuoyu.workforce"
    label = "workforce"

    def ready(self) -> None:
        """Add the staff to the page of an institution."""
        from django.db.models import QuerySet
        from django.urls import reverse

        from tuoyu.core.actor import Actor
        from tuoyu.institutions import parts
        from tuoyu.workforce import queries

        def address(pk: int) -> str:
            return reverse("workforce:staff", args=[pk])

        def rows(actor: Actor, pk: int) -> QuerySet[Any, Any] | None:
            return queries.working_at(actor, pk)

        parts.register(parts.Part("staff", "从业人员", 20, address, rows))
