"""Addresses of the policy pages."""

from django.urls import path

from tuoyu.policy import office, views

app_name = "policy"

urlpatterns = [
    path("policy/", views.index, name="index"),
    path("policy/<str:code>/", views.clauses, name="clauses"),
    path("policy/<str:code>/targets/", views.targets, name="targets"),
    path("policy/<str:code>/checklists/", views.checklists, name="checklists"),
    path("policy/<str:code>/rules/", views.rules, name="rules"),
    path("office/policies/", office.index, name="drafts"),
    path("office/policies/read/", office.read, name="read"),
    path("office/policies/<int:pk>/", office.draft, name="draft"),
    path("office/policies/<int:pk>/others/", office.others, name="draft_others"),
    path("office/policies/<int:pk>/departments/", office.departments, name="draft_departments"),
    path("office/policies/<int:pk>/words/", office.words, name="draft_words"),
    path("office/policies/<int:pk>/parts/<str:key>/", office.part, name="draft_part"),
    path("office/policies/<int:pk>/add/<str:section>/", office.add, name="draft_add"),
    path("office/policies/<int:pk>/changes/", office.changes, name="draft_changes"),
    path("office/policies/<int:pk>/pack.zip", office.download, name="draft_download"),
    path("office/policies/<int:pk>/adoption/", office.adoption, name="draft_adoption"),
    path("office/policies/<int:pk>/discard/", office.discard, name="draft_discard"),
    path("office/policies/<int:pk>/resume/", office.resume, name="draft_resume"),
]
