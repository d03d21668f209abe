"""Addresses of an office's own decisions."""

from django.urls import path

from tuoyu.jurisdictions import views

app_name = "jurisdictions"

urlpatterns = [
    path("office/settings/", views.settings, name="settings"),
    path("office/settings/decide/", views.decide, name="decide"),
    path("office/calendar/", views.calendar, name="calendar"),
    path("office/calendar/set/", views.set_workday, name="set_workday"),
    path("office/calendar/<str:day>/clear/", views.clear_workday, name="clear_workday"),
]
