"""Whether the process is up, and whether it can serve readers."""

import pytest
from django.db import DatabaseError, connection

from newsroom import health


def test_the_process_is_up_whatever_the_database_does(client):
    answer = client.get("/healthz")  # A query would fail here.

    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_it_is_ready_when_nothing_is_missing(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (200, b"ready\n")


@pytest.mark.django_db
def test_it_is_not_ready_before_all_migrations_are_applied(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'articles'")
    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (503, b"migrations: not all applied\n")


@pytest.mark.django_db
def test_it_is_not_ready_without_storage(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (503, b"storage: no picture can be written\n")


def test_it_is_not_ready_without_database(client, monkeypatch):
    def refuse(*args):
        raise DatabaseError

    monkeypatch.setattr(health, "MigrationExecutor", refuse)
    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (503, b"database: does not answer\n")
