"""Rules over what nurseries record, and how each alert ended."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "tuoyu.alerts"
    label = "alerts"

    def ready(self) -> None:
        """Add alerts to an institution's page; look for illness as soon as a day is stated."""
        from django.urls import reverse

        from tuoyu.alerts import live, queries, recomputing
        from tuoyu.care import hooks
        from tuoyu.cases import waiting
        from tuoyu.core import workdays
        from tuoyu.institutions import parts

        def alerts(pk: int) -> str:
            return reverse("alerts:institution", args=[pk])

        parts.register(parts.Part("alerts", "预警", 15, alerts, queries.alerts_at))
        waiting.register("watched", queries.waiting)
        workdays.recompute_with("alerts", recomputing.recompute)
        hooks.after_a_day.append(live.when_a_day_is_stated)
