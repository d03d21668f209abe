from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "tuoyu.complaints"
    label = "complaints"
