"""What becomes of the steps a person had in hand when that person leaves."""

from tuoyu.cases import actions
from tuoyu.cases.models import Step
from tuoyu.core.actor import Actor


def release_steps(user_id: int) -> int:
    """Put every active step of `user_id` back into its department's inbox; returns how many."""
    steps = Step.objects.filter(assignee=user_id, state=Step.State.ACTIVE)
    for step in steps:
        actions.reassign(by=Actor.system("人员离岗"), step=step, to_user_id=None, reason="原经办人离岗")
    return len(steps)
