"""Events are lost, and reconciling brings about what they would have."""

import random
import threading
from contextlib import suppress

import pytest
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import gateway
from donations.models import LedgerEntry, OutgoingMail, Pledge, StripeEvent
from donations.reconciling import reading
from donations.sandbox.errors import ApiError
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


@pytest.fixture
def lived(sandbox) -> None:
    """All that may happen to gifts, and nobody has told us of it."""
    give(sandbox, email="once@example.org", name="Ada")
    give(sandbox, email="refunded@example.org")
    gateway.create_refund(sandbox.newest("payment_intent")["id"], 400, "key")
    give(sandbox, email="failed-refund@example.org")
    gateway.create_refund(sandbox.newest("payment_intent")["id"], 1000, "other")
    sandbox.happen("fail-refund", sandbox.newest("refund")["id"])
    give(sandbox, email="lost@example.org")
    sandbox.happen("dispute", sandbox.newest("charge")["id"])
    sandbox.happen("lose-dispute", sandbox.newest("dispute")["id"])
    give(sandbox, email="won@example.org")
    sandbox.happen("dispute", sandbox.newest("charge")["id"])
    sandbox.happen("win-dispute", sandbox.newest("dispute")["id"])
    give(sandbox, "decline", email="declined@example.org")
    give(sandbox, "later", email="waiting@example.org")
    sandbox.happen("fail-to-arrive", give(sandbox, "later", email="never@example.org")["id"])
    sandbox.happen("arrive", give(sandbox, "later", email="late@example.org")["id"])
    sandbox.happen("expire", give(sandbox, "decline", email="expired@example.org")["id"])

    sandbox.happen("renew", pledge(sandbox, email="monthly@example.org")["id"])
    sandbox.happen("fail-renewal", pledge(sandbox, email="poor@example.org")["id"])
    sandbox.happen("ask-confirmation", pledge(sandbox, email="asked@example.org")["id"])
    sandbox.happen("end", pledge(sandbox, email="ended@example.org")["id"])
    gateway.change_amount(pledge(sandbox, email="more@example.org"), 2500)
    gateway.pause(pledge(sandbox, email="paused@example.org")["id"], timezone.now() + 60 * DAY)


def test_all_that_was_lost_is_brought_about(sandbox, lived):
    expected = told_by_events(sandbox)
    assert not StripeEvent.objects.exists()

    code, printed, told = reconcile()

    assert (code, told) == (0, "")
    assert mended(printed) > 0
    assert kept() == expected
    sums = LedgerEntry.objects.sums()["EUR"]
    assert sums["charge"] == 13 * 1000
    assert sums["refund"] == -400
    assert (sums["dispute"], sums["dispute_reversal"]) == (-2000, 1000)
    assert sums["fee"] == -(13 * 40 + 2 * 2000)


def test_a_second_run_mends_nothing(sandbox, lived):
    reconcile()
    left, jobs = kept(), ProcrastinateJob.objects.count()

    code, printed, told = reconcile()

    assert (code, mended(printed), told) == (0, 0, "")
    assert kept() == left
    assert ProcrastinateJob.objects.count() == jobs


def test_events_that_come_after_all_change_nothing(sandbox, lived):
    reconcile()
    left = kept()

    sandbox.deliver()

    assert kept() == left
    assert mended(reconcile()[1]) == 0


def test_nothing_is_mended_where_nothing_was_lost(sandbox, lived):
    sandbox.deliver()

    assert reconcile()[0] == 0
    assert mended(reconcile()[1]) == 0


def test_lists_longer_than_a_piece_are_read_to_their_end(sandbox, lived, monkeypatch):
    monkeypatch.setattr(reading, "PIECE", 2)
    expected = told_by_events(sandbox)

    reconcile()

    assert kept() == expected


def test_thanks_are_ordered_once(sandbox):
    give(sandbox)
    reconcile()
    sandbox.deliver()
    reconcile()

    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.supporter.email) == ("thanks", "reader@example.org")
    jobs = ProcrastinateJob.objects.filter(queue_name="mail")
    assert [job.args for job in jobs] == [{"mail_id": mail.pk}]


def test_a_pledge_is_known_by_the_word_on_its_subscription(sandbox):
    pledge(sandbox)
    sandbox.deliver()
    left = kept()
    Pledge.objects.update(contribution=None, supporter=None)

    assert mended(reconcile()[1]) == 1
    assert kept() == left


def live(sandbox, chance: random.Random) -> None:
    """Some gifts and pledges, and what chance does with them."""
    for number in range(3):
        give(
            sandbox, chance.choice(["pay", "pay", "decline", "later"]), email=f"{number}@b.example"
        )
        pledge(sandbox, email=f"{chance.randrange(4)}@a.example")
    for _step in range(12):
        deed, kind = chance.choice(
            [
                ("renew", "subscription"),
                ("renew", "subscription"),
                ("fail-renewal", "subscription"),
                ("end", "subscription"),
                ("refund", "charge"),
                ("dispute", "charge"),
                ("fail-refund", "refund"),
                ("win-dispute", "dispute"),
                ("arrive", "checkout.session"),
                ("fail-to-arrive", "checkout.session"),
                ("pay-out", "charge"),
            ]
        )
        made = sandbox.store.newest_first(kind)
        if made:
            with suppress(ApiError):
                sandbox.happen(deed, chance.choice(made)["id"])


@pytest.mark.parametrize("seed", range(6))
def test_whichever_half_of_the_events_is_lost(sandbox, seed):
    chance = random.Random(seed)
    live(sandbox, chance)
    expected = told_by_events(sandbox)
    events = sandbox.store.undelivered
    sandbox.store.undelivered = chance.sample(events, len(events) // 2)
    sandbox.deliver()

    code, _printed, told = reconcile()

    assert (code, told) == (0, "")
    left = kept()
    mails, wanted = left.pop("mails"), expected.pop("mails")
    assert [mail for mail in mails if mail not in wanted] == []
    # That an attempt failed is not told late, once the next one has been made.
    assert {mail[0] for mail in wanted if mail not in mails} <= {"payment_failed"}
    assert left == expected
    assert mended(reconcile()[1]) == 0


@pytest.mark.django_db(transaction=True)
def test_events_may_arrive_meanwhile(sandbox, lived):
    expected = told_by_events(sandbox)
    failures = []

    def deliver() -> None:
        try:
            sandbox.deliver()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    sender = threading.Thread(target=deliver)
    sender.start()
    answers = [reconcile() for _run in range(3)]
    sender.join()

    assert failures == []
    assert [(code, told) for code, _printed, told in answers] == [(0, "")] * 3
    reconcile()
    assert kept() == expected
    assert not StripeEvent.objects.filter(applied_at=None).exists()
    assert LedgerEntry.objects.sums()["EUR"]["charge"] == 13 * 1000
