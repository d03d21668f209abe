"""An institution's story: the audit events of its topic, in words. There is no second log."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from tuoyu.core import clock
from tuoyu.core.models import AuditEvent
from tuoyu.core.nested import value_of
from tuoyu.jurisdictions.names import department_name

COLUMNS = ("verb", "at", "actor_label", "note", "department", "division_code")
_words: dict[str, str] = {
    "institution.registered": "法人登记完成",
    "institution.recorded": "幼儿园已有法人登记，按申报的登记信息建档",
    "institution.places_opened": "调整对外开放的托位",
    "institution.paired": "结对",
    "institution.unpaired": "结对结束",
    "institution.imported": "平台启用前已备案，由卫生健康部门导入",
    "institution.reminded": "提醒机构及时备案",
    "institution.yearly_reminded": "提醒办理年度事项",
    "institution.filed": "备案，发给备案回执和基本条件告知书",
    "institution.verified": "现场核实符合要求",
    "institution.rectification_demanded": "现场核实发现问题，限期整改",
    "institution.published_nonconforming": "不符合备案要求，已公示",
    "institution.capacity_changed": "可收托人数随人员变化",
    "institution.inclusive_noted": "标记为普惠",
    "institution.amended": "登记机关办理登记变更",
    "institution.changed": "备案信息变更",
    "institution.yearly_result": "年度事项办结",
    "institution.suspended": "报备暂停服务",
    "institution.suspension_called_off": "取消还没有开始的暂停服务",
    "institution.receipt_reissued": "换发备案回执，原回执失效",
    "institution.resumed": "恢复服务",
    "institution.cancelled": "备案注销",
    "institution.registration_taken_back": "登记机关收回登记",
    "institution.closed_down": "取缔（清出市场）",
    "institution.filing_ended": "备案终止",
    "institution.publicised": "公示",
    "institution.publication_withdrawn": "公示撤回",
}


def tell(**words: str) -> None:
    """Say how events of another room read in the story: verb with its dots as two underscores, words.

    Called once, in an AppConfig's ready(); ValueError when a verb has its words already.
    """
    for name, said in words.items():
        verb = name.replace("__", ".")
        if verb in _words:
            raise ValueError(f"{verb} is told already")
        _words[verb] = said


def events_of(institution_id: int, until: date | None = None) -> QuerySet[AuditEvent]:
    """The events that make the story of an institution; up to and with a day, where one is given."""
    rows = AuditEvent.objects.filter(topic=f"institution:{institution_id}", verb__in=_words)
    return rows if until is None else rows.filter(at__lt=clock.end_of(until))


def revived(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Events with `COLUMNS` out of a column of a query (`nested`)."""
    return [{**row, "at": value_of(AuditEvent, "at", row["at"])} for row in rows]


def in_words(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Events with `COLUMNS` as lines of a story."""
    return [
        {
            "text": _words[row["verb"]],
            "at": row["at"],
            "who": row["actor_label"],
            "note": row["note"],
            "department": department_name(row["department"], row["division_code"])
            if row["department"] and row["division_code"]
            else "",
        }
        for row in rows
    ]
