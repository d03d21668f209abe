"""What a person reads when a page cannot be shown: what happened, that nothing was changed, what to do."""

from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from tuoyu.core.problems import Problem


@dataclass(frozen=True)
class Words:
    heading: str
    explanation: str


WORDS = {
    400: Words("这个请求无法处理", "地址或所填内容不完整。请返回上一页检查后再试。"),
    403: Words("您没有查看这一页的权限", "如果工作需要，请联系本单位负责人开通。"),
    404: Words("没有找到这一页", "它可能已被移走，或者地址有误。请从首页重新查找。"),
    405: Words("这一页不能这样打开", "请返回上一页，用页面上的按钮办理。"),
    409: Words("刚刚有人先处理了", "系统没有做任何改动。请刷新后查看最新情况。"),
    413: Words("上传的文件太大", "请压缩后重新上传，或分成几份。已保存的内容没有丢失。"),
    422: Words("这次操作没有办成", "系统没有做任何改动。请按下面的说明处理。"),
    429: Words("操作过于频繁", "为保护帐号安全，请稍后再试。"),
    500: Words("系统出了问题", "我们已记录下来。请稍后再试；已保存的内容没有丢失。"),
}
EXPIRED = Words("页面停留太久，已经失效", "请返回上一页刷新后重新提交。系统没有做任何改动。")


def refusal(request: HttpRequest, status: int, words: Words | None = None) -> HttpResponse:
    """A page, or for a program JSON, that says no with `status`."""
    words = words or WORDS[status]
    if request.path.startswith("/api/"):
        return _told(words, status)
    context = {"status": status, "heading": words.heading, "explanation": words.explanation}
    return render(request, "project/error.html", context, status=status)


def _told(words: Words, status: int) -> JsonResponse:
    """The same in the shape of the API's other refusals."""
    problem = Problem(words.heading, fix=words.explanation)
    return JsonResponse({"problems": [problem.as_json()]}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    too_big = isinstance(exception, (RequestDataTooBig, TooManyFilesSent))
    return refusal(request, 413 if too_big else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = str(exception)
    return refusal(request, 403, Words(WORDS[403].heading, said) if said else None)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: most often a page that was open overnight."""
    return refusal(request, 403, EXPIRED)


def too_many_requests(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Locked out for a while; also what django-axes shows."""
    return refusal(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks the database nothing: it may be what broke."""
    words = WORDS[500]
    if request.path.startswith("/api/"):
        return _told(words, 500)
    page = render_to_string("project/500.html", {"heading": words.heading, "explanation": words.explanation})
    return HttpResponse(page, status=500)
