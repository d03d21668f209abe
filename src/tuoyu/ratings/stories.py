"""An assessment's story in words."""

from collections.abc import Iterable
from typing import Any

from tuoyu.core.models import AuditEvent

# Words, tone, sign; and whether the institution reads it as well.
WORDS: dict[str, tuple[str, str, str, bool]] = {
    "assessment.begun": ("发起评估", "todo", "send", True),
    "assessment.self_handed_in": ("机构提交自评", "todo", "send", True),
    "assessment.reminded": ("逾期提醒", "amber", "clock", False),
    "assessment.scores_handed_in": ("评估机构提交评分", "todo", "clipboard-check", False),
    "assessment.sent_back": ("退回评估机构重新评分", "amber", "arrow-back-up", False),
    "assessment.told": ("结果告知机构", "todo", "message", True),
    "assessment.accepted": ("机构确认没有异议", "green", "check", True),
    "assessment.objected": ("机构提出异议", "amber", "message", True),
    "assessment.objection_answered": ("答复异议", "todo", "message", True),
    "assessment.checked": ("核对通过", "green", "check", False),
    "assessment.published": ("公布结果", "green", "circle-check", True),
    "assessment.refused": ("未通过审核", "red", "x", True),
    "assessment.called_off": ("终止评估", "grey", "x", True),
    "assessment.withdrawn": ("撤下结果", "red", "arrow-back-up", True),
}


def story(events: Iterable[AuditEvent], *, office: bool) -> list[dict[str, Any]]:
    """The events as a timeline, the newest first; names of officers are for the office."""
    told = []
    for event in events:
        words, tone, icon, for_all = WORDS.get(event.verb, ("", "", "", False))
        if words and (office or for_all):
            told.append({
                "text": words, "at": event.at, "tone": tone, "icon": icon,
                "who": event.actor_label if office else "", "note": event.note,
            })  # fmt: skip
    return told[::-1]
