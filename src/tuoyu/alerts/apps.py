from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "tuoyu.alerts"
    label = "alerts"
