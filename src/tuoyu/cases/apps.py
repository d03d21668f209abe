from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tuoyu.cases"
    label = "cases"

    def ready(self) -> None:
        from tuoyu.cases import clocks
        from tuoyu.core import workdays

        workdays.recompute_with("办件时限", clocks.recompute)
