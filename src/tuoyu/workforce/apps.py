from typing import Any

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "tuoyu.workforce"
    label = "workforce"

    def ready(self) -> None:
        """Add staff, hours of training and of service to an institution's page, the staff to its past."""
        from django.db.models import QuerySet
        from django.urls import reverse

        from tuoyu.cases import waiting
        from tuoyu.core.actor import Actor
        from tuoyu.imports import kinds
        from tuoyu.institutions import held, history, parts
        from tuoyu.policy import indicators
        from tuoyu.workforce import alerts, past, queries, service, training
        from tuoyu.workforce.held import staff_held
        from tuoyu.workforce.imports.staff import StaffSheet
        from tuoyu.workforce.indicators import CERTIFIED_SHARE

        def address(pk: int) -> str:
            return reverse("workforce:staff", args=[pk])

        def rows(actor: Actor, pk: int) -> QuerySet[Any, Any] | None:
            return queries.working_at(actor, pk)

        parts.register(parts.Part("staff", "从业人员", 20, address, rows))
        held.register("workforce", staff_held)
        history.register("staff", "当天在岗的从业人员", past.who_worked)

        def hours(pk: int) -> str:
            return reverse("workforce:institution_hours", args=[pk])

        def served(pk: int) -> str:
            return reverse("workforce:institution_service", args=[pk])

        parts.register(
            parts.Part("service", "医护服务时长", 27, served, service.periods_at, service.counts_at)
        )
        parts.register(parts.Part("training", "培训课时", 25, hours, training.credited_at))
        kinds.register(StaffSheet())
        indicators.register(queries.CERTIFIED, CERTIFIED_SHARE)
        waiting.register("alerts", alerts.waiting)
        waiting.register("bar_alerts", alerts.barred_waiting)
