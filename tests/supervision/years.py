"""A year whose working days officers publish while clocks run."""

from datetime import date

from tuoyu.core import workdays
from tuoyu.core.actor import Actor

BY = Actor.system("测试")


def published(year: int) -> None:
    """The holidays that stand on the same day every year are entered, and the night after is over."""
    for month, day in workdays.FIXED_HOLIDAYS:
        workdays.set_workday(by=BY, on=date(year, month, day), is_workday=False, note="放假通知")
    workdays.recompute_known(BY)
