from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "tuoyu.credit"
    label = "credit"

    def ready(self) -> None:
        """Serve requests for repair and objections, show the file, send nothing that no longer holds."""
        from django.urls import reverse

        from tuoyu.cases import procedures
        from tuoyu.core import outbox
        from tuoyu.core.actor import Actor
        from tuoyu.credit import export, following, handlers, queries
        from tuoyu.institutions import parts, shown
        from tuoyu.supervision import hooks
        from tuoyu.supervision.models import Sanction

        procedures.register("credit_repair", handlers.RequestHandler())
        procedures.register("credit_objection", handlers.RequestHandler())
        outbox.send_only_while(export.PUBLISHED, export.still_holds)

        def overturned(by: Actor, sanction: Sanction) -> None:
            following.withdraw_overturned(by, sanction, sanction.overturned_reason)

        hooks.after_sanction("credit", following.record_sanction)
        hooks.after_overturned("credit", overturned)

        def file_of(pk: int) -> str:
            return reverse("credit:institution", args=[pk])

        shown.register(shown.Told("credit", any=queries.events_there, rows=queries.public_file))
        shown.register(shown.Told("credit_lists", any=queries.entries_there, rows=queries.listed_of))
        parts.register(parts.Part("credit", "诚信档案", 46, file_of, queries.counted_at))
