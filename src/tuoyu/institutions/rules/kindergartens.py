"""What a kindergarten must meet to run classes for under-threes: its ages, the demand, what it is already."""

from collections.abc import Iterator
from datetime import date

from tuoyu.core import identifiers
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.rules import wording
from tuoyu.institutions.rules.book import Book, RuleLike, problem
from tuoyu.institutions.rules.facts import Facts
from tuoyu.institutions.vocabulary import ClassType, Kind, LegalForm

PROVIDER = "provider"
MIN_AGE, MAX_AGE = "kindergarten_class.min_months", "kindergarten_class.max_months"
YOUNGER = "kindergarten_class.younger_if_able"


def problems(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """What stands against a kindergarten's classes; nothing for any other kind."""
    if facts.kind != Kind.KINDERGARTEN_CLASS:
        return
    yield from _already(facts, on)
    yield from _ages(facts, book)
    yield from _demand(facts, book)
    yield from _new_kindergarten(facts, book)


def _already(facts: Facts, on: date) -> Iterator[Problem]:
    """The kindergarten is a legal person already: its code and the day of its registration."""
    yield from credit_code_problems(facts.text("provider.uscc"), "uscc")
    registered_on = facts.get("provider.registered_on")
    if registered_on is not None and registered_on > on:
        yield Problem("幼儿园的登记日期在今天以后。", PROVIDER, "registered_on")


def credit_code_problems(code: str, field: str, whose: str = "") -> Iterator[Problem]:
    """Whether a credit code that was given is one."""
    if not code:
        return
    try:
        identifiers.credit_code(code)
    except Refused as refused:
        for found in refused.problems:
            yield Problem(whose + found.message, PROVIDER, field, source=found.source)


def scope_problems(facts: Facts, book: Book) -> Iterator[Problem]:
    """A kindergarten does not register anew, so its scope is not refused here: it may have to be changed."""
    scope, rules = facts.text("basics.business_scope"), book.all("registration.scope_words")
    for found in wording.scope_problems(scope, rules):
        yield Problem(
            f"（待核实）幼儿园登记的{found.message}", found.page, found.field,
            found.rule_key, found.source, "warn",
            "已经登记的幼儿园要不要先变更业务范围，请向登记机关核实。",
        )  # fmt: skip


def _ages(facts: Facts, book: Book) -> Iterator[Problem]:
    """Each class within the ages the place lets kindergartens take."""
    able = book.get(YOUNGER)
    for index, row in enumerate(facts.classes):
        begins = book.number(f"class.{row.class_type}.min_months")
        ends = book.number(f"class.{row.class_type}.max_months")
        where = f"row-{index}-class_type"
        for rule in book.all(MIN_AGE):
            if begins is not None and begins < rule.value:
                yield from _too_young(
                    facts, rule, able, f"第{index + 1}个班是{_named(row.class_type)}", where
                )
        for rule in book.all(MAX_AGE):
            if ends is not None and ends > rule.value:
                yield problem(rule, f"幼儿园托班收到{rule.value}个月为止，第{index + 1}个班是"
                              f"{_named(row.class_type)}。", "classes", where)  # fmt: skip


def _named(class_type: str | None) -> str:
    return str(ClassType(class_type).label) if class_type in ClassType.values else ""


def _too_young(
    facts: Facts, rule: RuleLike, able: RuleLike | None, which: str, where: str
) -> Iterator[Problem]:
    """Where able kindergartens may take younger ones, it says what makes it able; elsewhere it is told."""
    if able is None:
        yield problem(
            rule, f"幼儿园托班从{rule.value}个月收起，{which}，收更小的孩子。", "classes", where,
            "请改为托大班；要收更小的孩子，请另行举办托育机构。",
        )  # fmt: skip
    elif not facts.text("provider.younger_because"):
        yield Problem(
            f"{which}，收{rule.value}个月以下的孩子，还没有写明幼儿园具备什么条件。",
            PROVIDER, "younger_because", able.key, able.source, fix="请写明人员、用房和设施，或改为托大班。",
        )  # fmt: skip


def _demand(facts: Facts, book: Book) -> Iterator[Problem]:
    """Classes come after the places for those the kindergarten is there for."""
    if facts.yes("provider.demand_met") is False:
        for rule in book.all("kindergarten_class.demand_met"):
            yield problem(
                rule, "适龄孩子的入园需要还没有满足，不能开设或扩大托班。", PROVIDER, "demand_met",
                "请先满足入园需要，并取得教育部门的证明。",
            )  # fmt: skip


def _new_kindergarten(facts: Facts, book: Book) -> Iterator[Problem]:
    """New kindergartens are to have classes; it is private ones that may turn to childcare."""
    if facts.yes("provider.newly_built") and not facts.classes:
        for rule in book.all("kindergarten_class.new_kindergartens"):
            yield problem(
                rule, "新建的幼儿园应当一并考虑托班，现在一个班也没有填。", "classes", "row-0-class_type"
            )
    if facts.yes("provider.converts") and facts.legal_form == LegalForm.PUBLIC_INSTITUTION:
        for rule in book.all("kindergarten_class.private_may_convert"):
            yield problem(rule, "转型说的是民办幼儿园，这所幼儿园是事业单位。", PROVIDER, "converts")
