"""What search engines may read: the public site, and none of the rooms behind the sign-in."""

from django.http import HttpRequest, HttpResponse

from tuoyu.core import access

CLOSED = ("/console/", "/workspace/", "/accounts/", "/api/", "/files/", "/cases/", "/style/")


@access.public("says what search engines may read")
def show(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
