"""The guard of forms is masked once for all forms of a page."""

from django.middleware.csrf import get_token
from django.test import RequestFactory
from markupsafe import escape

from tuoyu.project.form_guard import once_a_page


def test_all_forms_of_a_page_carry_the_same_guard_and_the_next_page_another() -> None:
    request = RequestFactory().get("/")
    get_token(request)
    guard = once_a_page(request)["csrf_input"]
    assert escape(guard) == escape(guard) == str(guard)
    assert 'name="csrfmiddlewaretoken"' in str(guard)
    assert str(once_a_page(request)["csrf_input"]) != str(guard)


def test_a_page_without_a_form_asks_for_no_guard() -> None:
    request = RequestFactory().get("/")
    guard = once_a_page(request)["csrf_input"]
    assert "CSRF_COOKIE" not in request.META
    str(guard)
    assert "CSRF_COOKIE" in request.META
