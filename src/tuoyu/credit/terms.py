"""What the rules of a place say of credit: how long each class counts, how a decision is classed, lists."""

from dataclasses import dataclass

from tuoyu.credit.periods import Terms
from tuoyu.credit.vocabulary import CreditClass, ListKind
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.rulebook import RuleBook, RuleValue

LISTS, PLATFORM = "credit.lists", "credit.platform"


def terms_at(division_code: str, credit_class: CreditClass) -> Terms | None:
    """The months of a class by the rules in force today; None where no rule says how long it counts."""
    book = jurisdictions.book(division_code)
    least, most = (book.find(f"credit.{credit_class}.{end}_months") for end in ("min", "max"))
    return Terms(least.value if least else 0, most.value) if most else None


def rules_at(division_code: str, credit_class: str) -> list[RuleValue]:
    """The rules the period of a class rests on."""
    book = jurisdictions.book(division_code)
    found = (book.find(f"credit.{credit_class}.{end}_months") for end in ("min", "max"))
    return [rule for rule in found if rule is not None]


def class_of(division_code: str, sanction_kind: str) -> CreditClass:
    """How a sanction of a kind is classed at a place, a local parameter."""
    return CreditClass(jurisdictions.book(division_code).get(f"credit.class.{sanction_kind}").value)


def platform_at(division_code: str) -> str:
    """The department whose platform credit information is sent to."""
    return str(jurisdictions.book(division_code).get(PLATFORM).value)


@dataclass(frozen=True)
class Lists:
    """The lists a place keeps, the rule that says so, and by what somebody is put on each."""

    kinds: tuple[ListKind, ...]
    rule: RuleValue | None
    criteria: dict[str, RuleValue]


def lists_at(division_code: str) -> Lists:
    """The lists of a place; none where its document says nothing of them."""
    book = jurisdictions.book(division_code)
    rule = book.find(LISTS)
    kinds = tuple(ListKind(one) for one in rule.value) if rule else ()
    return Lists(kinds, rule, _criteria(book, kinds))


def _criteria(book: RuleBook, kinds: tuple[ListKind, ...]) -> dict[str, RuleValue]:
    found = {str(kind): book.find(f"credit.list.{kind}.criteria") for kind in kinds}
    return {key: rule for key, rule in found.items() if rule is not None}
