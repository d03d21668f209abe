"""Background work: nurseries are reminded of what they owe each year, once even where the job runs twice."""

from itertools import islice

from procrastinate.contrib.django import app

from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken
from tuoyu.institutions import standing, yearly
from tuoyu.institutions.actions.yearly import is_reminded, remind_yearly
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import FILED

AT_ONCE = 500


@app.periodic(cron="37 6 * * *")
@app.task(name="institutions.remind_yearly", queueing_lock="institutions.remind_yearly")
def remind_of_the_year(timestamp: int) -> int:
    """Remind the heads of whatever falls due or has passed its last day; how many reminders there were."""
    done = 0
    rows = Institution.objects.filter(filing__in=FILED, receipt_issued_on__isnull=False).order_by("pk")
    left = rows.values(*yearly.READS).iterator(chunk_size=AT_ONCE)
    while some := list(islice(left, AT_ONCE)):
        for pk, dues in yearly.dues_of(some).items():
            wanted = [due for due in dues if not is_reminded(pk, due)]
            # Who has no head yet is told once there is one.
            if wanted and standing.heads_of(pk):
                done += sum(_remind(pk, due) for due in wanted)
    return done


def _remind(pk: int, due: yearly.Due) -> bool:
    try:
        remind_yearly(by=Actor.system("年度事项"), institution=Institution.objects.get(pk=pk), due=due)
    except Overtaken:
        return False
    return True
