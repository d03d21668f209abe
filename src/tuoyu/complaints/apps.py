from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "tuoyu.complaints"
    label = "complaints"

    def ready(self) -> None:
        """Serve the cases of complaints and reviews; list an institution's on its page."""
        from django.urls import reverse

        from tuoyu.cases import procedures, stories
        from tuoyu.complaints import queries
        from tuoyu.complaints.handlers import ComplaintHandler, ReviewHandler
        from tuoyu.institutions import parts

        procedures.register("complaint", ComplaintHandler())
        procedures.register("complaint_review", ReviewHandler())
        stories.tell("complaint.reporter_read", lambda event: "查看提出人的姓名和电话", "amber", "eye")
        stories.tell("complaint.rated", lambda event: "提出人评价答复", "grey", "message")
        parts.register(
            parts.Part(
                "complaints",
                "投诉举报",
                44,
                lambda pk: reverse("complaints:of_institution", args=[pk]),
                queries.of_institution,
            )
        )
