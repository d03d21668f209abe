from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "tuoyu.institutions"
    label = "institutions"

    def ready(self) -> None:
        """Serve the cases of setting up."""
        from tuoyu.cases import procedures
        from tuoyu.institutions.handlers import EstablishmentHandler

        handler = EstablishmentHandler()
        for procedure in ("establishment", "family_point_establishment"):
            procedures.register(procedure, handler)
