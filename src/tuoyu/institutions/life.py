"""What may come after an institution's filing: the matters its place knows, what stands against each."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tuoyu.core import clock
from tuoyu.core.problems import Problem
from tuoyu.institutions import policy, rules, yearly
from tuoyu.institutions.models import Application, Institution, Suspension
from tuoyu.institutions.situation import Situation, situation_of
from tuoyu.institutions.vocabulary import (
    AFTER_FILING,
    ANNUAL_REPORT,
    ANNUAL_REVIEW,
    CANCELLATION,
    CHANGE,
    FILED,
    RESUMPTION,
    SUSPENSION,
    YEARLY,
    Filing,
    Registration,
)
from tuoyu.institutions.yearly import Due
from tuoyu.jurisdictions import queries as jurisdictions

# In a few words, for whoever looks for what to do.
LEADS = {
    CHANGE: "名称、地址、负责人、场地、班级等有变化的，只填变了的几项。",
    ANNUAL_REVIEW: "核对已经掌握的情况，只补充新的。",
    ANNUAL_REPORT: "每年年末向卫生健康部门报告全年工作。",
    SUSPENSION: "暂时不能收托的，写明起止日期、原因和孩子怎么安排，公开页面会告诉家长。",
    RESUMPTION: "暂停期间提前恢复的，报备后公开页面不再显示暂停。",
    CANCELLATION: "终止服务的，先安置好孩子和工作人员，再注销备案。",
}


@dataclass(frozen=True)
class Matter:
    """Something an institution may apply for, or may not for the moment."""

    procedure: str
    name: str
    lead: str
    source: str
    year: int | None
    obstacles: tuple[Problem, ...]
    due: Due | None = None

    @property
    def title(self) -> str:
        """Its name, with the year where it is for one."""
        return f"{self.name}（{self.year}年度）" if self.year else self.name


def name_of(application: Application) -> str:
    """What an application after a filing is for, as its place calls it."""
    if application.case is not None:
        return application.case.procedure_name
    offered = policy.offered_at(application.division_code, [application.procedure])
    return offered[application.procedure].name if offered else ""


def matters_of(
    institution: Institution, owner_id: int, *, at_window: bool = False, now: Situation | None = None
) -> list[Matter]:
    """Every matter that an institution's place knows, each with what stands against it now.

    `now` is how the institution stands, where that was asked already.
    """
    now = now or situation_of(institution.pk)
    offered = policy.offered_at(institution.division_code, AFTER_FILING)
    book = jurisdictions.book(institution.division_code)
    dues = {due.procedure: due for due in yearly.dues_of_one(institution, now)}
    return [
        Matter(
            procedure=key,
            name=found.name,
            lead=LEADS[key],
            source=f"《{book.procedure_title(found)}》{found.clause}",
            year=year_for(institution, key, now),
            obstacles=tuple(obstacles(institution, key, owner_id, at_window=at_window, now=now)),
            due=dues.get(key),
        )
        for key, found in offered.items()
    ]


def obstacles(
    institution: Institution,
    procedure: str,
    owner_id: int,
    *,
    at_window: bool = False,
    application: Application | None = None,
    now: Situation | None = None,
) -> list[Problem]:
    """What stands against `owner_id` applying for a matter of an institution now.

    At a window the clerk has looked at the papers of whoever came, where the institution has no head yet.
    `now` is how the institution stands, where that was asked already.
    """
    if standing_against := _not_filed(institution, procedure):
        return [standing_against]
    if procedure not in policy.offered_at(institution.division_code, [procedure]):
        return [Problem("当地的文件没有规定这一事项，不用办理。")]
    now = now or situation_of(institution.pk)
    # What else is under way is told to its head and to nobody else.
    return list(_not_its_head(now.heads, owner_id, at_window)) or [
        *_under_way(now.under_way_besides(application), procedure),
        *_not_now(institution, procedure, now),
    ]


def _not_filed(institution: Institution, procedure: str) -> Problem | None:
    if institution.filing == Filing.CANCELLED or institution.registration == Registration.CANCELLED:
        return Problem("这家机构的备案已经注销，只能查看历史。", fix="重新开办的，请重新申请备案。")
    ended = (*FILED, Filing.PUBLISHED_NONCONFORMING) if procedure == CANCELLATION else FILED
    if institution.filing not in ended:
        return Problem("这家机构没有有效的备案。", fix="请先申请备案。")
    return None


def _under_way(under_way: set[str], procedure: str) -> Iterable[Problem]:
    if procedure in under_way:
        yield Problem("这一事项已有一件正在办理，同时只能办一件。", fix="请等那一件办结，或先撤回。")
    elif CANCELLATION in under_way:
        yield Problem("备案注销正在办理。", fix="不注销了的，请先撤回注销申请。")
    elif procedure == CHANGE and under_way.difference(AFTER_FILING):
        yield Problem(
            "备案的现场核实还没有办结。", fix="请等核实办结后再变更；核实要求整改的，在那一件里补正。"
        )


def _not_its_head(heads: Collection[int], owner_id: int, at_window: bool) -> Iterable[Problem]:
    if owner_id in heads or (at_window and not heads):
        return
    yield Problem(
        "这一事项由机构负责人办理。",
        fix="请由负责人登录后办理，或由负责人授权您代办。"
        if heads
        else "这家机构在系统里还没有负责人账号，请带登记证照到窗口办理。",
    )


def _not_now(institution: Institution, procedure: str, now: Situation) -> Iterable[Problem]:
    if procedure == RESUMPTION and not now.suspended:
        yield Problem("这家机构没有在暂停服务。")
    if procedure in YEARLY and year_for(institution, procedure, now) is None:
        yield Problem("现在没有需要办理的年度。", fix="到了下一次办理的时间，这里会可以办理。")


# ---------------------------------------------------------------- suspensions


def suspension_on(institution_id: int, on: date | None = None) -> Suspension | None:
    """The suspension that an institution is in on a day, today if none is named."""
    day = on or clock.today()
    return Suspension.objects.holding().filter(institution=institution_id, days__contains=day).first()


def days_of(first: str, until: str) -> dict[str, Any]:
    """The first and last day of a suspension as a query tells its range, and whether it lasts today."""
    begins, ends = date.fromisoformat(first), date.fromisoformat(until) - timedelta(days=1)
    return {"first": begins, "last": ends, "lasts": begins <= clock.today() <= ends}


def to_come(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the suspensions a query told, those that last or are to come, the nearest first."""
    told = [row | days_of(row["first"], row["until"]) for row in rows]
    return sorted((row for row in told if row["last"] >= clock.today()), key=lambda row: row["first"])


def of_suspensions(application: Application, facts: rules.Facts) -> list[Problem]:
    """What the institution's suspensions say against the days of an application."""
    if application.institution_id is None:
        return []
    if application.procedure == SUSPENSION:
        begins, ends = facts.get("pause.pause_from"), facts.get("pause.pause_to")
        if begins and ends and begins <= ends:
            return _overlapping(application, begins, ends)
    if application.procedure == RESUMPTION and (day := facts.get("restart.restart_on")):
        return _restart(application, day)
    return []


def _overlapping(application: Application, begins: date, ends: date) -> list[Problem]:
    others = (
        Suspension.objects.holding()
        .filter(institution=application.institution_id, days__overlap=(begins, ends + timedelta(days=1)))
        .exclude(case=application.case_id)
    )
    return [
        Problem(
            f"{one.days.lower}到{one.last_day}已经报备暂停，不能重叠。", "pause", "pause_from"
        )
        for one in others
    ]  # fmt: skip


def _restart(application: Application, day: date) -> list[Problem]:
    if application.case_id is not None and not application.is_editable:
        return []
    held = suspension_on(application.institution_id or 0)
    if held is None:
        return []
    if not held.days.lower < day <= held.last_day:
        return [
            Problem(
                f"恢复日期应在{held.days.lower}之后、{held.last_day}以前。",
                "restart",
                "restart_on",
                fix="到期的暂停自动结束，不用报备恢复。",
            )
        ]
    return []


# ---------------------------------------------------------------- years


def year_for(institution: Institution, procedure: str, now: Situation | None = None) -> int | None:
    """The year an institution's review or report is due for next: the last one or this one, the older first.

    None while neither can be done: it has been, or this year's cannot begin yet. `now` is how the institution
    stands, where that was asked already.
    """
    if procedure not in YEARLY or institution.receipt_issued_on is None:
        return None
    today = clock.today()
    book = policy.book_at(institution.division_code, today)
    begins, every = book.number(f"{procedure}.from_month"), book.number(f"{procedure}.every_years")
    years = [today.year - 1, *([today.year] if today.month >= (begins or 1) else [])]
    done = (now or situation_of(institution.pk)).years_of(procedure)
    for year in years:
        fresh = all(not 0 <= year - before < (every or 1) for before in done)
        if year >= institution.receipt_issued_on.year and fresh:
            return year
    return None
