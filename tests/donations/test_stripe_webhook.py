"""What the webhook takes, what it refuses, and what is left when applying fails."""

import hashlib
import hmac
import json
import logging
import time

import pytest
from django.db import connection

from donations import webhooks
from donations.models import LedgerEntry, Payment, StripeEvent
from tests.donations.stripe_events import (
    make_charge,
    make_event,
    make_subscription,
    post_body,
    post_event,
    signed,
    tell,
)

pytestmark = pytest.mark.django_db


def body_of_charge() -> str:
    return json.dumps(make_event("charge.succeeded", make_charge()))


def assert_refused(answer) -> None:
    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_charge_is_booked_once_however_often_it_is_told(client):
    event = make_event("charge.succeeded", make_charge(1000))

    for _time in range(3):
        assert post_event(client, event).status_code == 200

    assert LedgerEntry.objects.sums()["EUR"]["charge"] == 1000
    assert StripeEvent.objects.get().payload is None


def test_what_an_event_asks_of_the_worker_is_asked_once(client):
    event = make_event("charge.succeeded", make_charge())
    for _time in range(3):
        post_event(client, event)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (1,)


def test_an_unknown_type_is_stored_and_answered(client):
    tell(client, "tax.settings.updated", {})

    assert StripeEvent.objects.get().applied_at is not None


@pytest.mark.parametrize("type", sorted(webhooks.HANDLERS))
def test_objects_nothing_is_known_of_are_taken(client, type):
    name = type.rpartition(".")[0]
    made = {
        "charge": make_charge(status="failed"),
        "customer.subscription": make_subscription(items={"data": [unusual_item()]}),
        "radar.early_fraud_warning": {"id": "issfr_1", "object": "radar.early_fraud_warning"},
    }
    tell(client, type, made.get(name, an_object_of(name)))


def unusual_item() -> dict:
    """Of a subscription somebody made in Stripe's dashboard."""
    price = {"currency": "eur", "unit_amount": None, "recurring": {"interval": "week"}}
    return {"current_period_end": 1_790_000_000, "price": price}


def an_object_of(name: str) -> dict:
    """A bare object that refers to nothing here."""
    return {
        "id": f"{name}_1",
        "object": name,
        "amount": 500,
        "balance_transaction": None,
        "balance_transactions": [],
        "created": 1_790_000_000,
        "currency": "eur",
        "invoice": "in_unknown",
        "metadata": {"reference": "not one of ours"},
        "parent": None,
        "payment": {"type": "charge", "charge": "ch_unknown"},
        "payment_intent": None,
        "payment_status": "paid",
        "status": "complete" if name == "checkout.session" else "succeeded",
    }


class TestProof:
    def test_either_of_two_secrets_is_enough(self, client, settings):
        settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_old"]
        for secret in settings.STRIPE_WEBHOOK_SECRETS:
            body = body_of_charge()
            assert post_body(client, body, signed(body, secret=secret)).status_code == 200

    def test_a_forged_signature_is_refused(self, client):
        body = body_of_charge()
        assert_refused(post_body(client, body, signed(body, secret="whsec_guessed")))

    @pytest.mark.parametrize(
        "signature", ["", "nonsense", "t=,v1=", "t=1", f"t={'9' * 5000},v1=0", "t=1,v1=é", "v1=0"]
    )
    def test_a_header_that_is_no_signature_is_refused(self, client, signature):
        assert_refused(post_body(client, body_of_charge(), signature))

    def test_a_proven_header_with_an_odd_timestamp_is_refused(self, client):
        body = body_of_charge()
        assert_refused(post_body(client, body, signed(body).replace(",", "=x,", 1)))

    @pytest.mark.parametrize("seconds", [-301, -86_400, 302, 86_400])
    def test_a_timestamp_far_from_now_is_refused(self, client, seconds):
        body = body_of_charge()
        assert_refused(post_body(client, body, signed(body, at=int(time.time()) + seconds)))

    @pytest.mark.parametrize("seconds", [-290, 290])
    def test_clocks_may_differ_by_minutes(self, client, seconds):
        body = body_of_charge()
        answer = post_body(client, body, signed(body, at=int(time.time()) + seconds))
        assert answer.status_code == 200

    def test_a_truncated_body_is_refused(self, client):
        body = body_of_charge()
        assert_refused(post_body(client, body[:-20], signed(body)))

    @pytest.mark.parametrize("kept", [0, 1, 40, -2, -1])
    def test_a_truncated_body_is_refused_even_signed(self, client, kept):
        body = body_of_charge()[:kept]
        assert_refused(post_body(client, body, signed(body)))

    def test_bytes_that_are_no_text_are_refused(self, client):
        assert_refused(post_body(client, b"\xff\xfe{}", signed("{}")))

    def test_bytes_that_are_no_text_are_refused_even_signed(self, client, settings):
        body = body_of_charge().encode().replace(b"eur", b"e\xffr")
        stamp = str(int(time.time()))
        secret = settings.STRIPE_WEBHOOK_SECRETS[0].encode()
        proof = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        assert_refused(post_body(client, body, f"t={stamp},v1={proof}"))

    def test_what_was_proven_long_ago_is_not_believed_again(self, client, time_machine):
        time_machine.move_to("2026-06-01 12:00Z", tick=False)
        body = body_of_charge()
        signature = signed(body)
        time_machine.shift(301)
        assert_refused(post_body(client, body, signature))

    @pytest.mark.parametrize(
        "body", ["", "[]", "null", "{", "7", '{"id": "evt_1"}', "[" * 100_000, '{"id": 1e999}']
    )
    def test_what_is_no_event_is_refused_even_signed(self, client, body):
        assert_refused(post_body(client, body, signed(body)))

    def test_the_other_mode_is_refused(self, client, settings):
        body = body_of_charge()
        settings.STRIPE_LIVE = True
        assert_refused(post_body(client, body, signed(body)))

    def test_nothing_is_parsed_before_it_is_proven(self, client, monkeypatch):
        monkeypatch.setattr(json, "loads", lambda text: pytest.fail("parsed"))
        assert post_body(client, "{}", "t=1,v1=0").status_code == 400

    def test_without_secrets_nothing_is_believed(self, client, settings):
        body = body_of_charge()
        signature = signed(body)
        settings.STRIPE_WEBHOOK_SECRETS = []
        assert_refused(post_body(client, body, signature))


class TestFailingHandler:
    @pytest.fixture
    def broken(self, client, monkeypatch):
        """A handler that books, then trips over something with an address in it."""
        client.raise_request_exception = False
        works = webhooks.HANDLERS["charge.succeeded"]

        def breaks(charge, at):
            works(charge, at)
            raise RuntimeError("@".join(["reader", "example.org"]))  # The log quotes this line.

        monkeypatch.setitem(webhooks.HANDLERS, "charge.succeeded", breaks)
        return lambda: monkeypatch.setitem(webhooks.HANDLERS, "charge.succeeded", works)

    def test_leaves_no_effect_and_a_row_that_says_so(self, client, broken):
        event = make_event("charge.succeeded", make_charge())

        assert post_event(client, event).status_code == 500

        row = StripeEvent.objects.get()
        assert (row.failure, row.applied_at, row.payload) == ("RuntimeError", None, event)
        assert not LedgerEntry.objects.exists()
        assert not Payment.objects.exists()

    def test_is_made_good_by_the_next_attempt(self, client, broken):
        event = make_event("charge.succeeded", make_charge(700))
        post_event(client, event)
        broken()

        assert post_event(client, event).status_code == 200

        row = StripeEvent.objects.get()
        assert (row.failure, row.payload) == ("", None)
        assert LedgerEntry.objects.sums()["EUR"]["charge"] == 700

    def test_does_not_put_what_it_tripped_over_into_the_log(self, client, broken, caplog):
        with caplog.at_level(logging.DEBUG):
            post_event(client, make_event("charge.succeeded", make_charge()))

        printed = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
        assert "RuntimeError" in printed
        assert "reader@example.org" not in printed

    def test_on_what_the_database_cannot_keep_tells_nothing_either(self, client, caplog):
        client.raise_request_exception = False
        made = make_charge(statement_descriptor="Ida\x00 reader@example.org")
        with caplog.at_level(logging.DEBUG):
            answer = post_event(client, make_event("charge.succeeded", made))

        printed = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
        assert answer.status_code == 500
        assert "was not applied" in printed
        assert "Ida" not in printed
        assert "reader@" not in printed
        assert not LedgerEntry.objects.exists()
