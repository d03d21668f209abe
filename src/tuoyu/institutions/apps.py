from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "tuoyu.institutions"
    label = "institutions"

    def ready(self) -> None:
        """Serve the cases of setting up, filing alone and what follows; say where an institution lies."""
        from tuoyu.accounts import nurseries
        from tuoyu.cases import procedures
        from tuoyu.imports import kinds
        from tuoyu.institutions import counts, held, history, parts, queries
        from tuoyu.institutions.handlers import AfterFilingHandler, EstablishmentHandler
        from tuoyu.institutions.imports.classes import ClassesSheet
        from tuoyu.institutions.imports.counts import CountsSheet
        from tuoyu.institutions.imports.filed_before import FiledBefore
        from tuoyu.institutions.parts import Part
        from tuoyu.institutions.vocabulary import AFTER_FILING, FILING_ALONE, SETTING_UP

        setting_up, after_filing = EstablishmentHandler(), AfterFilingHandler()
        for procedure in (*SETTING_UP, *FILING_ALONE):
            procedures.register(procedure, setting_up)
        for procedure in AFTER_FILING:
            procedures.register(procedure, after_filing)
        kinds.register(FiledBefore())
        kinds.register(ClassesSheet())
        kinds.register(CountsSheet())
        nurseries.places_are_known_to(queries.division_of)
        parts.register(Part("counts", "在托登记", 15, counts.address_of, counts.rows_of))
        held.register("counts", counts.children_held)
        history.register("counts", "当时的在托人数", counts.told_of)
        parts.register(Part("history", "历史", 90, history.address_of, history.events_for))
