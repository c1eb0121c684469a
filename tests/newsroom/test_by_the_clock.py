"""What runs by the clock can be done now by a command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import Section

pytestmark = pytest.mark.django_db


def by_the_clock(*names):
    output = StringIO()
    call_command("by_the_clock", *names, stdout=output)
    return output.getvalue()


def test_all_is_listed_with_its_hours_and_what_it_does():
    lines = by_the_clock().splitlines()

    assert len(lines) == len(app.periodic_registry.periodic_tasks)
    (fold,) = [line for line in lines if line.startswith("fold_site_changes")]
    assert fold.split(maxsplit=6)[1:6] == ["20", "*", "*", "*", "*"]
    assert fold.endswith("Keep the version of the site quick to read.")


def test_one_is_done_at_once():
    Section.objects.create(name="One", slug="one")

    by_the_clock("fold_site_changes")

    with connection.cursor() as cursor:
        cursor.execute("select distinct xid::text from newsroom_site_change")
        assert cursor.fetchall() == [("0",)]


def test_what_is_about_the_jobs_of_workers_is_left_to_one():
    assert "a worker does it" in by_the_clock("forget_old_jobs")
    assert ProcrastinateJob.objects.get().task_name.endswith("forget_old_jobs")


def test_what_nobody_knows_is_refused():
    with pytest.raises(CommandError, match="Nothing by the clock is called nonsense"):
        by_the_clock("nonsense")
