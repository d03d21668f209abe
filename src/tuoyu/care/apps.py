"""What a nursery records of its day: the daily return, incidents."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "tuoyu.care"
    label = "care"

    def ready(self) -> None:
        """Add days and incidents to an institution's page; serve cases of accountability."""
        from django.urls import reverse

        from tuoyu.care import queries
        from tuoyu.care.actions.incidents import ACCOUNTABILITY
        from tuoyu.care.handlers import AccountabilityHandler
        from tuoyu.cases import procedures
        from tuoyu.institutions import parts

        def days(pk: int) -> str:
            return reverse("care:days", args=[pk])

        def incidents(pk: int) -> str:
            return reverse("care:institution_incidents", args=[pk])

        parts.register(parts.Part("days", "每日报送", 30, days, queries.days_at))
        parts.register(parts.Part("incidents", "伤害事件", 32, incidents, queries.incidents_at))
        procedures.register(ACCOUNTABILITY, AccountabilityHandler())
