"""The process that does background work: `python -m tuoyu.project.worker`."""

import os

import django
from django.db import connections

from tuoyu.project.loading import loading
from tuoyu.project.processes import end_with_parent

# A job left behind by a worker that was killed is taken up again after this many seconds of silence.
SILENCE = 30


def run() -> None:
    """Work until told to stop; a job that is not done within the grace is left for the next worker."""
    from procrastinate import JobContext
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    @app.periodic(cron="* * * * *")
    @app.task(name="tuoyu.take_up_stalled_jobs", queueing_lock="stalled", pass_context=True)
    async def take_up_stalled_jobs(context: JobContext, timestamp: int) -> None:
        """Jobs are idempotent, so one whose worker died is simply done again."""
        for job in await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
            await context.app.job_manager.retry_job(job)

    @app.periodic(cron="17 3 * * *")
    @app.task(name="tuoyu.forget_old_jobs", queueing_lock="forget", pass_context=True)
    async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
        """Jobs done are kept a month: the audit, not the queue, is the record."""
        await context.app.job_manager.delete_old_jobs(nb_hours=24 * 31)

    connector = DjangoConnector().get_worker_connector()
    with app.replace_connector(connector) as working:
        working.run_worker(
            name="worker",
            concurrency=4,
            listen_notify=True,
            shutdown_graceful_timeout=5,
            stalled_worker_timeout=SILENCE,
        )
    connections.close_all()


if __name__ == "__main__":
    end_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.project.settings")
    with loading():
        django.setup()
    run()
