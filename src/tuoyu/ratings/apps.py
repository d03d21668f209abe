from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "tuoyu.ratings"
    label = "ratings"
