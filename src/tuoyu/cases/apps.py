from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tuoyu.cases"
    label = "cases"

    def ready(self) -> None:
        from tuoyu.accounts import leavers
        from tuoyu.cases import clocks
        from tuoyu.cases.leavers import release_steps
        from tuoyu.core import workdays

        workdays.recompute_with("办件时限", clocks.recompute)
        leavers.on_leave(release_steps)
