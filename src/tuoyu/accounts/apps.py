from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tuoyu.accounts"
    label = "accounts"

    def ready(self) -> None:
        from tuoyu.accounts import signals
        from tuoyu.accounts.actors import find_actor
        from tuoyu.core import access

        access.find_actors_with(find_actor)
        signals.connect()
