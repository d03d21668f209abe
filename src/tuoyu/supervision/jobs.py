"""Background work: closed rounds and results that are due become public; silence is not waited out."""

from procrastinate.contrib.django import app

from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.supervision import actions, boards, queries
from tuoyu.supervision.models import Inspection, Rectification
from tuoyu.supervision.vocabulary import InspectionState


@app.periodic(cron="17 * * * *")
@app.task(name="supervision.publish_rounds", queueing_lock="supervision.publish_rounds")
def publish_rounds(timestamp: int) -> int:
    """Publish list and seed of every round that is closed; returns how many."""
    done = 0
    for draw in queries.unpublished():
        if not queries.is_ripe(draw):
            continue
        try:
            actions.publish_draw(by=Actor.system("双随机抽取"), draw=draw)
            done += 1
        except Overtaken:
            continue
    return done


@app.periodic(cron="23 6 * * *")
@app.task(name="supervision.publish_due", queueing_lock="supervision.publish_due")
def publish_due(timestamp: int) -> int:
    """Publish every confirmed result whose last day for it has come; returns how many."""
    due = Inspection.objects.filter(
        state=InspectionState.CONFIRMED, published_at__isnull=True, publish_due_on__lte=clock.today()
    )
    done = 0
    for inspection in due.order_by("pk").iterator(chunk_size=200):
        try:
            actions.publish(by=Actor.system("检查结果公布"), inspection=inspection)
            done += 1
        except Overtaken:
            continue
    return done


@app.periodic(cron="29 6,20 * * *")
@app.task(name="supervision.publish_sanctions", queueing_lock="supervision.publish_sanctions")
def publish_sanctions(timestamp: int) -> int:
    """Publish every delivered decision whose last day for it has come, remind of the others that are near;
    returns how many were published. In the evening again, for what was delivered on the last day itself."""
    done, by = 0, Actor.system("处理决定公示")
    for sanction in boards.near_publishing().iterator(chunk_size=200):
        try:
            due = sanction.publish_by is not None and sanction.publish_by <= clock.today()
            if due and boards.is_publishable(sanction):
                actions.publish_sanction(by=by, sanction=sanction)
                done += 1
            else:
                actions.remind_of_publishing(by=by, sanction=sanction)
        except (Overtaken, Refused):
            # Somebody was first, or they were told already.
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
