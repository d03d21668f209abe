from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "tuoyu.institutions"
    label = "institutions"

    def ready(self) -> None:
        """Serve the cases of setting up and of filing alone; say where an institution lies."""
        from tuoyu.accounts import nurseries
        from tuoyu.cases import procedures
        from tuoyu.institutions import history, parts, queries
        from tuoyu.institutions.handlers import EstablishmentHandler
        from tuoyu.institutions.parts import Part
        from tuoyu.institutions.vocabulary import FILING_ALONE, SETTING_UP

        handler = EstablishmentHandler()
        for procedure in (*SETTING_UP, *FILING_ALONE):
            procedures.register(procedure, handler)
        nurseries.places_are_known_to(queries.division_of)
        parts.register(Part("history", "历史", 90, history.address_of, history.events_for))
