from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "tuoyu.complaints"
    label = "complaints"

    def ready(self) -> None:
        """Serve the cases of complaints, and of reviews of their answers."""
        from tuoyu.cases import procedures, stories
        from tuoyu.complaints.handlers import ComplaintHandler, ReviewHandler

        procedures.register("complaint", ComplaintHandler())
        procedures.register("complaint_review", ReviewHandler())
        stories.tell("complaint.reporter_read", lambda event: "查看提出人的姓名和电话", "amber", "eye")
        stories.tell("complaint.rated", lambda event: "提出人评价答复", "grey", "message")
