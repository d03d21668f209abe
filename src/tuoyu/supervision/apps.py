from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "tuoyu.supervision"
    label = "supervision"
