"""Everything wrong with an application, at once: each with its page, field, rule, source and remedy."""

from collections.abc import Callable, Iterator
from datetime import date

from tuoyu.core.problems import Problem
from tuoyu.institutions import pages
from tuoyu.institutions.rules import after_filing, employers, kindergartens, wording
from tuoyu.institutions.rules.book import Book, problem
from tuoyu.institutions.rules.capacity import Limit, licensable_capacity
from tuoyu.institutions.rules.facts import Facts, PaperFacts
from tuoyu.institutions.vocabulary import (
    ANNUAL_REPORT,
    ANNUAL_REVIEW,
    CANCELLATION,
    CHANGE,
    REGISTERED_ALREADY,
    RESUMPTION,
    SUSPENSION,
    Kind,
)

Check = Callable[[Facts, Book, date], Iterator[Problem]]


def problems(facts: Facts, book: Book, on: date) -> list[Problem]:
    """Every problem of the application on the day `on`, in the order of the pages."""
    checks = CHECKS_OF.get(facts.procedure, CHECKS)
    found = [found for check in checks for found in check(facts, book, on)]
    order = {page.key: index for index, page in enumerate(facts.form.pages)}
    return sorted(found, key=lambda p: (order.get(p.page, len(order)), p.severity != "block"))


def _missing(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """What must be filled in and is not, or cannot be read."""
    for page in facts.form.pages:
        for field in page.fields:
            name = f"{page.key}.{field.key}"
            if name in facts.unreadable:
                yield Problem(f"“{field.label}”看不懂。", page.key, field.key, fix=_how(field))
            elif field.kind == "identity":
                yield from _identity(facts, page, field)
            elif field.kind == "promise" and facts.get(name) is None:
                yield Problem("还没有作出备案承诺。", page.key, field.key, fix="请阅读后勾选。")
            elif field.required and facts.get(name) is None:
                yield Problem(f"还没有填写“{field.label}”。", page.key, field.key)


def _identity(facts: Facts, page: pages.Page, field: pages.Field) -> Iterator[Problem]:
    if facts.identity_wrong is None:
        yield Problem(f"还没有填写“{field.label}”。", page.key, field.key)
    elif facts.identity_wrong:
        yield Problem(facts.identity_wrong, page.key, field.key, source="GB 11643—1999")


def _how(field: pages.Field) -> str:
    return {
        "number": f"请填数字，例如120{f'（{field.unit}）' if field.unit else ''}。",
        "date": "请按2026-11-22的样子填写日期。",
    }.get(field.kind, "请重新选择或填写。")


def _rows(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """Classes: at least one, each with its type, places and carers."""
    if not pages.has_rows(facts.kind):
        return
    if not facts.classes:
        yield Problem("还没有填写班级。", "classes", "row-0-class_type", fix="请至少添加一个班。")
    for index, row in enumerate(facts.classes):
        for field in pages.ROW_FIELDS:
            name = f"row-{index}-{field.key}"
            if f"classes.{name}" in facts.unreadable:
                yield Problem(f"第{index + 1}个班的“{field.label}”看不懂。", "classes", name, fix=_how(field))
            elif field.required and getattr(row, field.key) is None:
                yield Problem(f"第{index + 1}个班还没有填写“{field.label}”。", "classes", name)
        if row.places == 0:
            yield Problem(f"第{index + 1}个班的托位数不能为零。", "classes", f"row-{index}-places")


def _length(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    for page in facts.form.pages:
        for field in page.fields:
            if len(facts.text(f"{page.key}.{field.key}")) > field.longest:
                yield Problem(
                    f"“{field.label}”太长。", page.key, field.key, fix=f"请缩短到{field.longest}个字以内。"
                )


# What no room and no class comes near: beyond it a dot or a blank was forgotten. No standard says these.
LARGEST = {"places": 1000, "carers": 1000, "children": 1000, "sleep_area": 10_000, "activity_area": 10_000,
           "floor": 200}  # fmt: skip
LARGEST_OTHERWISE = 1_000_000


def _sizes(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """Numbers that can only be mistyped: negative ones, and absurd ones."""
    for page in facts.form.pages:
        for field in page.fields:
            if field.kind == "number" and field.key not in ("longitude", "latitude"):
                yield from _size(field, facts.get(f"{page.key}.{field.key}"), page.key, field.key)
    if pages.has_rows(facts.kind):
        for index, row in enumerate(facts.classes):
            for field in pages.ROW_FIELDS:
                if field.kind == "number":
                    name = f"row-{index}-{field.key}"
                    yield from _size(field, getattr(row, field.key), "classes", name)


def _size(field: pages.Field, value: float | None, page: str, name: str) -> Iterator[Problem]:
    least = -10 if field.key == "floor" else 0
    if value is not None and not least <= value <= LARGEST.get(field.key, LARGEST_OTHERWISE):
        yield Problem(f"“{field.label}”填的是{value:g}{field.unit}，请核对。", page, name)


def _formulas(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """No name begins like a formula: lists of institutions are opened in spreadsheets."""
    for key, label in (("name", "机构名称"), ("contact_name", "法定代表人或负责人"), ("address", "详细地址")):
        if wording.is_formula(facts.text(f"basics.{key}")):
            yield Problem(
                f"“{label}”不能以“=”“+”“-”“@”开头，表格软件会把它当成公式。",
                "basics",
                key,
                fix="请去掉开头的符号。",
            )


def _phones(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    for key, label in (("contact_phone", "联系电话"), ("public_phone", "咨询电话")):
        typed = facts.text(f"basics.{key}")
        if typed and not wording.is_phone(typed):
            yield Problem(
                f"{label}“{typed[:30]}”不是有效的号码。",
                "basics",
                key,
                fix="请填手机号，或带区号的固定电话。",
            )


def _spot(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    east, north = facts.get("basics.longitude"), facts.get("basics.latitude")
    if (east is None) != (north is None):
        missing = "longitude" if east is None else "latitude"
        yield Problem("经度和纬度要一起填写，或者都不填。", "basics", missing)
    if east is not None and not wording.EAST[0] <= east <= wording.EAST[1]:
        yield Problem("经度不在我国境内。", "basics", "longitude", fix="请核对是否与纬度填反。")
    if north is not None and not wording.NORTH[0] <= north <= wording.NORTH[1]:
        yield Problem("纬度不在我国境内。", "basics", "latitude", fix="请核对是否与经度填反。")


def _words(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    if facts.kind in REGISTERED_ALREADY:
        yield from kindergartens.scope_problems(facts, book)
        return
    family = facts.kind == Kind.FAMILY_POINT
    prefix = "family_point" if family else "registration"
    yield from wording.scope_problems(facts.text("basics.business_scope"), book.all(f"{prefix}.scope_words"))
    yield from wording.name_problems(facts.text("basics.name"), book.all(f"{prefix}.name_words"))


def _lease(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """A lease runs at least as long as the rule says, from its first day to its last."""
    if facts.get("premises.tenure") != "leased":
        return
    begins, ends = facts.get("premises.lease_from"), facts.get("premises.lease_to")
    for key, value, label in (("lease_from", begins, "租赁开始日期"), ("lease_to", ends, "租赁结束日期")):
        if value is None and f"premises.{key}" not in facts.unreadable:
            yield Problem(f"租赁场地还没有填写“{label}”。", "premises", key)
    if begins is None or ends is None:
        return
    if ends <= begins:
        yield Problem("租赁结束日期早于开始日期。", "premises", "lease_to")
        return
    if ends <= on:
        yield Problem("租赁合同已经到期。", "premises", "lease_to", fix="请续签后填写新的结束日期。")
    key = "family_point.lease_min_years" if facts.kind == Kind.FAMILY_POINT else "lease.min_years"
    for rule in book.all(key):
        enough = wording.years_after(begins, rule.value)
        if enough > wording.next_day(ends):
            yield problem(
                rule, f"租期不足{rule.value}年。", "premises", "lease_to",
                f"请把租期延长到{wording.day_before(enough):%Y-%m-%d}或以后。",
            )  # fmt: skip


def _floors(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """Floors: the standards contradict each other, so each says its own."""
    floor = facts.get("premises.floor")
    if floor is not None:
        for rule in book.group("floor"):
            if rule.key.startswith("floor.max") and floor > rule.value:
                yield problem(
                    rule, f"婴幼儿用房在{floor:g}层，该标准要求不高于{rule.value}层。",
                    "premises", "floor",
                    "各标准不一致，请向当地卫生健康和消防部门核实。",
                )  # fmt: skip
    below = facts.yes("premises.basement") or (floor is not None and floor < 1)
    for rule in book.all("premises.basement_forbidden"):
        if below and rule.value:
            yield problem(rule, "婴幼儿用房不得设在地下室或半地下室。", "premises", "basement")


def _outdoor(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    if facts.kind == Kind.FAMILY_POINT:
        return
    area, nearby = facts.get("premises.outdoor_area"), facts.yes("premises.outdoor_nearby")
    for rule in book.all("outdoor.required"):
        if rule.value and not area and nearby is False:
            yield problem(
                rule,
                "没有户外活动场地。",
                "premises",
                "outdoor_area",
                "可以借用附近安全的公共场地，请如实填写。",
            )
        elif rule.value and area is None and nearby is None:
            yield Problem("还没有填写户外活动场地。", "premises", "outdoor_area", rule.key)


def _rooms(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    area, days = facts.get("premises.observation_area"), facts.get("premises.video_days")
    if facts.kind == Kind.FAMILY_POINT:
        video = book.all("family_point.video_days")
        for rule in book.all("family_point.owners_consent"):
            if rule.value and facts.yes("premises.owners_consent") is False:
                yield problem(rule, "还没有取得全体业主同意。", "premises", "owners_consent")
    else:
        video = book.group("video")
        for rule in book.group("observation_room"):
            if area is not None and area < rule.value and not rule.key.endswith("_large"):
                yield problem(
                    rule,
                    f"保健观察室{area:g}平方米，不足{rule.value}平方米。",
                    "premises",
                    "observation_area",
                )
    for rule in video:
        if days is not None and days < rule.value:
            yield problem(
                rule, f"监控录像只保存{days:g}天，应不少于{rule.value}天。", "premises", "video_days"
            )


def _places(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """More places asked than a limit allows: each limit says so itself."""
    capacity = licensable_capacity(facts, book)
    family = facts.kind == Kind.FAMILY_POINT
    for index, part in enumerate(capacity.classes):
        field = "children" if family else f"row-{index}-places"
        for limit in part.limits:
            if part.asked is not None and limit.allows is not None and part.asked > limit.allows:
                yield _too_many(part.label, part.asked, limit, field)
    asked = sum(part.asked or 0 for part in capacity.classes)
    for limit in capacity.whole:
        if limit.allows is not None and asked > limit.allows:
            yield Problem(
                f"{f'（{limit.label}）' if limit.label else ''}共{asked}个托位，"
                f"按“{limit.name}”最多{limit.allows}个（{limit.says}）。",
                "premises", "outdoor_area", limit.rule_key, limit.source, "block" if limit.hard else "warn",
            )  # fmt: skip


def _too_many(label: str, asked: int, limit: Limit, field: str) -> Problem:
    """What a limit says against the places asked for; one that allows none asks for other conditions."""
    mark = f"（{limit.label}）" if limit.label else ""
    severity = "block" if limit.hard else "warn"
    if limit.allows == 0:
        message = f"{mark}{label}不满足“{limit.name}”：{limit.says}。"
        fix = "请核对填写的内容，或改变条件后再设这个班。"
    else:
        message = f"{mark}{label}填了{asked}个托位，按“{limit.name}”最多{limit.allows}个（{limit.says}）。"
        fix = f"请减到{limit.allows}个以内，或改变所依据的条件。"
    return Problem(message, "classes", field, limit.rule_key, limit.source, severity, fix)


def _staff(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    for key, rule_key, message in ANSWERED_YES:
        for rule in book.all(rule_key):
            if facts.yes(f"staff.{key}") is False:
                yield problem(rule, message, "staff", key)
    for key, rule_key, label in AT_LEAST:
        value = facts.get(f"staff.{key}")
        for rule in book.all(rule_key):
            alone = key != "guards" or facts.yes("premises.standalone") is True
            if value is not None and alone and value < rule.value:
                yield problem(rule, f"{label} {value:g}，应不少于{rule.value}。", "staff", key)
    yield from _head(facts, book)
    yield from _health_staff(facts, book)


ANSWERED_YES = (
    ("head_trained", "head.training", "负责人还没有岗位培训合格。"),
    ("carers_trained", "carer.training", "还有保育（照护）人员没有接受过规定的培训。"),
    ("carers_background", "carer.background", "还有保育（照护）人员没有照护经验或相关专业背景。"),
    ("health_staff_trained", "health_staff.training", "保健人员还没有经妇幼保健机构培训合格。"),
    ("health_certificates", "staff.health_certificate", "还有工作人员没有健康合格证。"),
    ("records_checked", "staff.clean_record", "还没有完成违法犯罪记录查询，或有人有记录。"),
)
AT_LEAST = (
    ("head_years", "head.experience_years", "负责人相关管理经历（年）"),
    ("health_staff", "health_staff.min", "保健人员数"),
    ("guards", "guard.min", "持证保安人数"),
)


def _head(facts: Facts, book: Book) -> Iterator[Problem]:
    has = facts.get("staff.head_education")
    for rule in book.all("head.education"):
        known = has in pages.EDUCATION and rule.value in pages.EDUCATION
        if known and pages.EDUCATION.index(has) < pages.EDUCATION.index(rule.value):
            yield problem(rule, f"负责人学历为{has}，应不低于{rule.value}。", "staff", "head_education")


def _health_staff(facts: Facts, book: Book) -> Iterator[Problem]:
    """One full-time health worker for each so many children, from that many on."""
    value, places = facts.get("staff.health_staff"), [row.places or 0 for row in facts.classes]
    for rule in book.all("health_staff.per_children"):
        needed = int(sum(places) // rule.value) if rule.value else 0
        if value is not None and value < needed:
            yield problem(
                rule, f"收托{sum(places)}人，应有不少于{needed}名专职保健人员。", "staff", "health_staff"
            )


def _papers(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    for paper in facts.papers.values():
        if needed(paper.slot, facts) is True:
            yield from _paper_missing(paper, facts)
        if paper.files or paper.issuer or paper.number:
            yield from _paper_dates(paper, facts, on)


def needed(slot: pages.Slot, facts: Facts) -> bool | None:
    """Whether a paper must be handed in; None while a fact it depends on is not known."""
    known = {
        "kind": facts.kind,
        "tenure": facts.get("premises.tenure"),
        "meals": facts.yes("basics.serves_meals"),
        "registered": facts.registered,
        "joint": {"joint": True, "alone": False}.get(facts.text("provider.together")),
    }
    answer: bool | None = True
    for name, wanted in slot.required_when.items():
        have = known.get(name)
        if have is None:
            answer = None if answer else answer
        elif have not in (wanted if isinstance(wanted, list | tuple) else (wanted,)):
            return False
    return answer


def _paper_missing(paper: PaperFacts, facts: Facts) -> Iterator[Problem]:
    slot = paper.slot
    if not paper.files:
        mark = f"（{slot.only_advised}）" if slot.only_advised else ""
        yield Problem(f"还差材料：{slot.label}{mark}。", "papers", slot.key, slot.rule_key, slot.source,
                      "warn" if mark else "block", "请拍照或扫描后上传。")  # fmt: skip
        return
    for key, label in (("issuer", "出具单位"), ("number", "文号或证号")):
        if not getattr(paper, key) and (key == "issuer" or slot.needs_number):
            yield Problem(f"“{slot.label}”还没有填写{label}。", "papers", f"{slot.key}_{key}", slot.rule_key)
    unread = f"papers.{slot.key}_expires_on" in facts.unreadable
    if slot.needs_expiry and paper.expires_on is None and not unread:
        yield Problem(f"“{slot.label}”还没有填写有效期。", "papers", f"{slot.key}_expires_on", slot.rule_key)


def _paper_dates(paper: PaperFacts, facts: Facts, on: date) -> Iterator[Problem]:
    slot = paper.slot
    for key, label in (("issued_on", "出具日期"), ("expires_on", "有效期")):
        if f"papers.{slot.key}_{key}" in facts.unreadable:
            yield Problem(f"“{slot.label}”的{label}看不懂。", "papers", f"{slot.key}_{key}",
                          fix="请按2026-11-22的样子填写日期。")  # fmt: skip
    if paper.issued_on and paper.issued_on > on:
        yield Problem(f"“{slot.label}”的出具日期在今天以后。", "papers", f"{slot.key}_issued_on")
    if paper.expires_on and paper.expires_on < on:
        yield Problem(f"“{slot.label}”已过有效期。", "papers", f"{slot.key}_expires_on", slot.rule_key,
                      slot.source, fix="请更换有效的材料。")  # fmt: skip
    if paper.issued_on and paper.expires_on and paper.expires_on < paper.issued_on:
        yield Problem(f"“{slot.label}”的有效期早于出具日期。", "papers", f"{slot.key}_expires_on")


CHECKS: tuple[Check, ...] = (
    _missing, _rows, _length, _phones, _spot, _words, _lease, _floors, _outdoor, _rooms, _places,
    kindergartens.problems, employers.problems, _staff, _papers, _sizes, _formulas,
)  # fmt: skip
WHATEVER: tuple[Check, ...] = (_missing, _length, _papers, _sizes)
CHECKS_OF: dict[str, tuple[Check, ...]] = {
    CHANGE: (*CHECKS, after_filing.something_changes),
    CANCELLATION: (*WHATEVER, after_filing.settled_first),
    SUSPENSION: (*WHATEVER, after_filing.pause),
    RESUMPTION: WHATEVER,
    ANNUAL_REVIEW: (*WHATEVER, after_filing.differences_named),
    ANNUAL_REPORT: WHATEVER,
}
