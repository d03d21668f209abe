"""Every address of the site; each app declares its own."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from tuoyu.project import robots

handler400 = "tuoyu.project.errors.bad_request"
handler403 = "tuoyu.project.errors.permission_denied"
handler404 = "tuoyu.project.errors.page_not_found"
handler500 = "tuoyu.project.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"tuoyu.{app}.urls"))
    for app in (
        "exchange",  # first: an address of the API is not sought among those of all pages
        "jurisdictions",
        "accounts",
        "cases",
        "policy",
        "institutions",
        "workforce",
        "care",
        "supervision",
        "ratings",
        "credit",
        "complaints",
        "alerts",
        "imports",
        "portal",
    )
    if find_spec(f"tuoyu.{app}.urls")
]
urlpatterns.append(path("robots.txt", robots.show, name="robots"))
if settings.DEBUG:
    urlpatterns.append(path("", include("tuoyu.project.style_guide")))
