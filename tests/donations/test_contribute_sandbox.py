"""The giving pages with a stand-in for Stripe behind them, over real HTTP."""

import json
import time

import pytest

from donations import gateway
from donations.models import Contribution, LedgerEntry
from tests.donations.giving import open_form, send
from tests.factories import make_publication
from tests.reading import words_of

pytestmark = pytest.mark.django_db

State = Contribution.State


def sessions(sandbox):
    return list(sandbox.store.objects["checkout.session"].values())


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        ("once", "Your gift of €10.00 has arrived."),
        ("monthly", "Your gift of €10.00 every month has begun"),
        ("annual", "Your gift of €10.00 every year has begun"),
    ],
)
def test_from_the_form_to_the_ledger(client, sandbox, frequency, words):
    address = send(client, frequency=frequency)["Location"]
    thanks = sandbox.press(address, "pay")
    sandbox.deliver()

    assert thanks.startswith("http://testserver/contribute/thanks?session_id=")
    assert words in words_of(client.get(thanks))
    assert Contribution.objects.get().state == State.SUCCEEDED
    assert LedgerEntry.objects.sums()["EUR"]["charge"] == 1000


def test_a_cancelled_checkout_leads_back_and_may_become_another(client, sandbox):
    token = open_form(client)
    send(client, token)
    back = sessions(sandbox)[0]["cancel_url"]
    assert "You will give €10.00 every month." in words_of(client.get(back))

    send(client, token, amount="2000")

    assert sorted(session["status"] for session in sessions(sandbox)) == ["expired", "open"]


def test_an_answer_that_is_lost_makes_no_second_checkout(client, sandbox):
    token = open_form(client)
    sandbox.fail("lost", times=2)

    answer = send(client, token)
    if answer.status_code == 503:
        answer = send(client, token)

    assert answer.status_code == 303
    assert len(sessions(sandbox)) == Contribution.objects.count() == 1


def test_a_broken_stripe_costs_no_more_than_another_try(client, sandbox):
    token = open_form(client)
    sandbox.fail("error", times=2)

    assert send(client, token).status_code == 503
    assert send(client, token).status_code == 303


def test_a_stripe_that_hangs_is_not_waited_for(client, sandbox, monkeypatch):
    monkeypatch.setattr(gateway, "TIMEOUT_SECONDS", 0.2)
    token = open_form(client)
    sandbox.fail("hang", times=2)

    begun = time.monotonic()
    assert send(client, token).status_code == 503
    assert time.monotonic() - begun < 5

    assert send(client, token).status_code == 303
    assert len(sessions(sandbox)) == Contribution.objects.count() == 1


@pytest.mark.parametrize("frequency", ["once", "monthly"])
def test_all_stripe_keeps_of_a_reader_is_the_address_and_an_opaque_word(client, sandbox, frequency):
    story = make_publication(headline="Harbour", slug="harbour")
    address = send(
        client, frequency=frequency, name="Ida", message="Good luck", article=str(story.pk)
    )["Location"]
    sandbox.press(address, "pay")

    word = {"reference": str(Contribution.objects.get().pk)}
    carrier = {"once": "payment_intent", "monthly": "subscription"}[frequency]
    for kind in ("checkout.session", carrier):
        assert sandbox.newest(kind)["metadata"] == word
    kept = json.dumps(sandbox.store.objects).lower()
    assert not any(text in kept for text in ('"ida"', "good luck", "harbour", "article"))
