"""The words of assessing quality: where a tree of indicators stands, where an assessment does."""

from django.db import models

PROCEDURE = "assessment"


class TreeState(models.TextChoices):
    """A tree is written until it is adopted; then it never changes."""

    DRAFT = "draft", "草稿"
    ADOPTED = "adopted", "已采用"
    DISCARDED = "discarded", "已作废"


class AgencyKind(models.TextChoices):
    """Who may be entrusted with scoring."""

    AGENCY = "agency", "专业评估机构"
    ASSOCIATION = "association", "行业协会"


class Side(models.TextChoices):
    """Who says what an item is worth."""

    SELF = "self", "机构自评"
    EXPERT = "expert", "专家评分"


class State(models.TextChoices):
    """Where an assessment stands."""

    SELF = "self", "机构自评中"
    SCORING = "scoring", "专家评分中"
    CHECKING = "checking", "核对中"
    TOLD = "told", "已告知结果"
    APPROVING = "approving", "审核中"
    PUBLISHED = "published", "已公布"
    REFUSED = "refused", "未通过审核"
    CALLED_OFF = "called_off", "已终止"
    WITHDRAWN = "withdrawn", "公布后撤下"


# Under way: of these an institution has one at most.
UNDER_WAY = (State.SELF, State.SCORING, State.CHECKING, State.TOLD, State.APPROVING)
# In the agency's hands, and what it may look at while the office checks.
AT_AGENCY = (State.SCORING, State.CHECKING)
# In the office's hands: the steps of its case have the days.
AT_OFFICE = (State.CHECKING, State.TOLD, State.APPROVING)
# What a list is narrowed to besides a state.
OVERDUE = "overdue"
# Ended without a result, so that another of the same year needs no reason.
WITHOUT_RESULT = (State.REFUSED, State.CALLED_OFF)


class Aspect(models.TextChoices):
    """What a chapter of a tree is about, where a document names aspects."""

    QUALITY = "quality", "质量"
    SAFETY = "safety", "安全"
