from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "tuoyu.exchange"
    label = "exchange"
