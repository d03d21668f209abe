"""What employers say who set a place up for their own people: who they are, how, and what they open."""

from collections.abc import Iterator
from datetime import date

from tuoyu.core.problems import Problem
from tuoyu.institutions.rules.book import Book, problem
from tuoyu.institutions.rules.facts import Facts
from tuoyu.institutions.rules.kindergartens import PROVIDER, credit_code_problems
from tuoyu.institutions.rules.wording import is_formula
from tuoyu.institutions.vocabulary import Kind

ENTRUSTED = "委托"


def problems(facts: Facts, book: Book, on: date) -> Iterator[Problem]:
    """What stands against an employer's place; nothing for any other kind."""
    if facts.kind != Kind.EMPLOYER:
        return
    yield from _partners(facts)
    yield from _jointly(facts, book)
    yield from _operation(facts)
    yield from _opened(facts)


def _partners(facts: Facts) -> Iterator[Problem]:
    if not facts.partners:
        yield Problem("还没有填写举办单位。", PROVIDER, "row-0-name", fix="请至少填写一家单位。")
    for index, partner in enumerate(facts.partners):
        which = f"第{index + 1}家单位"
        if not partner.name:
            yield Problem(f"{which}还没有填写“单位名称”。", PROVIDER, f"row-{index}-name")
        elif is_formula(partner.name):
            yield Problem(f"{which}的名称不能以“=”“+”“-”“@”开头。", PROVIDER, f"row-{index}-name")
        if not partner.uscc:
            yield Problem(f"{which}还没有填写“统一社会信用代码”。", PROVIDER, f"row-{index}-uscc")
        yield from credit_code_problems(partner.uscc, f"row-{index}-uscc", f"{which}的")
    codes = [partner.uscc for partner in facts.partners if partner.uscc]
    for index, partner in enumerate(facts.partners):
        if partner.uscc and partner.uscc in codes[:index]:
            yield Problem(f"第{index + 1}家单位与前面一家的信用代码相同。", PROVIDER, f"row-{index}-uscc")


def _jointly(facts: Facts, book: Book) -> Iterator[Problem]:
    """Together there are two at least, one of them answers for it, and where asked they share a park."""
    if facts.text("provider.together") != "joint" or not facts.partners:
        return
    if len(facts.partners) == 1:
        yield Problem(
            "联合举办还没有填写第二家单位。", PROVIDER, "row-1-name", fix="请再加一家，或改为单独举办。"
        )
    leading = sum(partner.leads is True for partner in facts.partners)
    if leading != 1:
        said = "还没有选牵头负责的单位" if not leading else f"选了{leading}家牵头负责的单位"
        yield Problem(f"{said}，应当有一家。", PROVIDER, "row-0-leads", fix="请只在一家单位选“是”。")
    for rule in book.all("employer.same_park"):
        answer = facts.yes("provider.same_park")
        if answer is None:
            yield Problem("还没有填写“联合举办的单位是否在同一园区”。", PROVIDER, "same_park", rule.key)
        elif not answer:
            yield problem(rule, "联合举办说的是同一园区的单位，这几家不在同一园区。", PROVIDER, "same_park")


def _operation(facts: Facts) -> Iterator[Problem]:
    entrusted = ENTRUSTED in facts.text("provider.operation")
    if entrusted and not facts.text("provider.operator"):
        yield Problem("还没有填写“受托运营的单位”。", PROVIDER, "operator")


def _opened(facts: Facts) -> Iterator[Problem]:
    """What is opened to others is part of the places, never more."""
    if not facts.yes("provider.opens"):
        return
    opened, places = facts.get("provider.opened_places"), sum(row.places or 0 for row in facts.classes)
    if opened is None:
        if "provider.opened_places" not in facts.unreadable:
            yield Problem("还没有填写对外开放的托位数。", PROVIDER, "opened_places")
    elif opened < 1 or opened != int(opened):
        yield Problem("对外开放的托位数应当是不小于1的整数。", PROVIDER, "opened_places")
    elif places and opened > places:
        yield Problem(
            f"对外开放{opened:g}个托位，多于各班托位之和{places}个。", PROVIDER, "opened_places",
            fix=f"请减到{places}个以内，或增加班级的托位。",
        )  # fmt: skip
