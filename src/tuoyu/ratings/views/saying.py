"""Problems said on a page beside the field they are about."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from tuoyu.core.problems import Refused


def mark(form: forms.Form, refused: Refused) -> None:
    """Say each problem at its field, or above the form."""
    for problem in refused.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message + problem.fix)


def flash(request: HttpRequest, refused: Refused) -> None:
    """Say each problem above the page one is led to."""
    for problem in refused.problems:
        messages.error(request, problem.message + problem.fix)
