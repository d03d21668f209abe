"""Background work: days that are over are brought to mind."""

from procrastinate.contrib.django import app

from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken
from tuoyu.ratings import actions, queries


@app.periodic(cron="35 7 * * *")
@app.task(name="ratings.remind_overdue", queueing_lock="ratings.remind_overdue")
def remind_overdue(timestamp: int) -> int:
    """Remind of each assessment past its day, once for that day; how many there were."""
    done = 0
    for one in queries.overdue().iterator(chunk_size=200):
        try:
            actions.remind(by=Actor.system("评估期限"), assessment=one)
            done += 1
        except Overtaken:
            continue
    return done
