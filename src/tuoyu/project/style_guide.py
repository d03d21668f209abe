"""Every component on a page, with made-up data, for those who build pages; only while developing."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from tuoyu.core import access, clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.problems import Problem
from tuoyu.project.navigation import Place

SHAPES = (
    "components",
    "home",
    "list",
    "record",
    "case",
    "form",
    "board",
    "promise",
    "receipt",
    "refused",
    "map",
)
_ROOMS = (("待办", "inbox", "7"), ("已登记未备案", "alert-triangle", "2"), ("机构", "building-community", ""))
_MORE = (("政策条款", "scale", ""), ("信息推送", "send", ""), ("工作日历", "calendar", ""))


@access.public("the style guide shows made-up data only")
def show(request: HttpRequest, shape: str = "components") -> HttpResponse:
    """One page of the guide; `?frame=public` shows the components as the public sees them."""
    if shape not in SHAPES:
        raise Http404
    frame = request.GET.get("frame", "console")
    seat = Seat(Role.OFFICER, department="health", prefixes=("320106",))
    if shape not in ("home", "promise", "refused", "map") and frame == "console":
        request.actor = Actor(label="陈某某", user_id=1, seats=(seat,))  # type: ignore[attr-defined]
    context = {"shapes": SHAPES, "shape": shape, **_made_up(request)}
    if shape == "components":
        context["frame"] = f"project/{'public' if frame == 'public' else 'console'}.html"
    return render(request, f"project/style/{shape}.html", context)


@access.public("the style guide shows made-up data only")
def points(request: HttpRequest) -> JsonResponse:
    """The points of the guide's map."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [118.74 + n % 3 / 40, 32.05 + n / 90]},
            "properties": {
                "name": case["name"],
                "href": "/style/record/",
                "lines": ["全日托、半日托", f"{case['places']}个托位"],
            },
        }
        for n, case in enumerate(_cases())
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


urlpatterns = [
    path("style/points/", points, name="style_points"),
    path("style/", show, name="style"),
    path("style/<slug:shape>/", show, name="style_shape"),
]


def _made_up(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    return {
        "today_": today,
        "cases": Paginator(_cases(), 5).get_page(request.GET.get("page")),
        "flow_steps": _flow(),
        "events": _events(),
        "problems_": _problems(),
        "navigation_of": lambda request: _rooms(),
        "boards_of": lambda request: [],
        "public_navigation_of": lambda request: _doors(),
        "standing_of": lambda request: "经办人员 · 鼓楼区卫健委",
        "search_address": lambda request: "/style/list/",
        "unread_notices": lambda request: "3",
        "account_address": lambda: "/style/",
        "notices_address": lambda: "/style/",
        "sign_in_address": lambda: "/style/",
        "sign_out_address": lambda: "/style/",
        "home_of": lambda request: "/style/",
        "yesterday": today - timedelta(days=3),
        "soon": today + timedelta(days=1),
        "later": today + timedelta(days=9),
    }


def _rooms() -> list[Place]:
    return [
        Place(label, icon, f"/style/#{n}", n == 0, count)
        for n, (label, icon, count) in enumerate(_ROOMS + _MORE)
    ]


def _doors() -> list[Place]:
    labels = ("找托育", "政策承诺", "标准规范", "办事入口")
    return [Place(label, "search", f"/style/home/#{n}", n == 0) for n, label in enumerate(labels)]


def _cases() -> list[dict[str, Any]]:
    today = clock.today()
    names = (
        "云锦路小树苗托育中心",
        "凤凰街社区托育点",
        "江东门青禾婴幼儿照护服务有限公司",
        "宁海路小脚丫家庭托育点",
    )
    states = ("open", "returned", "in_progress", "approved")
    return [
        {
            "number": f"2026-320106-{1000 + n}",
            "name": names[n % 4],
            "step": ("备案受理", "联合查验", "设立登记", "现场核实")[n % 4],
            "state": states[n % 4],
            "due": today + timedelta(days=n - 2),
            "places": 30 + 12 * n,
        }
        for n in range(12)
    ]


def _flow() -> list[dict[str, Any]]:
    checks = [
        ("premises", "场地查验", "区住建局", "done"),
        ("safety", "消防和房屋设施安全联合查验", "鼓楼区住房和城乡建设局", "done"),
        ("staff", "人员核验", "区人社局", "defective"),
        ("care", "卫生保健审查", "区卫健委", "in_progress"),
    ]
    steps: list[dict[str, Any]] = [
        {"key": key, "name": name, "department": who, "state": state, "after": []}
        for key, name, who, state in checks
    ]
    joined = [key for key, *_ in checks]
    return [
        *steps,
        _step("consent", "审查同意", "区卫健委", joined),
        _step("registration", "法人登记", "区民政局", ["consent"]),
        _step("filing", "备案", "区卫健委", ["registration"]),
        _step("verification", "备案核实", "区卫健委", ["filing"]),
    ]


def _step(key: str, name: str, department: str, after: list[str]) -> dict[str, Any]:
    return {"key": key, "name": name, "department": department, "state": "waiting", "after": after}


def _events() -> list[SimpleNamespace]:
    now = clock.now()
    said = (
        ("人员核验要求补正", "amber", "arrow-back-up", "两名保育人员的健康合格证已过期。"),
        ("场地查验通过", "green", "check", ""),
        ("受理申请，五个部门同时办理", "todo", "inbox", ""),
        ("申办人提交申请", "grey", "send", ""),
    )
    return [
        SimpleNamespace(
            text=text,
            tone=tone,
            icon=icon,
            note=note,
            who="经办人员",
            department="区人社局",
            at=now - timedelta(hours=7 * n),
        )
        for n, (text, tone, icon, note) in enumerate(said)
    ]


def _problems() -> list[Problem]:
    return [
        Problem(
            "托小班安排了26名幼儿，超过上限。",
            page="classes",
            field="classes",
            source="《托育机构设置标准（试行）》第十八条",
            fix="请分班，或减少名额。",
        ),
        Problem(
            "租赁期限不足三年。",
            page="premises",
            field="lease_end",
            source="《托育机构设置标准（试行）》第十条",
            fix="请延长租约后重新上传。",
        ),
        Problem(
            "户外活动场地面积偏小。",
            page="premises",
            field="outdoor",
            source="《托儿所、幼儿园建筑设计规范》",
            severity="warn",
        ),
    ]
