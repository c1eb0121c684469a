"""Reconciling by hand and every night: which time, which exit code, one run at once."""

import logging
import threading

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone
from procrastinate.contrib.django import app

from donations import gateway
from donations.models import Contribution, LedgerEntry
from donations.reconciling import UnderWay, run
from tests.donations.reconciled import (
    DAY,
    give,
    kept,
    mended,
    pledge,
    reconcile,
    told_by_events,
)

pytestmark = pytest.mark.django_db

NIGHTLY = "donations.tasks.reconcile"


def test_the_summary_counts(sandbox):
    give(sandbox)
    pledge(sandbox, email="other@example.org")

    code, printed, told = reconcile()

    assert (code, told) == (0, "")
    assert printed == (
        "Compared 2 checkouts, 1 subscription, 2 charges, 2 balance transactions, 1 invoice,"
        " 1 invoice payment; mended 9; 0 differ.\n"
    )


def test_with_nothing_to_compare(sandbox):
    assert reconcile() == (0, "Compared nothing; mended 0; 0 differ.\n", "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--since=2026-03-02", "--until=2026-03-01"], "2026-03-01 comes before 2026-03-02"),
        (["--until=2026-03-01"], "Write --since too"),
        (["--since=2026-03-01", "--days=3"], "either --days or --since"),
        (["--days=0"], "from 1 to 3660"),
        (["--days=-4"], "from 1 to 3660"),
        (["--days=999999999"], "from 1 to 3660"),
        (["--since=9999-12-31"], "still to come"),
        (["--since=0001-01-01"], "nothing before 2011"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_a_sentence(words, sentence):
    code, printed, told = reconcile(*words)

    assert (code, printed) == (2, "")
    assert sentence in told


@pytest.mark.parametrize("word", ["--days=soon", "--since=2026-02-30", "--until=yesterday"])
def test_nonsense_is_refused(word):
    code, printed, told = reconcile(word)

    assert (code != 0, printed) == (True, "")
    assert word.split("=")[1] in told


def test_days_are_whole_and_the_last_is_included(sandbox):
    give(sandbox)
    today = timezone.localdate()

    def compared(since, until) -> bool:
        return "charge" in reconcile(f"--since={since}", f"--until={until}")[1]

    assert not compared(today - 3 * DAY, today - DAY)
    assert compared(today, today)
    assert compared(today - DAY, "9999-12-31")


@pytest.mark.parametrize(("fault", "times"), [("error", 2), ("lost", 2), ("busy", 1)])
@pytest.mark.parametrize(
    "path", ["checkout", "subscriptions", "invoices", "charges", "balance_transactions"]
)
def test_when_stripe_fails_midway_the_next_run_finishes(sandbox, fault, times, path):
    for number in range(2):
        give(sandbox, email=f"{number}@example.org")
        pledge(sandbox, email=f"{number}@example.org")
    expected = told_by_events(sandbox)
    sandbox.fail(fault, times, path=f"/v1/{path}")

    code, printed, told = reconcile()

    assert (code, printed) == (2, "")
    assert told.startswith("Stripe could not be asked (")
    if path != "checkout":
        assert set(Contribution.objects.values_list("state", flat=True)) == {"succeeded"}
    assert reconcile()[0] == 0
    assert kept() == expected


def test_one_failure_of_stripe_is_borne(sandbox):
    give(sandbox)
    sandbox.fail("error", path="/v1/charges")

    assert reconcile()[0] == 0


def test_without_stripe_nothing_is_compared(sandbox, settings):
    sandbox.server.stop()

    code, printed, told = reconcile()

    assert (code, printed) == (2, "")
    assert "Stripe could not be asked (APIConnectionError)" in told
    assert settings.STRIPE_SECRET_KEY not in told


def test_a_key_that_stripe_does_not_take(sandbox, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_other"

    code, _printed, told = reconcile()

    assert code == 2
    assert "Stripe could not be asked (AuthenticationError)" in told


def test_no_call_waits_inside_a_transaction(sandbox, monkeypatch, lived_quietly):
    depths = []
    call = gateway._call

    def watched(method, *args, **kwargs):
        depths.append(len(connection.savepoint_ids))
        return call(method, *args, **kwargs)

    outside = len(connection.savepoint_ids)
    monkeypatch.setattr(gateway, "_call", watched)
    reconcile()

    assert set(depths) == {outside}


@pytest.fixture
def lived_quietly(sandbox) -> None:
    give(sandbox, "later")
    sandbox.happen("fail-to-arrive", sandbox.newest("checkout.session")["id"])
    give(sandbox, email="other@example.org")
    sandbox.happen("dispute", sandbox.newest("charge")["id"])
    sandbox.happen("fail-renewal", pledge(sandbox, email="poor@example.org")["id"])


@pytest.mark.django_db(transaction=True)
def test_two_do_not_run_at_once(sandbox):
    give(sandbox)
    is_running, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with run.alone():
            is_running.set()
            may_end.wait(10)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    is_running.wait(10)
    code, printed, told = reconcile()
    may_end.set()
    other.join()

    assert (code, printed) == (2, "")
    assert told == "Another reconcile is running. Wait until it has ended."
    assert not LedgerEntry.objects.exists()
    assert reconcile()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_whoever_failed_lets_the_next_one_run(sandbox):
    sandbox.fail("error", times=2)
    reconcile()

    def run_elsewhere() -> None:
        try:
            with run.alone():
                pass
        except UnderWay as error:
            failures.append(error)
        connections.close_all()

    failures: list[Exception] = []
    other = threading.Thread(target=run_elsewhere)
    other.start()
    other.join()
    assert failures == []


class TestNightly:
    def run(self) -> None:
        app.tasks[NIGHTLY].func(timestamp=0)

    def test_run_is_scheduled(self):
        schedules = [task.task.name for task in app.periodic_registry.periodic_tasks.values()]
        assert NIGHTLY in schedules

    def test_run_mends(self, sandbox, caplog):
        caplog.set_level(logging.INFO)
        with time_machine.travel(timezone.now() - DAY):
            give(sandbox)

        self.run()

        assert LedgerEntry.objects.sums()["EUR"]["charge"] == 1000
        assert "mended 3; 0 differ." in caplog.text
        assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []

    def test_run_leaves_to_its_event_what_is_on_its_way(self, sandbox):
        give(sandbox)

        self.run()

        assert not LedgerEntry.objects.exists()
        assert mended(reconcile()[1]) == 3

    def test_run_says_as_an_error_what_differs(self, sandbox, caplog):
        LedgerEntry.objects.create(
            kind="charge",
            stripe_id="ch_nowhere",
            amount_minor=500,
            currency="EUR",
            occurred_at=timezone.now() - DAY,
        )

        self.run()

        errors = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
        assert len(errors) == 2
        assert "charge ch_nowhere is in the books as charge" in errors[0]
        assert "1 differs" in errors[1]

    def test_run_says_as_an_error_that_stripe_is_away_and_is_tried_again(self, sandbox, caplog):
        sandbox.fail("error", times=2)

        with pytest.raises(gateway.Unavailable):
            self.run()

        assert [each.levelname for each in caplog.records] == ["ERROR"]
        assert "Stripe could not be asked" in caplog.text
        assert app.tasks[NIGHTLY].retry_strategy is not None
