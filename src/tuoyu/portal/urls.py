"""Addresses of the public site."""

from django.urls import path

from tuoyu.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("nurseries/", views.directory, name="directory"),
    path("nurseries/points.geojson", views.points, name="points"),
    path("nurseries/<int:pk>/", views.institution, name="institution"),
    path("publications/", views.publications, name="publications"),
]
