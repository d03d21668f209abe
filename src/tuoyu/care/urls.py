"""Addresses of a nursery's day and of incidents."""

from django.urls import path

from tuoyu.care.views import days, incidents

app_name = "care"

urlpatterns = [
    path("days/", days.on_day, name="on_day"),
    path("institutions/<id:pk>/days/", days.days, name="days"),
    path("institutions/<id:pk>/days/<str:day>/", days.day, name="day"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/<id:pk>/", incidents.incident, name="incident"),
    path("incidents/<id:pk>/answer/", incidents.answer, name="answer"),
    path("institutions/<id:pk>/incidents/", incidents.institution_incidents, name="institution_incidents"),
    path("institutions/<id:pk>/incidents/new/", incidents.report, name="report_incident"),
]
