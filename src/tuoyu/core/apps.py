from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "tuoyu.core"
    label = "core"
