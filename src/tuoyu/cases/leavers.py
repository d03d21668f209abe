"""What becomes of the steps a person had in hand at a post when that seat ends."""

from tuoyu.accounts.models import Membership
from tuoyu.accounts.queries import colleagues
from tuoyu.cases import actions
from tuoyu.cases.models import Step
from tuoyu.core.actor import Actor


def release_steps(seat: Membership) -> int:
    """Put the active steps its holder had taken at this post back into the department's inbox; how many.

    Steps at the person's other posts stay, and so do these where another seat is at the same post.
    """
    if seat.user_id in dict(colleagues(seat.department, seat.division_code)):
        return 0
    steps = Step.objects.filter(
        assignee=seat.user_id,
        state=Step.State.ACTIVE,
        department=seat.department,
        division_code=seat.division_code,
    )
    for step in steps:
        actions.reassign(by=Actor.system("人员离岗"), step=step, to_user_id=None, reason="原经办人离岗")
    return len(steps)
