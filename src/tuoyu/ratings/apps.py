from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "tuoyu.ratings"
    label = "ratings"

    def ready(self) -> None:
        """Serve the cases of assessments; show them on an institution's page and in the public directory."""
        from django.urls import reverse

        from tuoyu.cases import procedures
        from tuoyu.core import workdays
        from tuoyu.institutions import narrowing, parts, shown
        from tuoyu.institutions.parts import Part
        from tuoyu.ratings import clocks, policy, queries
        from tuoyu.ratings.handlers import AssessmentHandler
        from tuoyu.ratings.vocabulary import PROCEDURE

        procedures.register(PROCEDURE, AssessmentHandler())
        narrowing.register("grade", queries.with_grade)
        shown.register(shown.Told("grades", any=queries.standing_there, rows=queries.standing_at))
        workdays.recompute_with("ratings", clocks.recompute)
        parts.register(
            Part(
                "ratings",
                "评估",
                70,
                lambda pk: reverse("ratings:of_institution", args=[pk]),
                queries.of_institution,
                at=lambda division_code: policy.procedure_at(division_code) is not None,
            )
        )
