"""Jobs whose worker died."""

from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.tasks import make_modern_renditions
from donations.tasks import send_mail
from newsroom.tasks import MAXIMUM_ATTEMPTS, forget_old_jobs, requeue_stalled


def run(task) -> None:
    async_to_sync(task.func)(SimpleNamespace(app=app), 0)


def stalled_job(attempts: int, number: int | None = None) -> ProcrastinateJob:
    """A job that a worker took, which is gone."""
    number = number or make_modern_renditions.defer(photo_id=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s WHERE id = %s",
            [attempts, number],
        )
    return ProcrastinateJob.objects.get(pk=number)


@pytest.mark.django_db
class TestStalledJobs:
    def test_are_given_to_another_worker(self):
        job = stalled_job(attempts=1)
        run(requeue_stalled)
        job.refresh_from_db()
        assert job.status == "todo"

    def test_fail_for_good_when_they_keep_killing_workers(self):
        job = stalled_job(attempts=MAXIMUM_ATTEMPTS)
        run(requeue_stalled)
        job.refresh_from_db()
        assert job.status == "failed"

    @pytest.mark.parametrize(
        ("attempts", "status"), [(MAXIMUM_ATTEMPTS + 1, "todo"), (30, "failed")]
    )
    def test_of_a_patient_task_outlive_a_mail_server_that_was_away(self, attempts, status):
        job = stalled_job(attempts, send_mail.defer(mail_id=1))
        run(requeue_stalled)
        job.refresh_from_db()
        assert job.status == status

    def test_that_succeeded_long_ago_are_forgotten(self):
        waiting, done = (make_modern_renditions.defer(photo_id=number) for number in (1, 2))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s;"
                "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s;"
                "UPDATE procrastinate_events SET at = at - interval '4 days' WHERE job_id = %s",
                [done, done, done],
            )
        run(forget_old_jobs)
        assert [job.pk for job in ProcrastinateJob.objects.all()] == [waiting]
