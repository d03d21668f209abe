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
    "accepted": Badge("已受理", "todo", "inbox"),
    "waiting": Badge("等待前序步骤", "grey", "hourglass"),
    "open": Badge("待办", "todo", "circle-dot"),
    "running": Badge("办理中", "todo", "circle-dot"),
    "in_progress": Badge("办理中", "todo", "circle-dot"),
    "active": Badge("办理中", "todo", "circle-dot"),
    "paused": Badge("计时暂停", "grey", "player-pause"),
    "returned": Badge("退回补正", "amber", "arrow-back-up"),
    "defective": Badge("需补正", "amber", "alert-triangle"),
    "resubmitted": Badge("已重新提交", "todo", "send"),
    "approved": Badge("已通过", "green", "check"),
    "passed": Badge("已通过", "green", "check"),
    "done": Badge("办结", "green", "circle-check"),
    "completed": Badge("办结", "green", "circle-check"),
    "refused": Badge("不予通过", "red", "x"),
    "rejected": Badge("不予通过", "red", "x"),
    "withdrawn": Badge("已撤回", "grey", "arrow-back-up"),
    "skipped": Badge("不适用", "grey", "minus"),
    "cancelled": Badge("已取消", "grey", "x"),
    # institutions
    "preparing": Badge("筹备中", "grey", "edit"),
    "registered": Badge("已登记，未备案", "amber", "alert-triangle"),
    "filed": Badge("已备案", "green", "circle-check"),
    "filing": Badge("备案办理中", "todo", "circle-dot"),
    "nonconforming": Badge("不符合备案要求", "red", "alert-circle"),
    "rectifying": Badge("限期整改", "amber", "alert-triangle"),
    "suspended": Badge("暂停服务", "red", "player-pause"),
    "closed": Badge("已停办", "grey", "x"),
    "deregistered": Badge("已注销", "grey", "x"),
    # messages and deliveries
    "pending": Badge("待送达", "grey", "hourglass"),
    "sent": Badge("已送出", "todo", "send"),
    "delivered": Badge("已送达", "todo", "check"),
    "acknowledged": Badge("已签收", "green", "check"),
    "failed": Badge("送达失败", "red", "alert-circle"),
    # promises
    "working": Badge("已落实", "green", "circle-check"),
    "partly": Badge("部分落实", "amber", "hourglass"),
    "not_yet": Badge("尚未落实", "red", "alert-circle"),
    "not_run": Badge("未验证", "grey", "help"),
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
