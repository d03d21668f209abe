"""The field that guards a form against being sent from elsewhere, masked once for a page."""

from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.functional import SimpleLazyObject


def once_a_page(request: HttpRequest) -> dict[str, Any]:
    """For templates: Django's own `csrf_input` draws a new mask for every form; one for all forms of an
    answer guards as well, and a page without a form draws none."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}
