"""What a browser may load on our pages: our own files, and map tiles where an installation has a service."""

from typing import Any
from urllib.parse import urlsplit

SELF, NONE = "'self'", "'none'"


def content_security_policy(tiles: str = "") -> dict[str, Any]:
    """The policy in django-csp's form; `tiles` is the address pattern of the tile service."""
    images = [SELF, "data:", *([tile_origin(tiles)] if tiles else [])]
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "img-src": images,
            "object-src": [NONE],
            "base-uri": [SELF],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
        }
    }


def tile_origin(tiles: str) -> str:
    """https://{s}.tiles.example/{z}/… → https://*.tiles.example."""
    address = urlsplit(tiles.replace("{s}", "*"))
    return f"{address.scheme}://{address.netloc}"
