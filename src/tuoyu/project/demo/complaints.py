"""What the public of each county has told of its nurseries: answered, under way, overdue, a petition that takes
longer, and one report of abuse that became an inspection."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tuoyu.accounts.queries import colleagues
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.complaints import actions
from tuoyu.complaints.actions import ReportGiven
from tuoyu.complaints.models import Complaint
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import FILED
from tuoyu.project.demo.people import Cast

COLLEAGUES = 3
LONGER = 20
PUBLIC = Actor.public()


def complain(cast: Cast) -> None:
    """Everything the county's public has told so far."""
    place = cast.place.county
    filed = Institution.objects.filter(filing__in=FILED, division_code__startswith=place).order_by("pk")
    nurseries = list(filed[:4])
    if not nurseries:
        return
    cast.staff("health", place, COLLEAGUES)
    one, other = nurseries[0], nurseries[-1]
    told = _Told(cast)
    told.longer(
        one, 50, "hygiene", "新装修的教室气味很重，家长要求检测空气，机构一直没有答复。",
        "已委托检测机构检测室内空气，须等检测报告。（演示）",
    )  # fmt: skip
    told.answered(
        other,
        40,
        "fees",
        "退园后剩余的托费一直没有退。",
        "已责令机构按合同退还剩余托费，机构已退。（演示）",
        "satisfied",
    )
    told.answered(
        one, 25, "service", "放学时间经常推迟，没有提前通知。", "机构已调整并公布作息时间。（演示）", "fairly"
    )
    told.sorted_out(other, 8, "hygiene", "毛巾没有一人一巾，消毒记录也看不到。")
    told.overdue(one, 30, "food", "孩子说午餐的菜是凉的，连着几天都这样。")
    told.received(2, "unfiled", "楼下住宅里有人收了十来个孩子，门口没有牌子。")
    told.abuse(other, 0, "午睡时听见打孩子的声音，孩子手背有红印。")


class _Told:
    """Tells and decides as the people of a county would."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.place = cast, cast.place.county
        self._number = 0

    def answered(
        self, nursery: Institution, ago: int, kind: str, text: str, answer: str, content: str
    ) -> None:
        complaint = self.sorted_out(nursery, ago, kind, text)
        with _before(ago - 6):
            step = complaint.case.steps.get(kind="handling")
            said = {"conclusion": "substantiated", "found": "现场查看并询问双方。（演示）", "answer": answer}
            by = self.cast.officer(step.department, step.division_code)
            cases.decide(by=by, step=step, decision="approve", result=said)
        with _before(ago - 8):
            complaint.refresh_from_db()
            actions.rate(by=PUBLIC, complaint=complaint, satisfaction=content)

    def overdue(self, nursery: Institution, ago: int, kind: str, text: str) -> None:
        self.sorted_out(nursery, ago, kind, text, arrived_by="hotline")

    def longer(self, nursery: Institution, ago: int, kind: str, text: str, reason: str) -> None:
        """A petition: its rule knows longer days."""
        complaint = self.sorted_out(nursery, ago, kind, text, arrived_by="petition")
        with _before(5):
            by = self.cast.lead("health", self.place)
            actions.extend(by=by, complaint=complaint, days=LONGER, reason=reason)

    def sorted_out(
        self, nursery: Institution, ago: int, kind: str, text: str, arrived_by: str = "form"
    ) -> Complaint:
        complaint = self._told(ago, kind, text, arrived_by, institution_id=nursery.pk)
        self._sort(complaint, ago - 1, nursery, [])
        return complaint

    def abuse(self, nursery: Institution, ago: int, text: str) -> None:
        """Told and sorted today, since whose seats began today could not see it before; two are sent."""
        lead = self.cast.lead("health", self.place)
        complaint = self._told(
            ago, "abuse", text, "form", institution_id=nursery.pk,
            reporter_name="李某某", reporter_phone="13900139000",
        )  # fmt: skip
        sent = [pk for pk, _ in colleagues("health", self.place) if pk != lead.user_id][:2]
        self._sort(complaint, ago, nursery, sent, lead)

    def received(self, ago: int, kind: str, text: str) -> None:
        where = {"described": "中心小区5幢1单元101室", "division_code": self.place}
        self._told(ago, kind, text, "form", **where)

    def _sort(
        self, complaint: Complaint, ago: int, nursery: Institution, sent: list[int], by: Actor | None = None
    ) -> None:
        with _before(ago):
            step = complaint.case.steps.get(kind="triage")
            said = {
                "kind": complaint.kind,
                "institution": nursery.uscc or nursery.name,
                "department": "health",
                "inspectors": [str(pk) for pk in sent],
            }
            by = by or self.cast.officer("health", step.division_code)
            cases.decide(by=by, step=step, decision="approve", result=said)

    def _told(self, ago: int, kind: str, text: str, arrived_by: str, **more: Any) -> Complaint:
        self._number += 1
        token = f"demonstration-{self.place}-{self._number}"
        said = ReportGiven(token=token, kind=kind, text=text + "（演示）", **more)
        with _before(ago):
            if arrived_by == "form":
                receipt = actions.report(by=PUBLIC, given=said)
            else:
                by = self.cast.officer("health", self.place)
                receipt = actions.record(
                    by=by, given=ReportGiven(**(vars(said) | {"arrived_by": arrived_by}))
                )
        case = Case.objects.get(number=receipt.number)
        return Complaint.objects.select_related("case", "institution").get(case=case)


@contextmanager
def _before(days: int) -> Iterator[None]:
    with clock.set_to(clock.now() - timedelta(days=days)):
        yield
