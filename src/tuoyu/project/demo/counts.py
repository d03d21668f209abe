"""How many children are enrolled at the filed nurseries of the demonstration: at the filing, and today."""

from datetime import date

from tuoyu.institutions.actions import state_counts
from tuoyu.institutions.models import Institution
from tuoyu.project.demo.people import BY

# So many places of a class are still free, turn by turn; soon after a filing some more.
FREE, FREE_AT_FIRST = (2, 0, 4, 1), 5


def count_children(institution: Institution, days: list[date]) -> None:
    """State the counts of these days, the last as it is now. The same institution has the same counts."""
    for day in days:
        fewer = 0 if day is days[-1] else FREE_AT_FIRST
        groups = institution.classes.open_on(day).order_by("pk")
        enrolled = {
            group.pk: max(0, group.places - FREE[place % len(FREE)] - fewer)
            for place, group in enumerate(groups)
        }
        if enrolled:
            state_counts(by=BY, institution=institution, day=day, enrolled=enrolled)
