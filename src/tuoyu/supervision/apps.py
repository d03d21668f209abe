from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "tuoyu.supervision"
    label = "supervision"

    def ready(self) -> None:
        """Say which of what is known here weighs in a draw."""
        from tuoyu.supervision import risks

        risks.register("failed_last_year", "上一年检查不合格", risks.failed_last_year)
        risks.register("in_rectification", "备案限期整改中", risks.in_rectification)
