"""What follows from an application's facts under the rules in force; pure, no database.

Three values throughout: yes, no, and not known. A missing value is never taken for a good or a bad one.
"""

from tuoyu.institutions.rules.book import Book, RuleLike
from tuoyu.institutions.rules.capacity import Capacity, ClassCapacity, Limit, licensable_capacity
from tuoyu.institutions.rules.checks import Check, problems
from tuoyu.institutions.rules.facts import ClassFacts, Facts, PaperFacts, read

__all__ = [
    "Book",
    "Capacity",
    "Check",
    "ClassCapacity",
    "ClassFacts",
    "Facts",
    "Limit",
    "PaperFacts",
    "RuleLike",
    "licensable_capacity",
    "problems",
    "read",
]
