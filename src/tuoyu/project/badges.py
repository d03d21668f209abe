"""How a state looks: its word, its tone and its sign, the same on every page."""

from typing import NamedTuple


class Badge(NamedTuple):
    """`tone` is one of grey, todo (what can be done), amber, red, green."""

    label: str
    tone: str
    icon: str


_STATES: dict[str, Badge] = {
    # cases and their steps
    "draft": Badge("草稿", "grey", "edit"),
    "submitted": Badge("已提交", "todo", "send"),
    "waiting": Badge("未开始", "grey", "hourglass"),
    "open": Badge("办理中", "todo", "circle-dot"),
    "active": Badge("办理中", "todo", "circle-dot"),
    "in_progress": Badge("办理中", "todo", "circle-dot"),
    "paused": Badge("计时暂停", "grey", "player-pause"),
    "defective": Badge("需补正", "amber", "arrow-back-up"),
    "returned": Badge("退回补正", "amber", "arrow-back-up"),
    "mending": Badge("待补正", "amber", "arrow-back-up"),
    "approved": Badge("已通过", "green", "check"),
    "done": Badge("已办结", "green", "circle-check"),
    "refused": Badge("不予通过", "red", "x"),
    "withdrawn": Badge("已撤回", "grey", "arrow-back-up"),
    "skipped": Badge("不适用", "grey", "minus"),
    "cancelled": Badge("已终止", "grey", "x"),
    "deleted": Badge("已删除", "grey", "x"),
    # institutions: registration, filing, what the public sees
    "unregistered": Badge("未登记", "grey", "circle-dot"),
    "registered": Badge("已登记", "green", "check"),
    "none": Badge("未备案", "grey", "circle-dot"),
    "receipt_issued": Badge("已备案，现场核实中", "green", "hourglass"),
    "normal": Badge("已备案", "green", "circle-check"),
    "filed": Badge("已备案", "green", "circle-check"),
    "rectification": Badge("已备案，限期整改中", "amber", "alert-triangle"),
    "published_nonconforming": Badge("不符合备案要求，已公示", "red", "alert-circle"),
    "suspended": Badge("暂停服务", "red", "player-pause"),
    "closed": Badge("已结束", "grey", "x"),
    "deregistered": Badge("已注销", "grey", "x"),
    # messages and their deliveries
    "queued": Badge("待发送", "grey", "hourglass"),
    "delivered": Badge("已送达", "todo", "check"),
    "acknowledged": Badge("已签收", "green", "check"),
    "failed": Badge("发送失败", "red", "alert-circle"),
    "dropped": Badge("不再发送", "grey", "x"),
    # people, invitations and authorisations
    "offered": Badge("待接受", "amber", "hourglass"),
    "accepted": Badge("已接受", "green", "check"),
    "declined": Badge("已谢绝", "grey", "x"),
    "revoked": Badge("已撤销", "grey", "x"),
    # promises
    "working": Badge("已实现", "green", "circle-check"),
    "partly": Badge("部分实现", "amber", "hourglass"),
    "not_yet": Badge("尚未实现", "red", "alert-circle"),
    "not_run": Badge("未检验", "grey", "help"),
    "declaratory": Badge("宣示性条款", "grey", "quote"),
    "kept": Badge("已达到", "green", "circle-check"),
    "missed": Badge("未达到", "red", "alert-circle"),
    "unknown": Badge("数据不足", "grey", "help"),
}


def state_badge(state: str, label: str = "", tone: str = "") -> Badge:
    """The badge of a state; a page may say it in other words, but a state nobody drew needs a label."""
    known = _STATES.get(state)
    if known is None:
        if not label:
            raise KeyError(f"no badge for the state {state!r}: give it a label, or add it to badges.py")
        known = Badge(label, "grey", "circle-dot")
    return Badge(label or known.label, tone or known.tone, known.icon)
