from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "tuoyu.care"
    label = "care"
