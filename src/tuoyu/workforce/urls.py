"""Addresses of the people who work in childcare: bars, training, service."""

from django.urls import path

from tuoyu.workforce.views import bars

app_name = "workforce"

urlpatterns = [
    path("bars/", bars.bars, name="bars"),
    path("bars/new/", bars.record_bar, name="record_bar"),
    path("bars/<id:pk>/", bars.bar, name="bar"),
    path("bars/<id:pk>/correction/", bars.correct_bar, name="correct_bar"),
    path("bar-alerts/", bars.bar_alerts, name="bar_alerts"),
    path("record-check-hits/", bars.record_check_hits, name="record_check_hits"),
    path("record-check-hits/<id:pk>/correction/", bars.correct_record_check, name="correct_record_check"),
]
