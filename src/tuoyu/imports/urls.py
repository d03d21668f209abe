"""Addresses of imports."""

from django.urls import path

from tuoyu.imports import views

app_name = "imports"

urlpatterns = [
    path("imports/", views.imports, name="list"),
    path("imports/new/<slug:kind>/", views.begin, name="new"),
    path("imports/templates/<slug:kind>.xlsx", views.template, name="template"),
    path("imports/<id:pk>/", views.record, name="record"),
    path("imports/<id:pk>/defects.xlsx", views.defects, name="defects"),
    path("imports/<id:pk>/decision/", views.decision, name="decision"),
    path("imports/<id:pk>/discarding/", views.discarding, name="discarding"),
]
