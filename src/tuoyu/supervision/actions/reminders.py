"""Whoever made a decision is reminded that its last day to be made public comes."""

from tuoyu.accounts.queries import colleagues
from tuoyu.cases.notices import tell_each
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken
from tuoyu.supervision import boards
from tuoyu.supervision.models import Sanction


@action
def remind_of_publishing(*, by: Actor, sanction: Sanction) -> Sanction:
    """Tell all who may publish a decision until when that must be done; once when the day is near and once
    when it has come. Raises Overtaken when they were told, or when there is nothing to tell."""
    today = clock.today()
    held = boards.near_publishing().select_for_update(of=("self",)).filter(pk=sanction.pk).first()
    if held is None or held.publish_by is None:
        raise Overtaken
    told_on, come = held.publish_told_on, held.publish_by <= today
    if told_on is not None and (told_on >= held.publish_by or not come):
        raise Overtaken
    held.publish_told_on = today
    held.save(update_fields=["publish_told_on"])
    text = (
        f"对“{held.institution.name}”的{held.get_kind_display()}（办件编号 {held.case.number}）最迟"
        f" {held.publish_by} 公示，{_what_then(held)}"
    )
    people = colleagues(held.department, held.division_code)
    title = "处理决定到期未公示" if come else "处理决定须按期公示"
    tell_each([(user_id, text) for user_id, _ in people], title, place=held.division_code, case=held.case)
    audit.record(by, "sanction.publishing_reminded", held, topic=held.topic, place=held.division_code,
                 after={"publish_by": str(held.publish_by), "told": len(people)})  # fmt: skip
    return held


def _what_then(sanction: Sanction) -> str:
    if sanction.delivered_on is None:
        return "还没有送达。请尽快送达、公示。"
    if not boards.is_publishable(sanction):
        return "正在复查，到期不会自动公示。请尽快作出复查结论；维持的，请公示。"
    return "届时没有公示的，系统按决定内容自动公示。"
