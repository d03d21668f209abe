from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tuoyu.portal"
    label = "portal"
