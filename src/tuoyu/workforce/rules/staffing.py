"""What the rules ask of the staff on a day: each point is kept, is not, or cannot be known from the register.

What was never shown is not known, never fine; what was shown and is good no longer is not kept.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tuoyu.institutions.rules.book import Book, RuleLike, blocks, label_of
from tuoyu.institutions.vocabulary import Kind
from tuoyu.workforce.rules.certificates import MONTHS, months_later
from tuoyu.workforce.rules.register import Register, Room, Worker
from tuoyu.workforce.vocabulary import CheckResult, Education, Post, QualificationKind

Q = QualificationKind
Books = Callable[[date], Book]


@dataclass(frozen=True)
class Finding:
    """One point of one rule. `worker` and `room` say whom and which class it is about, where it is one.

    `holds`: True kept, False not kept, None not known.
    """

    rule_key: str
    source: str
    hard: bool
    label: str
    holds: bool | None
    says: str
    fix: str = ""
    worker: int | None = None
    room: int | None = None
    paper: str = ""
    since: date | None = None

    @property
    def about(self) -> tuple[object, ...]:
        """What makes it the same point on another day."""
        return (self.rule_key, self.source, self.worker, self.room, self.paper)


Asked = tuple[str, str, QualificationKind]
# A paper that somebody in a post must have, by the rule that asks for it; everybody where no post is named.
PAPERS: tuple[Asked, ...] = (
    ("staff.health_certificate", "", Q.HEALTH_CERTIFICATE),
    ("carer.training", Post.CARER, Q.CARER_TRAINING),
    ("head.training", Post.HEAD, Q.HEAD_TRAINING),
    ("health_staff.training", Post.HEALTH, Q.HEALTH_TRAINING),
    ("guard.certificate", Post.GUARD, Q.GUARD_CERTIFICATE),
)
# A family childcare point has a rule of its own (家庭托育点管理办法), and none of the posts.
FAMILY_PAPERS: tuple[Asked, ...] = (
    ("family_point.carer_conditions", Post.CARER, Q.HEALTH_CERTIFICATE),
    ("family_point.carer_conditions", Post.CARER, Q.CARER_TRAINING),
)


def findings(register: Register, book: Book, day: date) -> tuple[Finding, ...]:
    """Every point on a day, kept ones with them."""
    found: list[Finding] = []
    for check in FAMILY_CHECKS if register.kind == Kind.FAMILY_POINT else CHECKS:
        found += check(register, book, day)
    return tuple(found)


def open_points(register: Register, books: Books, day: date) -> tuple[Finding, ...]:
    """What is not kept and what is not known on a day, the binding first, each with the day since when."""
    book = books(day)
    wanting = [f for f in findings(register, book, day) if f.holds is not True]
    dated = _since(wanting, register, books, day)
    return tuple(sorted(dated, key=lambda f: (f.holds is None, not f.hard)))


def due_soon(register: Register, books: Books, day: date, within: timedelta) -> tuple[Finding, ...]:
    """What is kept today and will not be within some days, unless something is done; `since` is the day from
    which it will not, the nearest first."""
    kept = {f.about for f in findings(register, books(day), day) if f.holds is True}
    found: dict[tuple[object, ...], Finding] = {}
    turns = {*register.turning_days(), *_recheck_turns(register, books(day), day)}
    for turn in sorted(turn for turn in turns if day < turn <= day + within):
        for finding in findings(register, books(turn), turn):
            if finding.holds is False and finding.about in kept:
                found.setdefault(finding.about, replace(finding, since=turn))
    return tuple(found.values())


def _recheck_turns(register: Register, book: Book, day: date) -> Iterator[date]:
    """The days after which the yearly question was to be asked again."""
    for rule in book.all("staff.record_rechecks_per_year"):
        for worker in register.working(day):
            clear = [a.on for a in worker.answers if a.result == CheckResult.CLEAR]
            if clear:
                yield recheck_due(max(clear), int(rule.value)) + timedelta(days=1)


def _since(wanting: list[Finding], register: Register, books: Books, day: date) -> list[Finding]:
    """Walk back over the days on which something turned, as long as the same point stood as it does."""
    since = dict.fromkeys((f.about for f in wanting), day)
    states = {f.about: f.holds for f in wanting}
    going = set(since)
    for turn in _turning(register, books, day):
        if not going:
            break
        then = {f.about: f.holds for f in findings(register, books(turn), turn)}
        for about in list(going):
            if about in then and then[about] is states[about]:
                since[about] = turn
            else:
                going.discard(about)
    return [replace(f, since=since[f.about]) for f in wanting]


def _turning(register: Register, books: Books, day: date) -> list[date]:
    """The days, from the first with anybody working up to this one, on which the register or a rule turned,
    the latest first."""
    first = min((worker.span.first for worker in register.workers), default=day)
    rules = {getattr(rule, "effective_from", None) for rule in books(day).rules}
    turns = {turn for turn in (*register.turning_days(), *rules) if turn is not None}
    return sorted((turn for turn in turns if first <= turn <= day), reverse=True)


def _finding(
    rule: RuleLike,
    holds: bool | None,
    says: str,
    fix: str = "",
    worker: int | None = None,
    room: int | None = None,
) -> Finding:
    return Finding(rule.key, rule.source, blocks(rule), label_of(rule), holds, says, fix, worker, room)


# ---------------------------------------------------------------- everybody's papers


def papers_asked(register: Register) -> tuple[Asked, ...]:
    """Which papers the rules ask for at such an institution."""
    return FAMILY_PAPERS if register.kind == Kind.FAMILY_POINT else PAPERS


def _papers(register: Register, book: Book, day: date) -> Iterator[Finding]:
    for key, post, kind in papers_asked(register):
        for rule in book.all(key):
            for worker in register.working(day, post):
                yield _paper(rule, worker, kind, day)


def _paper(rule: RuleLike, worker: Worker, kind: QualificationKind, day: date) -> Finding:
    holds, word = worker.shows(kind, day), str(kind.label)
    if holds is None:
        says, fix = f"还没有登记{word}，不知道有没有。", f"请登记{word}并上传证件。"
    elif holds:
        says, fix = f"{word}有效。", ""
    else:
        ended = worker.last_good(kind)
        last = f"，最后有效日为{ended - timedelta(days=1)}" if ended is not None and ended <= day else ""
        says, fix = f"{word}已失效{last}。", f"请换发后重新登记{word}；有效前不计入班级的保育人员。"
    return replace(_finding(rule, holds, says, fix, worker=worker.key), paper=str(kind))


def counts(worker: Worker, asked: Iterable[Asked], book: Book, day: date) -> bool | None:
    """Whether a carer counts for its class: works that day, with every paper that a binding rule asks for,
    and with no record of offences."""
    if not worker.span.holds(day) or worker.hit(day):
        return False
    shown = [
        worker.shows(kind, day)
        for key, post, kind in asked
        if post in ("", worker.post) and any(blocks(rule) for rule in book.all(key))
    ]
    return False if False in shown else None if None in shown else True


# ---------------------------------------------------------------- the classes


def _ratios(register: Register, book: Book, day: date) -> Iterator[Finding]:
    if register.kind == Kind.FAMILY_POINT:
        alone = carers_counted(register, register.working(day, Post.CARER), book, day)
        for rule in book.all("family_point.ratio"):
            yield _ratio(rule, None, register.places(day), alone if register.kept(day) else None)
        return
    for room in register.rooms_on(day):
        there = register.ever_in(room.key, day)
        answers = carers_counted(register, register.in_room(room.key, day), book, day) if there else None
        for rule in book.all(f"ratio.{room.class_type}"):
            yield _ratio(rule, room, room.places, answers)


def carers_counted(register: Register, carers: Iterable[Worker], book: Book, day: date) -> list[bool | None]:
    """For each of `carers` whether it counts."""
    asked = papers_asked(register)
    return [counts(worker, asked, book, day) for worker in carers]


def _ratio(rule: RuleLike, room: Room | None, places: int, answers: list[bool | None] | None) -> Finding:
    name, key = (f"“{room.name}”", room.key) if room else ("本点", None)
    if answers is None:
        says = f"{name}{places}个托位，还没有登记由谁照护。"
        return _finding(rule, None, says, "请在人员页面安排班级。", room=key)
    sure = answers.count(True)
    at_most = sure + answers.count(None)
    holds = True if sure * rule.value >= places else None if at_most * rule.value >= places else False
    says = f"{name}{places}个托位，1名保育人员至多照护{rule.value}人，能计入的保育人员{sure}名"
    if at_most > sure:
        says += f"（另有{at_most - sure}名证书还没有登记）"
    short = max(0, -(-places // int(rule.value)) - sure)
    fix = f"请再安排{short}名证书有效的保育人员，或减少收托。" if short else ""
    return _finding(rule, holds, f"{says}。", fix, room=key)


# ---------------------------------------------------------------- posts


def _head(register: Register, book: Book, day: date) -> Iterator[Finding]:
    heads = register.working(day, Post.HEAD)
    for rule in book.all("head.education"):
        if register.kept(day) and not heads:
            yield _finding(rule, False, "名册里没有在任的负责人。", "请登记负责人。")
        for worker in heads:
            yield _degree(rule, worker)
    for rule in book.all("head.experience_years"):
        for worker in heads:
            holds = None if worker.years is None else worker.years >= rule.value
            has = "还没有登记" if worker.years is None else f"为{worker.years}年"
            says = f"相关管理经历{has}，应不少于{rule.value}年。"
            yield _finding(rule, holds, says, "请补充或核对年限。", worker=worker.key)


def _degree(rule: RuleLike, worker: Worker) -> Finding:
    degrees = list(Education.values)
    known = worker.education in degrees and rule.value in degrees
    holds = degrees.index(worker.education) >= degrees.index(rule.value) if known else None
    says = f"学历{f'为{worker.education}' if worker.education else '还没有登记'}，应不低于{rule.value}。"
    return _finding(rule, holds, says, "请补充或核对学历。", worker=worker.key)


def _health_staff(register: Register, book: Book, day: date) -> Iterator[Finding]:
    there = register.working(day, Post.HEALTH)
    for rule in book.all("health_staff.min"):
        holds = len(there) >= rule.value if register.kept(day) else None
        says = f"在岗保健人员{len(there)}名，应不少于{rule.value}名。"
        yield _finding(rule, holds, says, "请登记保健人员，可以兼职。")
    for rule in book.all("health_staff.education"):
        yield from (_degree(rule, worker) for worker in there)
    for rule in book.all("health_staff.per_children"):
        full_time = sum(worker.full_time for worker in there)
        places = register.places(day)
        needed = int(places // rule.value)
        # Places are the most children there can be; how many there are is not in this register.
        holds = True if full_time >= needed else None
        says = f"托位{places}个，收满时应有专职保健人员{needed}名，现有{full_time}名。"
        yield _finding(rule, holds, says, "请按实际收托人数核对。")


def _guards(register: Register, book: Book, day: date) -> Iterator[Finding]:
    """Only what stands alone must have a guard of its own."""
    there = len(register.working(day, Post.GUARD))
    for rule in book.all("guard.min") if register.standalone is not False else []:
        enough = there >= rule.value
        known = register.kept(day) and register.standalone is not None
        says = f"在岗保安{there}名，独立设置的机构应不少于{rule.value}名。"
        yield _finding(rule, True if enough else False if known else None, says, "请登记持证保安人员。")


def _cooks(register: Register, book: Book, day: date) -> Iterator[Finding]:
    """How many meals and children there are is not in this register: enough for a full house is enough."""
    if register.serves_meals is not True:
        return
    there = len(register.working(day, Post.COOK))
    for rule in book.all("cook.per_children.three_meals"):
        places = register.places(day)
        needed = -(-places // int(rule.value))
        says = f"托位{places}个，三餐一点收满时应有炊事人员{needed}名，现有{there}名。"
        yield _finding(rule, True if there >= needed else None, says, "请按实际餐次和收托人数核对。")


def _background(register: Register, book: Book, day: date) -> Iterator[Finding]:
    """Experience of care, or a fitting subject. The register holds years of experience, and no subject: who
    has none of the one may still have the other, so that it is never said not to be kept."""
    for rule in book.all("carer.background"):
        for worker in register.working(day, Post.CARER):
            if worker.years:
                says, fix = f"照护经验{worker.years}年。", ""
            elif worker.years is None:
                says, fix = "还没有登记照护经验年限。", "请补充相关工作年限。"
            else:
                says = "没有照护经验；名册不登记所学专业，不知道是否有相关专业背景。"
                fix = "请人工核对其专业背景。"
            yield _finding(rule, True if worker.years else None, says, fix, worker=worker.key)


# ---------------------------------------------------------------- records of offences


OF_RECORDS = ("hiring.record_check", "staff.record_rechecks_per_year")


def _records(register: Register, book: Book, day: date) -> Iterator[Finding]:
    for rule in book.all("hiring.record_check"):
        for worker in register.working(day):
            if worker.hit(day):
                says = "违法犯罪记录查询结果为“有记录”，不得录用，已录用的须立即解聘。"
                yield _finding(rule, False, says, "请立即登记离职。", worker=worker.key)
    for rule in book.all("staff.record_rechecks_per_year"):
        for worker in register.working(day):
            yield _recheck(rule, worker, day)


def _recheck(rule: RuleLike, worker: Worker, day: date) -> Finding:
    clear = [a.on for a in worker.answers if a.result == CheckResult.CLEAR and a.on <= day]
    if not clear:
        says = "还没有登记过违法犯罪记录查询的答复。"
        return _finding(rule, None, says, "请向公安机关、检察机关查询并登记答复。", worker=worker.key)
    due = recheck_due(max(clear), int(rule.value))
    holds = day <= due
    says = (
        f"上次查询{max(clear)}，下次应在{due}前。"
        if holds
        else f"上次查询{max(clear)}，已超过一年一查的期限。"
    )
    return _finding(rule, holds, says, "请查询并登记答复。", worker=worker.key)


def recheck_due(last: date, per_year: int) -> date:
    """The last day on which the next answer is in time."""
    return months_later(last, MONTHS // max(1, per_year))


CHECKS: tuple[Callable[[Register, Book, date], Iterable[Finding]], ...] = (
    _ratios, _papers, _background, _records, _head, _health_staff, _guards, _cooks,
)  # fmt: skip
FAMILY_CHECKS = (_ratios, _papers, _records)
