"""Background work: rounds that are closed become public; what was not mended in time is looked at anyway."""

from procrastinate.contrib.django import app

from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.supervision import actions, queries
from tuoyu.supervision.actions import publish_draw
from tuoyu.supervision.models import Rectification


@app.periodic(cron="17 * * * *")
@app.task(name="supervision.publish_rounds", queueing_lock="supervision.publish_rounds")
def publish_rounds(timestamp: int) -> int:
    """Publish list and seed of every round that is closed; returns how many."""
    done = 0
    for draw in queries.unpublished():
        if not queries.is_ripe(draw):
            continue
        try:
            publish_draw(by=Actor.system("双随机抽取"), draw=draw)
            done += 1
        except Overtaken:
            continue
    return done


@app.periodic(cron="20 1 * * *")
@app.task(name="supervision.pass_over_silence", queueing_lock="supervision.pass_over_silence")
def pass_over_silence(timestamp: int) -> int:
    """Go on with each rectification whose day is over without an answer; how many there were."""
    silent = Rectification.objects.filter(
        case__state=Case.State.RETURNED, case__answer_due_on__lt=clock.today()
    )
    done = 0
    for one in silent.select_related("case").order_by("pk").iterator():
        try:
            actions.pass_over_silence(by=Actor.system("整改期限"), rectification=one, reason="")
            done += 1
        except Refused:
            # Answered meanwhile.
            continue
    return done
