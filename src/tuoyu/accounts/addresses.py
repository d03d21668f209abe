"""Where a request comes from, as far as it can be trusted."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address. `X-Forwarded-For` counts only as deep as there are proxies of our own.

    `TRUSTED_PROXIES` says how many stand before us; each adds the address it saw at the right end.
    """
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    depth = settings.TRUSTED_PROXIES
    given = seen[-depth] if 0 < depth <= len(seen) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(given))
    except ValueError:
        return ""
