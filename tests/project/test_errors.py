"""Pages that say no."""

import json

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest
from django.test import RequestFactory

from tuoyu.project import errors


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    return rf.get("/somewhere/")


@pytest.mark.parametrize("status", sorted(set(errors.WORDS) - {500}))
def test_each_refusal_has_its_status_a_heading_and_a_way_on(request_: HttpRequest, status: int) -> None:
    page = errors.refusal(request_, status)
    assert page.status_code == status
    assert errors.WORDS[status].heading in page.content.decode()
    assert 'href="/"' in page.content.decode()


def test_a_body_over_the_limit_is_413_and_not_400(request_: HttpRequest) -> None:
    assert errors.bad_request(request_, RequestDataTooBig("too big")).status_code == 413
    assert errors.bad_request(request_, ValueError("odd")).status_code == 400


def test_a_denial_gives_the_reason_it_was_given(request_: HttpRequest) -> None:
    page = errors.permission_denied(request_, PermissionDenied("此页需要权限：查看办件"))
    assert "此页需要权限：查看办件" in page.content.decode()


def test_a_program_is_answered_in_json(rf: RequestFactory) -> None:
    answer = errors.page_not_found(rf.get("/api/v1/nothing"), Exception())
    assert answer.status_code == 404
    assert json.loads(answer.content)["problems"][0]["message"] == errors.WORDS[404].heading


def test_the_page_for_our_own_fault_asks_the_request_for_nothing() -> None:
    page = errors.server_error(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "系统出了问题" in page.content.decode()
