"""What follows from given facts about a complaint; no database."""

from datetime import date, timedelta

from tuoyu.accounts.rules import Limit

# The longest text, and what may come with it.
LONGEST_TEXT = 5000
MOST_FILES = 3
# A code is read aloud and typed on a phone: no 0, 1, I, L, O.
SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8

REPORTS_AN_ADDRESS = (Limit(5, timedelta(minutes=10)), Limit(20, timedelta(days=1)))
WRONG_CODES_AN_ADDRESS = (Limit(10, timedelta(minutes=10)), Limit(50, timedelta(days=1)))
WRONG_CODES_A_NUMBER = (Limit(5, timedelta(minutes=15)), Limit(20, timedelta(days=1)))


def code_from(digest: bytes) -> str:
    """The code that a digest stands for."""
    return "".join(SYMBOLS[byte % len(SYMBOLS)] for byte in digest[:CODE_LENGTH])


def tidy_code(written: str) -> str:
    """A code as it was given out, however it was typed."""
    return "".join(written.split()).replace("-", "").upper()


def shown_code(code: str) -> str:
    """A code as a person reads it: in two halves."""
    return f"{code[:4]}-{code[4:]}"


def suppressed(count: int, smallest: int) -> str:
    """A count of a statistic; a small one is not told, so that nobody is known by it."""
    return str(count) if count == 0 or count >= smallest else f"少于{smallest}"


def share(part: int, whole: int, smallest: int) -> str:
    """A share in percent; none of a whole so small that it would tell of one."""
    return "—" if whole < smallest else f"{round(100 * part / whole)}%"


def may_be_reviewed(answered: date, days: int | None, today: date) -> bool:
    """Whether there is still time to ask the office above; `days` None where the channel knows no review."""
    return days is not None and today <= answered + timedelta(days=days)
