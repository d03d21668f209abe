"""A document of a real county that never gave it, and somebody who may adopt it there."""

from typing import Any

from django.test import Client

from exchange.callers import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.core.actor import Actor, Role
from tuoyu.jurisdictions.models import Division
from tuoyu.policy.drafting.uploading import draft_from
from tuoyu.policy.models import PolicyDraft

COUNTY = "360702"
NEIGHBOUR = "360703"
# The names are made up of odd characters; none of them may ever be seen again, nor any part of them.
NAMES = ("欧远舟", "丁野", "贺晴", "龙清越", "远舟", "清越")
PHONE = "13812345678"

TEXT = """网站首页 > 政务公开 > 文件
章府办发〔2033〕4号

章贡区人民政府办公室
关于促进托育服务的
实 施 意 见

各镇人民政府，区政府各部门：
为落实省政府《关于促进托育服务的意见》（赣政发〔2032〕4号），经区政府同意，提出如下意见。
一、总体目标
到2035年，全区每千人口托位数达到5个，至少建成3所公办托育机构。
二、主要任务
（一）支持家庭照护。落实产假政策，开展入户指导。（责任单位：区总工会、区妇联）
— 2 —
（二）规范机构管理。健全登记备案制度。（责任单位：区卫生健康局、区科技局）
附件：1.联席会议组成人员名单
2.部门职责分工
章贡区人民政府办公室
2033年6月18日
联系人：欧远舟，电话：13812345678
（此件公开发布）

附件 1
章贡区托育服务联席会议组成人员名单
召 集 人：欧远舟 区政府副区长
副召集人：丁 野 区卫生健康局局长
成 员：贺晴 区公安局党委委员、一级警长
龙清越 区妇联副主席

附件 2
托育服务部门职责分工
区总工会负责推动用人单位办托。
区卫生健康局负责拟订政策。
"""
CONTENT = TEXT.encode()


def lead_of(code: str = COUNTY) -> User:
    """The lead of a place."""
    return seated(Role.JURISDICTION_LEAD, "", code)


def actor(user: User) -> Actor:
    return actor_for(user)


def drafted(code: str = COUNTY, text: str = TEXT, by: User | None = None) -> PolicyDraft:
    """The document, read into a draft for a place."""
    return draft_from(
        division=Division.objects.get(code=code),
        data=text.encode(),
        name="意见.txt",
        by=actor(by or lead_of(code)),
    )


def browser(user: User | None) -> Client:
    """A browser of somebody signed in."""
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user, backend="tuoyu.accounts.backends.PeopleBackend")
    return client


def filled(draft: PolicyDraft) -> dict[str, dict[str, Any]]:
    """Our own words for whatever lacks them."""
    from tuoyu.policy.drafting import marks, parts

    found: dict[str, dict[str, Any]] = {}
    for part in parts.parts_of(draft.content):
        for name in marks.words_missing(part):
            found.setdefault(part.key, {})[name] = f"写好的{name}"
    return found
