"""What is asked in each matter (事项): setting up and filing, and what may come after a filing.

An application's procedure decides which pages it has. A change asks only for the items that were chosen; what
is known of the institution is shown beside them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tuoyu.institutions import pages
from tuoyu.institutions.asked import Form
from tuoyu.institutions.pages import YES_NO, Field, Page
from tuoyu.institutions.vocabulary import (
    ANNUAL_REPORT,
    ANNUAL_REVIEW,
    CANCELLATION,
    CHANGE,
    RESUMPTION,
    SUSPENSION,
)


@dataclass(frozen=True)
class Item:
    """Something of a filing that may change: the fields that ask for it, or without fields the whole page.

    What is `at_registrar` changes with the registrar first.
    """

    key: str
    label: str
    page: str
    fields: tuple[str, ...] = ()
    at_registrar: bool = False


ITEMS = (
    Item("name", "机构名称", "basics", ("name",), at_registrar=True),
    Item("representative", "法定代表人（负责人）", "basics",
         ("contact_name", "contact_identity", "contact_phone"), at_registrar=True),
    Item("scope", "业务（经营）范围", "basics", ("business_scope",), at_registrar=True),
    Item("address", "地址", "basics", ("street", "address", "longitude", "latitude"), at_registrar=True),
    Item("phone", "咨询电话", "basics", ("public_phone",)),
    Item("hours", "服务时间", "basics", ("opening_hours",)),
    Item("fees", "收费标准", "basics", ("fees",)),
    Item("intro", "机构简介", "basics", ("intro",)),
    Item("care", "服务范围（全日托、半日托等）", "basics", ("care_types",)),
    Item("meals", "是否供餐", "basics", ("serves_meals",)),
    Item("premises", "场地（面积、楼层、租期等）", "premises"),
    Item("classes", "班级和托位", "classes"),
)  # fmt: skip
# Facts that no column holds; another room of the platform may.
STAFF_COUNT, CHILDREN_COUNT = "staff.count", "children.count"
BY_ITEM = {item.key: item for item in ITEMS}

CHOSEN = Page(
    "items",
    "选择变更事项",
    "哪些变了就选哪些，没有变的不用再填。",
    (
        Field(
            "items",
            "变更事项",
            "choices",
            tuple((item.key, item.label) for item in ITEMS),
            help="名称、法定代表人、业务范围、地址先由登记机关办理登记变更，再变更备案；其他事项直接变更备案。",
        ),
        Field("changed_because", "变更原因", "longtext", longest=500),
    ),
)

ENDING = Page(
    "ending",
    "终止服务",
    "先把孩子和工作人员都安置好，再注销备案。",
    (
        Field("last_day", "停止服务的日期", "date"),
        Field("ended_because", "终止服务的原因", "longtext", longest=500),
        Field(
            "children",
            "决定终止时在托的婴幼儿",
            "number",
            unit="名",
            help="没有在托的填0。",
            fact=CHILDREN_COUNT,
        ),
        Field("children_settled", "其中已经妥善安置的婴幼儿", "number", unit="名"),
        Field("children_to", "婴幼儿去了哪里", "longtext", help="例如：转入某某托育园几名、由家庭照护几名。"),
        Field("staff", "决定终止时的工作人员", "number", unit="名", fact=STAFF_COUNT),
        Field("staff_settled", "其中已经妥善安置的工作人员", "number", unit="名"),
        Field("staff_to", "工作人员怎样安置", "longtext", help="例如：转岗、解除合同并结清工资和社会保险。"),
    ),
)

PAUSE = Page(
    "pause",
    "暂停服务",
    "从哪天到哪天、为什么、孩子怎么办。暂停期间公开页面会写明。",
    (
        Field("pause_from", "暂停第一天", "date"),
        Field("pause_to", "暂停最后一天", "date"),
        Field("paused_because", "暂停原因（公开）", help="会写在公开页面上。", longest=200),
        Field("paused_children", "受影响的在托婴幼儿", "number", unit="名", fact=CHILDREN_COUNT),
        Field("paused_children_to", "暂停期间孩子怎么安排", "longtext", longest=500),
    ),
)

RESTART = Page(
    "restart",
    "恢复服务",
    "哪天恢复，暂停的原因是否已经消除。",
    (
        Field("restart_on", "恢复服务的日期", "date"),
        Field("restart_state", "恢复前做了哪些准备", "longtext", longest=500),
    ),
)

YEARLY = Page(
    "yearly",
    "核对",
    "已经掌握的情况列在这里，不用再填；只需确认，或者说明哪里不同。",
    (
        Field("agrees", "上面的情况与实际一致吗", "yesno", (("yes", "一致"), ("no", "有不一致的"))),
        Field(
            "differs", "哪里不一致", "longtext", required=False, longest=1000,
            help="同时请办理备案信息变更。",
        ),
        Field("children_now", "现在在托的婴幼儿", "number", unit="名", fact=CHILDREN_COUNT),
        Field("accidents", "当年发生安全事故", "number", unit="起", help="没有的填0。"),
        Field("punished", "当年是否受过行政处罚", "yesno", YES_NO),
        Field("worked", "需要补充的情况", "longtext", required=False, longest=1000),
    ),
)  # fmt: skip

REPORT = Page(
    "report",
    "年度工作",
    "一年的工作情况。已经掌握的情况列在这里，不用再填。",
    (
        Field("children_year", "当年收托过的婴幼儿", "number", unit="名"),
        Field("staff_year", "年末工作人员", "number", unit="名", fact=STAFF_COUNT),
        Field("accidents_year", "当年发生安全事故", "number", unit="起", help="没有的填0。"),
        Field("work", "全年工作情况", "longtext", longest=2000),
        Field("next_year", "下一年打算", "longtext", required=False, longest=1000),
    ),
)

PAGES_OF: dict[str, tuple[Page, ...]] = {
    CANCELLATION: (ENDING, pages.PAPERS),
    SUSPENSION: (PAUSE,),
    RESUMPTION: (RESTART,),
    ANNUAL_REVIEW: (YEARLY,),
    ANNUAL_REPORT: (REPORT,),
}
CHANGEABLE = (pages.BASICS.key, pages.PREMISES.key, pages.CLASSES.key)


def form_of(procedure: str, whole: Form, items: Iterable[str] = (), *, papers: bool = True) -> Form:
    """What a procedure asks of a kind of institution that in setting up is asked the `whole` form; a change
    only what its items need, and papers where they need any."""
    if procedure in PAGES_OF:
        return Form(PAGES_OF[procedure])
    if procedure != CHANGE:
        return whole
    chosen = [BY_ITEM[key] for key in items if key in BY_ITEM]
    narrowed = (_narrowed(page, chosen) for page in whole.pages if page.key in CHANGEABLE)
    asked = [page for page in narrowed if page.fields or page.rows]
    return Form((CHOSEN, *asked, *([pages.PAPERS] if papers else [])))


def read_as(procedure: str, whole: Form) -> Form:
    """What is read of an application: in a change all there is, so that nothing it makes wrong is missed."""
    return Form((CHOSEN, *whole.pages)) if procedure == CHANGE else form_of(procedure, whole)


def _narrowed(page: Page, chosen: Iterable[Item]) -> Page:
    here = [item for item in chosen if item.page == page.key]
    if any(not item.fields for item in here):
        return page
    keys = {key for item in here for key in item.fields}
    return replace(page, fields=tuple(f for f in page.fields if f.key in keys), rows=(), notes=())


def facts_of(items: Iterable[Item], kind: str) -> set[str]:
    """The facts of an institution that these items state."""
    found: set[str] = set()
    for item in items:
        fields = pages.fields_of(pages.BY_KEY[item.page], kind)
        found |= {f.fact for f in fields if f.fact and (not item.fields or f.key in item.fields)}
        if item.page == pages.CLASSES.key:
            found |= {"class_types", "places"}
    return found


def at_registrar(items: Iterable[str]) -> bool:
    """Whether any of the items changes with the registrar first."""
    return any(BY_ITEM[key].at_registrar for key in items if key in BY_ITEM)
