"""What comes in is looked at before anything is done with it: size, encoding, depth, numbers, text."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.types import DictStrAny

from tuoyu.core.problems import Refused

Run = Callable[..., HttpResponse]

BODY_LIMIT = 1024 * 1024
# What a form around one file needs besides the file.
FORM_ROOM = 64 * 1024
DEPTH = 20
LARGEST = 2**53
NOT_JSON = "请求内容不是有效的JSON，没有做任何改动。请检查后重新发送。"


class CarefulParser(Parser):
    """JSON as the API takes it; everything else was refused before."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        return read_json(request.body)


def read_json(body: bytes) -> DictStrAny:
    """The JSON in `body`; Refused (400) with a sentence when it is none or would do harm."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("请求内容不是UTF-8编码，没有做任何改动。", status=400) from None
    try:
        given = json.loads(text, parse_constant=_no_number, parse_int=_whole)
    except (ValueError, RecursionError):
        raise Refused(NOT_JSON, status=400) from None
    _check(given, DEPTH)
    return given  # type: ignore[no-any-return]


def _no_number(name: str) -> float:
    raise Refused(f"JSON中不能有{name}，请改为数字或null。", status=400)


def _whole(digits: str) -> int:
    # Before int(): it takes quadratic time, and refuses very long ones with an English sentence.
    if len(digits) > 17 or abs(int(digits)) > LARGEST:
        raise Refused("JSON中有过大的整数，请改为文字或较小的数。", status=400)
    return int(digits)


def _check(given: Any, depth: int) -> None:
    if depth < 0:
        raise Refused(f"JSON嵌套不能超过{DEPTH}层。", status=400)
    if isinstance(given, str):
        _check_text(given)
    elif isinstance(given, dict):
        for key, value in given.items():
            _check_text(key)
            _check(value, depth - 1)
    elif isinstance(given, list):
        for value in given:
            _check(value, depth - 1)
    elif isinstance(given, float) and given in (float("inf"), float("-inf")):
        raise Refused("JSON中有过大的数。", status=400)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise Refused("文字中含有空字符（NUL），请去掉后重新发送。", status=400)
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise Refused("文字中含有无法保存的字符（半个代理对），请去掉后重新发送。", status=400)


def guard(api: NinjaAPI) -> Callable[[Run], Run]:
    """Look at address and size before an operation reads anything (a ninja decorator, mode "view")."""

    def decorate(run: Run) -> Run:
        @wraps(run)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                _check_address(request, kwargs)
                _check_size(request)
            except Refused as refusal:
                return api.on_exception(request, refusal)
            return run(request, *args, **kwargs)

        return guarded

    return decorate


def _check_address(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    texts = [
        *(str(v) for v in kwargs.values()),
        *request.GET,
        *(v for vs in request.GET.lists() for v in vs[1]),
    ]
    for text in texts:
        _check_text(text)


def _check_size(request: HttpRequest) -> None:
    if request.content_type == "multipart/form-data":
        limit = settings.UPLOAD_LIMIT + FORM_ROOM
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        says = f"文件超过{settings.UPLOAD_LIMIT // (1024 * 1024)}MB，请压缩后再上传。"
    else:
        limit, says = BODY_LIMIT, f"请求内容超过{BODY_LIMIT // (1024 * 1024)}MB，没有做任何改动。"
        try:
            length = len(request.body)
        except RequestDataTooBig:
            length = limit + 1
    if length > limit:
        raise Refused(says, status=413)
