from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tuoyu.cases"
    label = "cases"
