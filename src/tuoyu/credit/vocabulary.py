"""The words of credit; each with what a person reads."""

from django.db.models import TextChoices


class EventKind(TextChoices):
    """What an event is: a decision against somebody, one in their favour, or a promise they made."""

    PUNISH = "punish", "失信"
    REWARD = "reward", "守信"
    PLEDGE = "pledge", "信用承诺"


class CreditClass(TextChoices):
    """How much a breach weighs; a reward or a pledge has none."""

    NONE = "none", "不分级"
    MINOR = "minor", "轻微"
    GENERAL = "general", "一般"
    SERIOUS = "serious", "严重"


class Standing(TextChoices):
    """Where an event stands on a day; derived, never stored."""

    SHOWN = "shown", "公示中"
    KEPT = "kept", "不公示"
    REPAIRED = "repaired", "已修复"
    OVER = "over", "期满"
    WITHDRAWN = "withdrawn", "已撤销"


class Ground(TextChoices):
    """Why an event does not hold."""

    WRONG_SUBJECT = "wrong_subject", "对象有误"
    WRONG_FACTS = "wrong_facts", "事实或内容有误"
    WRONG_CLASS = "wrong_class", "等级有误"
    OBJECTION = "objection", "异议成立"
    OVERTURNED = "overturned", "原决定已撤销"


class RequestKind(TextChoices):
    """What the subject of an event asks for."""

    REPAIR = "repair", "信用修复"
    OBJECTION = "objection", "信用信息异议"


class RequestState(TextChoices):
    OPEN = "open", "办理中"
    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予准许"
    WITHDRAWN = "withdrawn", "已撤回"


class ListKind(TextChoices):
    """The lists of a place: whom offices reward or hold back together, and how honest one is found."""

    REWARD = "reward", "守信激励名单"
    PUNISHMENT = "punishment", "失信惩戒名单"
    EVALUATION = "evaluation", "诚信评价"
