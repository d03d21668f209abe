"""Addresses of supervision."""

from django.urls import path

from tuoyu.supervision.views import conflicts, draws, plans, rounds

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
]
