from django.apps import AppConfig


class JurisdictionsConfig(AppConfig):
    name = "tuoyu.jurisdictions"
    label = "jurisdictions"

    def ready(self) -> None:
        """Identity numbers are checked against the division table, which the kernel does not know."""
        from tuoyu.core.identifiers import know_divisions_with
        from tuoyu.jurisdictions.atlas import is_division

        know_divisions_with(is_division)
