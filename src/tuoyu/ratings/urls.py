"""Addresses of assessing quality."""

from django.urls import path

from tuoyu.ratings.views import agencies, assessments, public, scoring, trees

app_name = "ratings"

urlpatterns = [
    path("ratings/", assessments.assessments, name="assessments"),
    path("ratings/gaps/", assessments.gaps, name="gaps"),
    path("ratings/trees/", trees.trees, name="trees"),
    path("ratings/trees/<int:pk>/", trees.tree, name="tree"),
    path("ratings/trees/<int:pk>/writing/", trees.write_tree, name="write_tree"),
    path("ratings/trees/<int:pk>/adoption/", trees.adopt_tree, name="adopt_tree"),
    path("ratings/trees/<int:pk>/discarding/", trees.discard_tree, name="discard_tree"),
    path("ratings/trees/<int:pk>/items/", trees.items_file, name="items_file"),
    path("ratings/trees/<int:pk>/items/bringing/", trees.bring_items, name="bring_items"),
    path("ratings/agencies/", agencies.agencies, name="agencies"),
    path("ratings/agencies/<int:pk>/", agencies.agency, name="agency"),
    path("ratings/agencies/<int:pk>/end/", agencies.end_agency, name="end_agency"),
    path(
        "ratings/agencies/<int:pk>/assessors/<int:assessor>/end/",
        agencies.let_assessor_go,
        name="let_assessor_go",
    ),
    path("ratings/given/", scoring.given, name="given"),
    path("ratings/results/", public.results, name="results"),
    path("ratings/results/<int:pk>/", public.result, name="result"),
    path("ratings/evidence/<int:pk>/", scoring.evidence_file, name="evidence_file"),
    path("ratings/evidence/<int:pk>/removal/", scoring.remove_evidence, name="remove_evidence"),
    path("ratings/<int:pk>/", assessments.assessment, name="assessment"),
    path("ratings/<int:pk>/self/", scoring.assess_self, name="assess_self"),
    path("ratings/<int:pk>/self/hand-in/", scoring.hand_in_self, name="hand_in_self"),
    path("ratings/<int:pk>/evidence/", scoring.add_evidence, name="add_evidence"),
    path("ratings/<int:pk>/scores/", scoring.score, name="score"),
    path("ratings/<int:pk>/scores/hand-in/", scoring.hand_in_scores, name="hand_in_scores"),
    path("ratings/<int:pk>/office/", assessments.conduct, name="conduct"),
    path("ratings/<int:pk>/response/", assessments.respond, name="respond"),
    path("ratings/<int:pk>/withdrawal/", assessments.withdraw, name="withdraw"),
    path("institutions/<int:pk>/ratings/", assessments.of_institution, name="of_institution"),
    path("institutions/<int:pk>/ratings/begin/", assessments.begin, name="begin"),
]
