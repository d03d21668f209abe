"""Background work: writing what was decided, and forgetting what files said."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from procrastinate.contrib.django import app

from tuoyu.accounts.actors import actor_for
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.problems import Overtaken
from tuoyu.imports import actions, carrying
from tuoyu.imports.models import Import

# So long a file with defects can be downloaded again.
KEPT = timedelta(days=30)


@app.task(name="imports.write")
def write_import(pk: int) -> None:
    """Write an import in the name of its owner, in the posts in which it was read and which are still held,
    and as the applicant everybody is.

    Run twice it writes once: what is known already is not new.
    """
    imported = Import.objects.select_related("owner").get(pk=pk)
    actor = actor_for(imported.owner)
    held = tuple(seat for seat in actor.seats if seat.membership_id in (None, *imported.seats))
    carrying.carry_out(imported, replace(actor, seats=held))


@app.periodic(cron="17 3 * * *")
@app.task(name="imports.forget", queueing_lock="imports.forget")
def forget(timestamp: int) -> int:
    """Let go what old files said; how many. What somebody decides on meanwhile is left for the next night."""
    old = Import.objects.filter(made_at__lt=clock.now() - KEPT, content__isnull=False)
    gone = 0
    for imported in old.exclude(state=Import.State.WRITING):
        with suppress(Overtaken):
            actions.forget(by=Actor.system("到期清除"), imported=imported)
            gone += 1
    return gone
