"""Every address of the site; each app declares its own."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"tuoyu.{app}.urls"))
    for app in ("accounts", "cases", "policy", "institutions", "exchange", "portal")
    if find_spec(f"tuoyu.{app}.urls")
]
