"""Background work: rounds that are closed become public."""

from procrastinate.contrib.django import app

from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken
from tuoyu.supervision import queries
from tuoyu.supervision.actions import publish_draw


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
