from django.apps import AppConfig


class JurisdictionsConfig(AppConfig):
    name = "tuoyu.jurisdictions"
    label = "jurisdictions"
