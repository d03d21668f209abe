"""Plays the stories through the program's own actions, with the clock set to the days they happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import typst

from tuoyu.cases import actions as cases
from tuoyu.cases.actions import RemarkGiven
from tuoyu.cases.models import Case, Step
from tuoyu.core import audit, clock, workdays
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.institutions import actions, policy
from tuoyu.institutions.models import Application, Institution, Paper
from tuoyu.institutions.vocabulary import GroundKind, Kind, LegalForm
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.project.demo import words
from tuoyu.project.demo.counts import count_children
from tuoyu.project.demo.credit import keep_credit
from tuoyu.project.demo.forms import Applicant, filled, papers_of
from tuoyu.project.demo.nursery_days import keep_days, look, report_fall
from tuoyu.project.demo.people import BY, Cast
from tuoyu.project.demo.places import Place
from tuoyu.project.demo.staff import engage_staff
from tuoyu.project.demo.stories import STORIES, Story

# What officers of the demonstration find wrong, by the page they look at: field, words, rule.
REMARKS = {
    "basics": ("address", "详细地址与场地证明上的门牌号不一致，请核对后改正。", "filing.scans"),
    "premises": ("video_days", "请补充监控存储设备清单，说明录像如何保存满规定天数。", "video.days.norm"),
    "classes": ("row-0", "这个班的保育人员名单与人员证明不一致，请核对。", "ratio.toddler_small"),
    "staff": ("health_staff_trained", "保健人员的培训合格证明已过期，请更新。", "health_staff.training"),
    "papers": ("fire_proof", "消防安全证明的签章看不清，请重新扫描上传。", "filing.papers"),
}
CREDIT_KEPT_IN = "320100"
NONCONFORMING = "现场核实发现活动室疏散门被货架封堵，整改期满仍未改正，不符合备案要求。（演示）"
REFUSED = "拟用场地登记用途为仓库，不能用于托育服务。（演示）"


@dataclass
class File:
    """A paper as a browser would hand it over."""

    name: str | None
    body: BytesIO

    def read(self, size: int = -1, /) -> bytes:
        return self.body.read(size)


@dataclass
class Days:
    """Working days before today, each found once."""

    today: date
    found: list[date] = field(default_factory=list)

    def before(self, number: int) -> date:
        """The day so many working days before today; today itself for none."""
        while len(self.found) <= number:
            day = self.found[-1] - timedelta(days=1) if self.found else self.today
            while self.found and not workdays.is_workday(day)[0]:
                day -= timedelta(days=1)
            self.found.append(day)
        return self.found[number]

    @contextmanager
    def at(self, number: int, minutes: int = 0) -> Iterator[date]:
        """Within the block it is that day, at ten in the morning and some minutes; never later than now."""
        day = self.before(number)
        moment = datetime.combine(day, time(10), tzinfo=clock.BEIJING) + timedelta(minutes=minutes)
        with clock.set_to(min(moment, clock.now())):
            yield day


class County:
    """Everything that happens in one county of the demonstration."""

    def __init__(self, place: Place, cast: Cast, number: int, days: Days) -> None:
        self.place, self.cast, self.days = place, cast, days
        self.number = number
        self.serial = number * 1000
        self._files: dict[str, Paper] = {}
        prefix = place.county
        streets = [p.code for p in jurisdictions.children_of(place.county) if p.code.startswith(prefix)]
        self.streets = streets or [place.county]

    def play(self) -> Iterator[str]:
        """Play every story; yields the name of each when it is done."""
        for story in STORIES:
            yield self._play(story)
        self._drafts()
        self._registered_elsewhere()
        if self.place.jurisdiction == CREDIT_KEPT_IN:
            keep_credit(self.cast, self.days)

    # ------------------------------------------------------------ one story

    def _play(self, story: Story) -> str:
        one = self._applicant(story)
        by, owner_id = self._who(story)
        with self.days.at(story.opened, self.serial % 300) as day:
            application = self._begun(by, owner_id, one)
            self._fill(by, application, one, day)
            case = actions.submit(by=by, application=application)
        self._before_registration(case, story, by)
        if story.registered is not None:
            self._decide(case, "registration", story.registered)
        if story.filed is not None:
            self._decide(case, "filing", story.filed)
        if story.verified is not None:
            self._visit(case, story)
        if story.inclusive:
            with self.days.at(story.verified or 0, 400):
                institution = Application.objects.select_related("institution").get(case=case).institution
                assert institution is not None
                note_inclusive(by=BY, institution=institution)
        if story.filed is not None:
            institution = Institution.objects.get(applications__case=case)
            count_children(institution, sorted({self.days.before(story.filed), self.days.today}))
        if story.staffed:
            institution = Institution.objects.get(applications__case=case)
            engage_staff(by=BY, institution=institution, number=self.number)
            self._days_of(institution)
        return one.name

    def _days_of(self, institution: Institution) -> None:
        days = [self.days.before(number) for number in range(1, 16)]
        keep_days(by=BY, institution=institution, days=days)
        with self.days.at(3):
            report_fall(BY, institution)
        look(BY, institution, days[0])

    def _who(self, story: Story) -> tuple[Actor, int]:
        if story.who == "window":
            clerk, walk_in = self.cast.clerk(), self.cast.stranger()
            return clerk, int(walk_in.user_id or 0)
        by = self.cast.applicant() if story.who == "applicant" else self.cast.stranger()
        return by, int(by.user_id or 0)

    def _applicant(self, story: Story) -> Applicant:
        self.serial += 1
        place, number = self.place, self.serial
        brand = words.BRANDS[(self.number * 11 + number * 5) % len(words.BRANDS)]
        turn = number * 0.61803398875 % 1, number * 0.41421356237 % 1
        return Applicant(
            number=number,
            county=place.county,
            street=self.streets[number % len(self.streets)],
            name=f"{place.short}{brand}{words.ending(story.kind, story.legal_form)}",
            scope="家庭托育服务" if story.kind == Kind.FAMILY_POINT else f"{place.scope}；婴幼儿养育咨询。",
            longitude=place.longitude + (turn[0] - 0.5) * 0.05,
            latitude=place.latitude + (turn[1] - 0.5) * 0.04,
            kind=story.kind,
            nature=story.nature,
            legal_form=story.legal_form,
            care_types=tuple(map(str, story.care_types)),
            classes=tuple(map(str, story.classes)),
            meals=story.meals,
            leased=story.leased,
            fee=story.fee,
        )

    def _begun(self, by: Actor, owner_id: int, one: Applicant) -> Application:
        return actions.start_application(
            by=by,
            owner_id=owner_id,
            division_code=one.county,
            kind=one.kind,
            nature=one.nature,
            legal_form=one.legal_form,
        )

    def _fill(self, by: Actor, application: Application, one: Applicant, on: date, *pages: str) -> None:
        for page, typed in filled(one, on).items():
            if not pages or page in pages:
                application = actions.save_page(
                    by=by, application=application, page=page, typed=typed, version=application.version
                )
        if not pages:
            self._hand_in_papers(by, application, papers_of(one))

    def _hand_in_papers(self, by: Actor, application: Application, slots: tuple[str, ...]) -> None:
        """Each paper is handed in once a county, through the action; other applicants show the same file.

        Some hundred uploads would take most of a first start, and show nothing more.
        """
        new = [(slot, scan(slot)) for slot in slots if slot not in self._files]
        if new:
            added, _ = actions.add_papers(by=by, application=application, files=new)
            self._files |= {paper.slot: paper for paper in added}
        told = {paper.slot for paper in application.papers.all()}
        Paper.objects.bulk_create(
            Paper(
                application=application, slot=slot, file=self._files[slot].file, title=self._files[slot].title
            )
            for slot in slots
            if slot not in told
        )

    # ------------------------------------------------------------ what the departments do

    def _before_registration(self, case: Case, story: Story, applicant: Actor) -> None:
        """The stages before registration, and what ends there."""
        until = story.registered if story.registered is not None else max(0, story.opened - 4)
        between = (story.opened + until) // 2
        if story.ends in ("returned", "mended"):
            self._return(case, between)
            if story.ends == "mended":
                self._mend(case, applicant, max(0, between - 3))
        elif story.ends == "some":
            for step in self._active(case)[::2]:
                self._decide_step(step, max(0, story.opened - 1))
        elif story.registered is not None or story.ends in ("refused", "withdrawn", "checked"):
            while (steps := self._active(case)) and steps[0].kind not in (
                Step.Kind.REGISTRATION,
                Step.Kind.FILING,
            ):
                for step in steps:
                    self._decide_step(step, between)
        if story.ends == "refused":
            self._decide_step(self._active(case)[0], until, decision="refuse", reason=REFUSED)
        elif story.ends == "withdrawn":
            with self.days.at(until, 200):
                cases.withdraw(by=applicant, case=case, reason="改租了别处场地，重新申报。（演示）")

    def _return(self, case: Case, ago: int) -> None:
        """Every department answers; every other one, the first with them, found something."""
        for index, step in enumerate(self._active(case)):
            if index % 2 == 0:
                page = step.reviews[index // 2 % len(step.reviews)] if step.reviews else "basics"
                self._decide_step(step, ago, decision="defects", remarks=[self._remark(page)])
            else:
                self._decide_step(step, ago)

    def _remark(self, page: str) -> RemarkGiven:
        field_, words_, rule_key = REMARKS.get(page, REMARKS["basics"])
        return RemarkGiven(
            words_, page if page in REMARKS else "basics", field_, policy.source_at(self.place.county, rule_key), rule_key
        )  # fmt: skip

    def _mend(self, case: Case, by: Actor, ago: int) -> None:
        with self.days.at(ago, 120):
            application = Application.objects.get(case=case)
            typed = {**application.typed["basics"], "address": f"{application.data['basics']['address']}一层"}
            application = actions.save_page(
                by=by, application=application, page="basics", typed=typed, version=application.version
            )
            actions.submit(by=by, application=application)

    def _visit(self, case: Case, story: Story) -> None:
        step = case.steps.get(kind=Step.Kind.VERIFICATION)
        assert story.verified is not None
        if story.ends == "rectify":
            remarks = [self._remark("premises"), self._remark("staff")]
            self._decide_step(step, story.verified, decision="defects", remarks=remarks)
        elif story.ends == "nonconforming":
            self._decide_step(step, story.verified, decision="refuse", reason=NONCONFORMING)
        else:
            self._decide_step(step, story.verified)

    def _decide(self, case: Case, kind: str, ago: int) -> None:
        for step in case.steps.filter(kind=kind):
            self._decide_step(step, ago)

    def _active(self, case: Case) -> list[Step]:
        return list(case.steps.filter(state=Step.State.ACTIVE).order_by("pk"))

    def _decide_step(self, step: Step, ago: int, **given: Any) -> None:
        by = self.cast.officer(step.department, step.division_code)
        given = {"decision": "approve", **given}
        with self.days.at(ago, 60 + self.serial % 180) as day:
            if step.kind == Step.Kind.REGISTRATION and given["decision"] == "approve":
                form = str(step.case.facts.get("legal_form"))
                given["result"] = {
                    "registration_number": f"演示登字{self.serial:06d}号",
                    "uscc": words.credit_code(self.place.county, form, self.serial),
                    "registered_on": day.isoformat(),
                }
            cases.decide(by=by, step=step, **given)

    # ------------------------------------------------------------ what is not (yet) a case

    def _drafts(self) -> None:
        """Two applications half filled in, one hardly begun."""
        by = self.cast.applicant()
        pages = (("basics", "premises", "classes"), ("basics",))
        for index, kept in enumerate(pages):
            one = self._applicant(
                Story(0, legal_form=LegalForm.ENTERPRISE if index else LegalForm.SOCIAL_SERVICE_ORG)
            )
            if index:
                one = one.with_also("basics", contact_identity="", address="")
            with self.days.at(2 + index) as day:
                self._fill(by, self._begun(by, int(by.user_id or 0), one), one, day, *kept)

    def _registered_elsewhere(self) -> None:
        """Registered by the registrar's own system, and not filed: what the health office should look into."""
        one = self._applicant(Story(0, legal_form=LegalForm.ENTERPRISE))
        department = "admin_approval" if self.place.county == "370402" else "market_regulation"
        seat = Seat(Role.REGISTRAR_SYSTEM, department, (self.place.county,), self.place.county)
        with self.days.at(13) as day:
            actions.report_registration(
                by=Actor(label="登记机关业务系统（演示）", kind="system_of_office", seats=(seat,)),
                told=actions.Registered(
                    source_system="demo-registrar",
                    source_id=f"DEMO-{self.serial}",
                    name=one.name,
                    uscc=words.credit_code(one.county, one.legal_form, self.serial),
                    registration_number=f"演示登字{self.serial:06d}号",
                    registered_on=day,
                    division_code=one.county,
                    nature=one.nature,
                    legal_form=one.legal_form,
                    address=one.address,
                    representative=one.contact,
                    business_scope=one.scope,
                ),
            )


@action
def note_inclusive(*, by: Actor, institution: Institution) -> None:
    """Mark an institution as inclusive (普惠): how one becomes it is not built yet."""
    ground = actions.Ground(GroundKind.IMPORT)
    actions.state_facts(institution, {"inclusive": True}, ground=ground, by=by)
    audit.record(
        by, "institution.inclusive_noted", institution, topic=institution.topic, after={"inclusive": True}
    )


def scan(slot: str) -> File:
    """A file for a paper's slot: one page that says it is no paper."""
    return File(f"{slot}.pdf", BytesIO(_page(slot)))


@cache
def _page(slot: str) -> bytes:
    source = f'#set page(paper: "a5")\n#align(center + horizon)[#text(size: 20pt)[DEMO #linebreak() {slot.replace("_", " ")}]]'
    return bytes(typst.compile(source.encode(), format="pdf"))
