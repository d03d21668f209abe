"""Addresses of the policy pages."""

from django.urls import path

from tuoyu.policy import views

app_name = "policy"

urlpatterns = [
    path("policy/", views.index, name="index"),
    path("policy/<str:code>/", views.clauses, name="clauses"),
    path("policy/<str:code>/targets/", views.targets, name="targets"),
    path("policy/<str:code>/checklists/", views.checklists, name="checklists"),
    path("policy/<str:code>/rules/", views.rules, name="rules"),
]
