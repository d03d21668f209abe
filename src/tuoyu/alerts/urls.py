"""Addresses of alerts."""

from django.urls import path

from tuoyu.alerts import views

app_name = "alerts"

urlpatterns = [
    path("alerts/", views.board, name="board"),
    path("alerts/<id:pk>/", views.alert, name="alert"),
    path("alerts/<id:pk>/acknowledgement/", views.acknowledge, name="acknowledge"),
    path("alerts/<id:pk>/resolution/", views.resolve, name="resolve"),
    path("institutions/<id:pk>/alerts/", views.institution, name="institution"),
    path("institutions/<id:pk>/alerts/evaluation/", views.evaluate, name="evaluate"),
]
