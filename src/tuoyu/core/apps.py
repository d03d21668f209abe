"""The kernel as a Django app, and how a file that every app may have is found."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class CoreConfig(AppConfig):
    name = "tuoyu.core"
    label = "core"

    def ready(self) -> None:
        import_module("tuoyu.core.kernel_permissions")


def load_from_every_app(module: str) -> None:
    """Import `<app>.<module>` of every app of ours that has one."""
    for app in apps.get_app_configs():
        if app.name.startswith("tuoyu.") and find_spec(f"{app.name}.{module}"):
            import_module(f"{app.name}.{module}")
