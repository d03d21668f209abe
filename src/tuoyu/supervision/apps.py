from collections.abc import Callable
from typing import Any

from django.apps import AppConfig


def _saying(words: str) -> Callable[[Any], str]:
    return lambda event: words


class SupervisionConfig(AppConfig):
    name = "tuoyu.supervision"
    label = "supervision"

    def ready(self) -> None:
        """Say what weighs in a draw; serve the cases that follow a failing inspection, and begin them."""
        from django.db.models import QuerySet
        from django.urls import reverse

        from tuoyu.cases import procedures, stories
        from tuoyu.core import workdays
        from tuoyu.core.actor import Actor
        from tuoyu.core.permissions import can
        from tuoyu.institutions import parts
        from tuoyu.supervision import boards, handlers, hooks, recomputing, risks, visits
        from tuoyu.supervision.actions import open_rectification
        from tuoyu.supervision.actions.rectifications import is_to_be_mended
        from tuoyu.supervision.models import Correction, Inspection
        from tuoyu.supervision.permissions import VIEW_AT
        from tuoyu.supervision.pursuing import follow_correction, pursue_failing_years, refer

        risks.register("failed_last_year", "上一年检查不合格", risks.failed_last_year)
        risks.register("in_rectification", "备案限期整改中", risks.in_rectification)
        procedures.register("rectification", handlers.RectificationHandler())
        procedures.register("penalty", handlers.SanctionHandler())
        procedures.register("revocation", handlers.RevocationHandler())
        procedures.register("ban", handlers.BanHandler())
        procedures.register("sanction_review", handlers.ReviewHandler())
        procedures.register("sanction_recall", handlers.RecallHandler())

        def order(by: Actor, inspection: Inspection) -> None:
            if is_to_be_mended(inspection):
                open_rectification(by=by, inspection=inspection)

        def begin_case(by: Actor, inspection: Inspection) -> None:
            refer(by=by, inspection=inspection)

        def count_years(by: Actor, inspection: Inspection) -> None:
            pursue_failing_years(by=by, inspection=inspection)

        for verb, said, tone, icon in (
            ("rectification.proof_added", "机构上传整改文件", "grey", "paperclip"),
            ("rectification.ground_stated", "认定情形", "amber", "alert-triangle"),
            ("sanction.notified", "告知拟作出的处理", "amber", "send"),
            ("sanction.hearing_asked", "机构申请听证", "amber", "user"),
            ("sanction.hearing_held", "举行听证", "grey", "users"),
            ("sanction.decided", "作出决定", "red", "gavel"),
            ("sanction.delivered", "送达", "grey", "send"),
            ("sanction.publishing_reminded", "提醒按期公示", "amber", "clock"),
            ("sanction.dropped", "不予处理", "grey", "x"),
            ("sanction.review_asked", "机构申请复核", "amber", "user"),
            ("sanction.recalled", "检查结果变更，复查决定", "amber", "alert-triangle"),
            ("sanction.overturned", "撤销决定", "grey", "arrow-back-up"),
        ):
            stories.tell(verb, _saying(said), tone, icon)
        hooks.after_confirmed("rectification", order)
        hooks.after_confirmed("referral", begin_case)
        hooks.after_confirmed("failing_years", count_years)

        def reorder(by: Actor, correction: Correction) -> None:
            follow_correction(by=by, correction=correction)
            pursue_failing_years(by=by, inspection=correction.inspection)

        hooks.after_corrected("rectification", reorder)

        def follow_up(pk: int) -> str:
            return reverse("supervision:follow_up", args=[pk])

        parts.register(parts.Part("follow_up", "整改和处理", 42, follow_up, boards.follow_up_at))

        def inspections(pk: int) -> str:
            return reverse("supervision:institution_inspections", args=[pk])

        def inspected(actor: Actor, pk: int) -> QuerySet[Any, Any] | None:
            return visits.seen_at(actor, pk) if can(actor, VIEW_AT) else None

        parts.register(parts.Part("inspections", "检查", 30, inspections, inspected))
        workdays.recompute_with("supervision", recomputing.recompute)
