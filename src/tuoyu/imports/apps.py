from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "tuoyu.imports"
    label = "imports"
