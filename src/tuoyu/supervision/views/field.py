"""The inspection on a phone: a shell without data, and the worker that keeps it offline."""

import json
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuoyu.core import access

# What the shell is drawn with.
ASSETS = (
    "dist/console.css", "dist/theme.js", "dist/behaviour.js", "dist/field.js", "dist/icons.svg",
    "project/favicon.svg",
)  # fmt: skip
WORKER = "dist/field-worker.js"


@require_GET
@access.public("a shell that holds no data; what it shows it asks of the API")
@never_cache
def field(request: HttpRequest) -> HttpResponse:
    """The page of the inspector's day and of each visit, the same for everybody."""
    return render(request, "supervision/field.html")


@require_GET
@access.public("says only which files the shell needs")
@never_cache
def field_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the files of this version written into it."""
    shell = [reverse("supervision:field"), *map(static, ASSETS)]
    version = sha256(b"".join(_content(name) for name in (*ASSETS, WORKER))).hexdigest()[:16]
    head = f"const SHELL = {json.dumps(shell)};\nconst VERSION = {json.dumps(version)};\n"
    return HttpResponse(head.encode() + _content(WORKER), content_type="text/javascript; charset=utf-8")


def _content(name: str) -> bytes:
    found = finders.find(name)
    return Path(str(found)).read_bytes() if found else b""
