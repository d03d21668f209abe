from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "tuoyu.credit"
    label = "credit"
