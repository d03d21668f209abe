"""Addresses of the exchange: the API under /api/v1/, the pages of messages under /messages/."""

from django.urls import include, path

from tuoyu.exchange import api, views

pages = [
    path("messages/", views.messages, name="messages"),
    path("messages/<int:pk>/acknowledgement/", views.acknowledge, name="acknowledge"),
    path("messages/deliveries/", views.deliveries, name="deliveries"),
    path("messages/deliveries/<int:pk>/retry/", views.retry, name="retry"),
    path("messages/systems/", views.connectors, name="connectors"),
    path("messages/systems/<int:pk>/removal/", views.remove_connector, name="remove_connector"),
]

urlpatterns = [
    path("", include((pages, "exchange"))),
    path(api.ROOT, include((api.urlpatterns(), "ninja"), namespace="api-v1")),
]
