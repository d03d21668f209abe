from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "tuoyu.policy"
    label = "policy"
