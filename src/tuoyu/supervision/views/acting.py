"""A page that does one thing: a form, what will happen, and back to the record when it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tuoyu.core.problems import Problem, Refused


@dataclass(frozen=True)
class Act:
    """What a page says of the one thing it does."""

    title: str
    lead: str
    label: str
    back: str
    done: str


def acted(
    request: HttpRequest, act: Act, form: forms.Form, do: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    """Show the form; once sent and right, `do` with what was typed and go back; else say what is wrong."""
    problems, status = list[Problem](), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                do(form.cleaned_data)
                messages.success(request, act.done)
                return redirect(act.back)
            except Refused as refused:
                status = refused.status
                problems = marked(form, refused)
    context = {"act": act, "form": form, "problems": problems}
    return render(request, "supervision/act.html", context, status=status)


def marked(form: forms.Form, refused: Refused) -> list[Problem]:
    """Each problem with its field in the form; those without are returned."""
    for one in refused.problems:
        if one.field in form.fields:
            form.add_error(one.field, one.message)
    return [one for one in refused.problems if one.field not in form.fields]
