"""Every "no" of the API in one shape: problems, each with its sentence, field, rule and way to mend it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as FormInvalid
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tuoyu.core.problems import Problem, Refused
from tuoyu.exchange.api.input import NOT_JSON

Reader = Callable[[Any], Refused]

NOT_FOUND = "没有找到，或者您无权查看。"
SIGN_IN = "请先登录，或在请求头中带上有效的令牌（Authorization: Bearer …）。"

# What pydantic found, in a sentence; `{name}` takes a part of its context.
WORDS = {
    "missing": "缺少这一项。",
    "extra_forbidden": "没有这个字段，请核对字段名。",
    "string_type": "应为文字。",
    "string_too_long": "不能超过{max_length}个字符。",
    "string_too_short": "不能少于{min_length}个字符。",
    "string_pattern_mismatch": "格式不对。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_parsing_size": "整数太大。",
    "int_from_float": "应为整数。",
    "float_type": "应为数字。",
    "float_parsing": "应为数字。",
    "finite_number": "应为有限的数字。",
    "bool_type": "应为true或false。",
    "bool_parsing": "应为true或false。",
    "greater_than_equal": "不能小于{ge}。",
    "less_than_equal": "不能大于{le}。",
    "literal_error": "只能是：{expected}。",
    "enum": "只能是：{expected}。",
    "list_type": "应为列表。",
    "too_long": "最多{max_length}项。",
    "too_short": "至少{min_length}项。",
    "dict_type": "应为对象。",
    "model_type": "应为对象。",
    "model_attributes_type": "应为对象。",
    "date_from_datetime_parsing": "日期应写成2026-11-22的样子。",
    "date_from_datetime_inexact": "日期应写成2026-11-22的样子。",
    "date_parsing": "日期应写成2026-11-22的样子。",
    "date_type": "日期应写成2026-11-22的样子。",
}


def install(api: NinjaAPI) -> None:
    """Let `api` answer every refusal in the same shape."""
    for kind, read in READ.items():
        api.add_exception_handler(kind, _handler(api, read))


def _handler(api: NinjaAPI, read: Reader) -> Callable[[HttpRequest, Any], HttpResponse]:
    def say(request: HttpRequest, error: Any) -> HttpResponse:
        refusal = read(error)
        body = {"problems": [problem.as_json() for problem in refusal.problems]}
        response = api.create_response(request, body, status=refusal.status)
        if refusal.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response

    return say


def _unreadable(error: HttpError) -> Refused:
    """What ninja makes of a body it could not read; the parser had said why."""
    cause = error.__context__
    return cause if isinstance(cause, Refused) else Refused(NOT_JSON, status=error.status_code)


READ: dict[type[Exception], Reader] = {
    Refused: lambda refusal: refusal,
    ValidationError: lambda error: Refused([_problem(one) for one in error.errors]),
    FormInvalid: lambda error: Refused([Problem(message) for message in error.messages]),
    Http404: lambda error: Refused(NOT_FOUND, status=404),
    PermissionDenied: lambda error: Refused(str(error) or "您没有办理这一项的权限。", status=403),
    AuthenticationError: lambda error: Refused(SIGN_IN, status=401),
    HttpError: _unreadable,
    RequestDataTooBig: lambda error: Refused("请求内容太大，没有做任何改动。", status=413),
    **dict.fromkeys(
        (SuspiciousOperation, MultiPartParserError, BadRequest),
        lambda error: Refused("请求内容不完整或无法读取，没有做任何改动。", status=400),
    ),
}


def _problem(error: dict[str, Any]) -> Problem:
    """What pydantic says about one value, as a problem of its field."""
    words = WORDS.get(error["type"])
    if words is None and error["type"] == "value_error":
        words = str((error.get("ctx") or {}).get("error", ""))
    try:
        message = (words or "内容不合要求。").format(**(error.get("ctx") or {}))
    except (KeyError, IndexError, ValueError):
        message = "内容不合要求。"
    # The first part says where it stood (body, query …), the second the name of the whole shape.
    field = ".".join(str(part) for part in error["loc"][1:])
    for wrapper in ("given.", "asked.", "narrowed."):
        field = field.removeprefix(wrapper)
    name = f"“{field}”" if field and field not in ("given", "asked", "narrowed") else "请求内容"
    return Problem(f"{name}：{message}", field=field)
