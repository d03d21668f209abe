"""Addresses of supervision."""

from django.urls import path

from tuoyu.supervision.views import conflicts, draws, plans, rectifications, rounds, sanctions

app_name = "supervision"

urlpatterns = [
    path("supervision/plans/", plans.plans, name="plans"),
    path("supervision/plans/new/", plans.make_plan, name="make_plan"),
    path("supervision/plans/<id:pk>/", plans.plan, name="plan"),
    path("supervision/plans/<id:pk>/adoption/", plans.adopt_plan, name="adopt_plan"),
    path("supervision/plans/<id:pk>/lacking/", plans.lacking, name="lacking"),
    path("supervision/plans/<id:pk>/draws/new/", draws.freeze_draw, name="freeze_draw"),
    path("supervision/draws/<id:pk>/", draws.draw, name="draw"),
    path("supervision/draws/<id:pk>/lots/", draws.draw_lots, name="draw_lots"),
    path("supervision/draws/<id:pk>/replacement/", draws.replace_draw, name="replace_draw"),
    path("supervision/witnessing/", draws.witnessing, name="witnessing"),
    path("supervision/witnessing/<id:pk>/", draws.witness_draw, name="witness_draw"),
    path("supervision/conflicts/", conflicts.conflicts, name="conflicts"),
    path("supervision/conflicts/<id:pk>/lifting/", conflicts.lift_conflict, name="lift_conflict"),
    path("draws/", rounds.rounds, name="rounds"),
    path("draws/<id:pk>/", rounds.round_, name="round"),
    path("draws/<id:pk>/draw.json", rounds.round_file, name="round_file"),
    path("rectifications/", rectifications.board, name="rectifications"),
    path("rectifications/<id:pk>/", rectifications.record, name="rectification"),
    path("rectifications/<id:pk>/extension/", rectifications.extension, name="extension"),
    path("rectifications/<id:pk>/silence/", rectifications.silence, name="silence"),
    path("rectifications/<id:pk>/ground/", rectifications.ground, name="ground"),
    path("rectifications/<id:pk>/recheck/", rectifications.recheck, name="recheck"),
    path("rectifications/<id:pk>/publication/", rectifications.publication, name="publish_failing"),
    path("rectifications/<id:pk>/penalty/", rectifications.penalty, name="open_penalty"),
    path("rectifications/proofs/<id:pk>/", rectifications.proof, name="proof"),
    path("my/rectifications/<id:pk>/", rectifications.own, name="own_rectification"),
    path("my/rectifications/<id:pk>/mended/", rectifications.own, name="answer_rectification"),
    path("sanctions/", sanctions.board, name="sanctions"),
    path("sanctions/<id:pk>/", sanctions.record, name="sanction"),
    path("sanctions/<id:pk>/hearing/", sanctions.hearing, name="hearing"),
    path("sanctions/<id:pk>/publication/", sanctions.publication, name="publish_sanction"),
    path("sanctions/<id:pk>/overturning/", sanctions.overturning, name="overturn"),
    path("my/sanctions/<id:pk>/", sanctions.own, name="own_sanction"),
    path("my/sanctions/<id:pk>/hearing/", sanctions.ask_hearing, name="ask_hearing"),
    path("my/sanctions/<id:pk>/review/", sanctions.ask_review, name="ask_review"),
    path("institutions/<id:pk>/follow-up/", rectifications.follow_up, name="follow_up"),
]
