"""What is asked of the matters that come after a filing, beside that everything is filled in."""

from collections.abc import Iterator
from datetime import date, timedelta

from tuoyu.core.problems import Problem
from tuoyu.institutions.rules.book import Book, problem
from tuoyu.institutions.rules.facts import Facts

SETTLE_FIRST = "filing.termination_settle_first"
LONGEST_PAUSE = "suspension.longest_days"


def something_changes(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """A change is for at least one item."""
    if not facts.get("items.items"):
        yield Problem("还没有选择变更事项。", "items", "items", fix="哪些变了就选哪些。")


def settled_first(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """No filing ends before every child and every worker is placed (管理规范 art. 7)."""
    for who, label in (("children", "婴幼儿"), ("staff", "工作人员")):
        there, settled = facts.get(f"ending.{who}"), facts.get(f"ending.{who}_settled")
        if there is None or settled is None:
            continue
        if settled > there:
            yield Problem(f"安置的{label}比在册的多，请核对。", "ending", f"{who}_settled")
        elif settled < there:
            for rule in book.all(SETTLE_FIRST):
                yield problem(
                    rule,
                    f"还有{there - settled:g}名{label}没有安置，不能注销备案。",
                    "ending",
                    f"{who}_settled",
                    "请全部安置好，再提交。",
                )
    last = facts.get("ending.last_day")
    if last is not None and last > on + timedelta(days=FORESEEN):
        yield Problem("停止服务的日期太远，请核对年份。", "ending", "last_day")


# A day further off is a slip of the hand; no document says how early one may apply.
FORESEEN = 366


def pause(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """A suspension runs from a day to a day, not longer than the rule says."""
    begins, ends = facts.get("pause.pause_from"), facts.get("pause.pause_to")
    if begins is not None and begins < on:
        yield Problem("暂停第一天已经过去。", "pause", "pause_from", fix="请从今天或以后的日期开始。")
    if begins is None or ends is None:
        return
    if ends < begins:
        yield Problem("暂停最后一天早于第一天。", "pause", "pause_to")
        return
    days = (ends - begins).days + 1
    for rule in book.all(LONGEST_PAUSE):
        if days > rule.value:
            yield problem(
                rule, f"暂停{days}天，一次最多{rule.value}天。", "pause", "pause_to",
                "请缩短，或到期前再报备一次；不再开办的，请办理备案注销。",
            )  # fmt: skip


def differences_named(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """Who says that something differs says what."""
    if facts.yes("yearly.agrees") is False and not facts.text("yearly.differs"):
        yield Problem("还没有写明哪里不一致。", "yearly", "differs")
