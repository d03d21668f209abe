"""The words of supervision; each with what a person reads."""

from django.db.models import TextChoices


class Origin(TextChoices):
    """What an inspection came from."""

    DRAW = "draw", "双随机抽查"
    JOINT = "joint", "联合检查"
    PATROL = "patrol", "巡查"
    SPECIAL = "special", "专项检查"
    REPORT = "report", "举报核查"
    RECHECK = "recheck", "复查"


class InspectionState(TextChoices):
    PLANNED = "planned", "待检查"
    UNDERWAY = "underway", "检查中"
    CONFIRMED = "confirmed", "已确认"
    CANCELLED = "cancelled", "已取消"


class Result(TextChoices):
    """What an inspection found as a whole; only `PASS` is a pass."""

    PASS = "pass", "合格"
    RECTIFY = "rectify", "限期整改"
    REFER = "refer", "立案处理"


class Severity(TextChoices):
    """How much a finding weighs, as the checklist says of its item."""

    BLOCK = "block", "须整改"
    WARN = "warn", "提醒"
    INFO = "info", "说明"


class PlanKind(TextChoices):
    """What sort of inspection a year's plan orders."""

    RANDOM = "random", "双随机抽查"
    JOINT = "joint", "联合检查"
    PATROL = "patrol", "联动巡查"
    SPECIAL = "special", "专项检查"


class DrawState(TextChoices):
    """How far a draw has come."""

    FROZEN = "frozen", "名单已封存"
    DRAWN = "drawn", "已抽取"
    REPLACED = "replaced", "已作废重抽"


class Ground(TextChoices):
    """What makes a rectification more than an ordinary one: unless mended, it may lead to a ban."""

    ORDINARY = "ordinary", "一般问题"
    UNREGISTERED = "unregistered", "未登记"
    POOR_FACILITIES = "poor_facilities", "设施条件差"
    CHAOTIC = "chaotic", "管理混乱"
    SERIOUS_HAZARD = "serious_hazard", "存在严重隐患"


class SanctionKind(TextChoices):
    """What an authority does to an institution that did wrong."""

    PENALTY = "penalty", "行政处罚"
    REVOCATION = "revocation", "收回登记"
    BAN = "ban", "取缔"


class SanctionState(TextChoices):
    OPEN = "open", "已立案"
    NOTIFIED = "notified", "已告知，待决定"
    DECIDED = "decided", "已决定"
    DROPPED = "dropped", "不予处理"
    OVERTURNED = "overturned", "已撤销"


# What holds its findings: nobody is punished for them a second time.
IN_FORCE = (SanctionState.OPEN, SanctionState.NOTIFIED, SanctionState.DECIDED)


class Verdict(TextChoices):
    """What an inspector says of one item of the checklist."""

    OK = "ok", "符合"
    DEFECT = "defect", "不符合"
    NOT_APPLICABLE = "not_applicable", "不适用"


class Side(TextChoices):
    """Who signs what an inspection found."""

    INSPECTOR = "inspector", "检查人员"
    INSTITUTION = "institution", "被检查机构"
