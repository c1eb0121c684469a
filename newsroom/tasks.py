"""Housekeeping of the background work itself."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from newsroom import site_version
from newsroom.signing_in import sessions

MAXIMUM_ATTEMPTS = 5  # Of a task that does not ask for more.


@app.periodic(cron="* * * * *")
@app.task(queue="housekeeping", queueing_lock="requeue_stalled", pass_context=True)
async def requeue_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of workers that died to others; without this they stay "doing" for ever.

    A job that goes on killing workers counts as failed: `retry_job` knows no limit.
    """
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=30):
        if job.attempts >= attempts_allowed(context, job):
            await jobs.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await jobs.retry_job(job)


def attempts_allowed(context: JobContext, job: Job) -> int:
    """How often a job may be begun before it counts as failed.

    Those that failed for another reason count too, a mail server that was away for instance: a
    task that is patient with it is as patient with workers that die.
    """
    task = context.app.tasks.get(job.task_name)
    retry = task.retry_strategy if task else None
    asked = retry.max_attempts if isinstance(retry, RetryStrategy) else None
    return max(MAXIMUM_ATTEMPTS, asked or 0)


@app.periodic(cron="40 3 * * *")
@app.task(queue="housekeeping", queueing_lock="forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
    """Delete what succeeded more than three days ago; what failed stays for people to see."""
    await context.app.job_manager.delete_old_jobs(nb_hours=72)


@app.periodic(cron="50 3 * * *")
@app.task(queue="housekeeping", queueing_lock="forget_ended_sessions")
def forget_ended_sessions(timestamp: int) -> None:
    """Keep no trace of who was signed in."""
    sessions.forget_ended()


@app.periodic(cron="20 * * * *")
@app.task(queue="housekeeping", queueing_lock="fold_site_changes")
def fold_site_changes(timestamp: int) -> None:
    """Keep the version of the site quick to read."""
    site_version.fold()
