from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "tuoyu.institutions"
    label = "institutions"

    def ready(self) -> None:
        """Serve the cases of setting up and of filing alone."""
        from tuoyu.cases import procedures
        from tuoyu.institutions.handlers import EstablishmentHandler
        from tuoyu.institutions.vocabulary import FILING_ALONE

        handler = EstablishmentHandler()
        for procedure in ("establishment", "family_point_establishment", *FILING_ALONE):
            procedures.register(procedure, handler)
