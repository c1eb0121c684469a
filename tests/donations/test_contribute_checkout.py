"""From a right form to Stripe: one form, one payment, whatever is clicked."""

import logging
import threading
import time

import pytest
from django.db import connection
from django.test import Client

from donations import checkout, gateway, rates
from donations.models import Contribution, ContributionRules
from tests.donations.giving import open_form, send, token_in
from tests.donations.test_contribute_form import checked, value
from tests.reading import words_of

pytestmark = pytest.mark.django_db

State = Contribution.State


def states():
    return sorted(Contribution.objects.values_list("state", flat=True))


def test_a_right_form_leads_to_a_checkout_of_exactly_this(client, checkouts):
    response = send(
        client, frequency="annual", cover_fee="1", email="ida@example.org", name="Ida", message="Go"
    )

    contribution = Contribution.objects.get()
    assert response.status_code == 303
    assert response["Location"] == checkouts.sessions[0]["url"]
    assert (contribution.state, contribution.session_id) == (State.CHECKOUT, "cs_test_1")
    assert (contribution.amount_minor, contribution.fee_cover_minor) == (1000, 56)
    assert (contribution.email, contribution.name, contribution.message) == (
        "ida@example.org",
        "Ida",
        "Go",
    )
    [order] = checkouts.orders
    assert (order.total_minor, order.currency, order.interval) == (1056, "EUR", "year")
    assert order.reference == str(contribution.pk)
    assert list(checkouts.by_key) == [str(contribution.pk)]
    assert order.success_url == (
        "http://testserver/contribute/thanks?session_id={CHECKOUT_SESSION_ID}"
    )


def test_stripe_is_told_nothing_of_the_reader_but_the_address(client, checkouts):
    send(client, email="ida@example.org", name="Ida", message="Secret")

    [order] = checkouts.orders
    told = str(order).replace("email='ida@example.org'", "")
    assert not any(word in told for word in ("ida", "Ida", "Secret"))


def test_each_language_has_its_own_addresses(client, checkouts):
    token = token_in(client.get("/ru/contribute"))
    client.post(
        "/ru/contribute",
        {
            "form_token": token,
            "frequency": "once",
            "currency": "EUR",
            "amount": "2500",
            "email": "a@example.org",
        },
    )

    [order] = checkouts.orders
    assert order.success_url.startswith("http://testserver/ru/contribute/thanks?")
    assert order.cancel_url.startswith("http://testserver/ru/contribute?")
    assert (order.language, order.interval) == ("ru", None)
    assert Contribution.objects.get().language == "ru"


def test_no_transaction_is_open_while_stripe_is_asked(client, checkouts):
    depth = len(connection.savepoint_ids)
    seen = []
    checkouts.before_answer = lambda: seen.append(len(connection.savepoint_ids))

    token = open_form(client)
    send(client, token)
    send(client, token, amount="2000")

    assert set(seen) == {depth}
    assert len(seen) >= 4


def test_the_same_form_again_is_the_same_checkout(client, checkouts):
    token = open_form(client)

    addresses = {send(client, token)["Location"] for _click in range(3)}

    assert addresses == {checkouts.sessions[0]["url"]}
    assert Contribution.objects.count() == len(checkouts.sessions) == 1


@pytest.mark.parametrize(
    "change",
    [{"amount": "2000"}, {"frequency": "once"}, {"cover_fee": "1"}, {"email": "b@example.org"}],
)
def test_other_values_replace_the_checkout(client, checkouts, change):
    token = open_form(client)
    first = send(client, token)

    second = send(client, token, **change)

    assert second.status_code == 303
    assert second["Location"] != first["Location"]
    assert [session["status"] for session in checkouts.sessions] == ["expired", "open"]
    assert states() == [State.CHECKOUT, State.EXPIRED]
    replaced = Contribution.objects.get(state=State.EXPIRED)
    assert (replaced.email, replaced.name, replaced.message) == ("", "", "")
    assert send(client, token, **change)["Location"] == second["Location"]


def test_what_is_paid_is_never_paid_again(client, checkouts):
    token = open_form(client)
    send(client, token)
    checkouts.pay()

    for change in ({}, {"amount": "2000"}):
        response = send(client, token, **change)
        assert response.status_code == 303
        assert response["Location"] == "/contribute/thanks?session_id=cs_test_1"
    assert len(checkouts.sessions) == 1


def test_what_an_event_said_is_paid_needs_no_question(client, checkouts):
    token = open_form(client)
    send(client, token)
    Contribution.objects.get().advance(State.SUCCEEDED)
    checkouts.failure = gateway.Unavailable("down")

    assert send(client, token)["Location"] == "/contribute/thanks?session_id=cs_test_1"


def test_paid_in_the_moment_of_closing_counts_as_paid(client, checkouts, monkeypatch):
    token = open_form(client)
    send(client, token)

    def too_late(session_id):
        checkouts.pay()
        raise gateway.Refused("not open")

    monkeypatch.setattr(gateway, "expire_checkout", too_late)
    response = send(client, token, amount="2000")

    assert response["Location"] == "/contribute/thanks?session_id=cs_test_1"
    assert Contribution.objects.count() == 1


def test_a_checkout_that_ran_out_is_begun_anew(client, checkouts):
    token = open_form(client)
    send(client, token)
    checkouts.expire("cs_test_1")

    assert send(client, token)["Location"] == checkouts.sessions[1]["url"]
    assert states() == [State.CHECKOUT, State.EXPIRED]


@pytest.mark.parametrize("failure", [gateway.Unavailable("Timeout"), gateway.Unavailable("500")])
def test_when_stripe_is_away_everything_typed_stays(client, checkouts, failure):
    token = open_form(client)
    checkouts.failure = failure
    response = send(client, token, email="ida@example.org", name="Ida", message="Go on")

    assert response.status_code == 503
    assert response["Retry-After"]
    assert "does not answer at the moment. Nothing was charged." in words_of(response)
    assert "Try again" in words_of(response)
    assert value(response, "email") == "ida@example.org"
    assert token_in(response) == token

    checkouts.failure = None
    fields = {"email": "ida@example.org", "name": "Ida", "message": "Go on"}
    assert send(client, token, **fields).status_code == 303
    assert Contribution.objects.count() == len(checkouts.sessions) == 1


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_key(
    client, checkouts, monkeypatch
):
    token = open_form(client)

    def lose_answer(order, key):
        checkouts.create(order, key)
        raise gateway.Unavailable("APIConnectionError")

    with monkeypatch.context() as patch:
        patch.setattr(gateway, "create_checkout", lose_answer)
        assert send(client, token).status_code == 503

    assert send(client, token)["Location"] == checkouts.sessions[0]["url"]
    assert len(checkouts.sessions) == 1


def test_what_stripe_refuses_may_be_mended_and_sent_again(client, checkouts, caplog):
    token = open_form(client)
    checkouts.failure = gateway.Refused("email_invalid")
    with caplog.at_level(logging.INFO):
        response = send(client, token, email="ida@example.org")

    assert response.status_code == 400
    assert "did not accept this" in words_of(response)
    assert "ida" not in caplog.text

    checkouts.failure = None
    assert send(client, token, email="ida@example.com").status_code == 303


def test_a_slow_stripe_is_not_waited_for_twice(client, checkouts, monkeypatch):
    token = open_form(client)
    send(client, token)
    monkeypatch.setattr(checkout, "PATIENCE_SECONDS", -1)

    assert send(client, token, amount="2000").status_code == 503
    assert [session["status"] for session in checkouts.sessions] == ["open"]
    assert Contribution.objects.count() == 1


def test_only_half_of_the_threads_wait_for_stripe(client, checkouts, settings):
    token = open_form(client)
    with checkout.place_in_line(), checkout.place_in_line():
        response = send(client, token)

    assert settings.WEB_THREADS == 4
    assert response.status_code == 503
    assert not checkouts.sessions
    assert send(client, token).status_code == 303


def test_whoever_comes_back_from_stripe_finds_the_choices_but_no_person(client, checkouts):
    token = open_form(client)
    send(client, token, frequency="once", amount="other", other_amount="33", cover_fee="1")
    back = checkouts.orders[0].cancel_url.removeprefix("http://testserver")

    page = client.get(back)

    assert token_in(page) == token
    assert checked(page, "frequency") == ["once"]
    assert checked(page, "amount") == ["other"]
    assert value(page, "other_amount") == "33.00"
    assert "reader@example.org" not in page.content.decode()
    assert "You will give €34.25 once." in words_of(page)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_contribution_and_one_checkout(checkouts, monkeypatch):
    token = open_form(Client())
    monkeypatch.setattr(rates, "admit", lambda address_hash: time.sleep(0.3))  # Let them meet.
    both = threading.Barrier(2)
    answers = []

    def click():
        try:
            both.wait(10)
            answers.append(send(Client(), token))
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _number in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(20)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer["Location"] for answer in answers} == {checkouts.sessions[0]["url"]}
    assert Contribution.objects.count() == len(checkouts.sessions) == 1


def limit(**limits):
    ContributionRules.objects.update_or_create(pk=1, defaults=limits)


def test_one_address_begins_only_so_many_checkouts_a_minute(client, checkouts, time_machine):
    time_machine.move_to("2026-06-01 12:00Z", tick=False)
    limit(checkouts_per_address=2)
    token = open_form(client)
    send(client, token)

    for _click in range(3):
        assert send(client, token).status_code == 303  # The same form, the same checkout.
        assert send(client, amount="other", other_amount="0").status_code == 400
    assert send(client).status_code == 303
    refused = send(client, email="ida@example.org")
    assert refused.status_code == 429
    assert "try again in a minute" in words_of(refused)
    assert value(refused, "email") == "ida@example.org"
    assert send(client, token).status_code == 303

    time_machine.shift(61)
    assert send(client, token_in(refused)).status_code == 303


def test_other_addresses_have_their_own_share(client, checkouts, settings):
    limit(checkouts_per_address=1)

    assert send(client).status_code == 303
    assert send(client).status_code == 429
    client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert send(client).status_code == 303


def test_all_together_begin_only_so_many(client, checkouts):
    limit(checkouts_overall=2)

    codes = []
    for number in range(4):
        client.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        codes.append(send(client).status_code)

    assert codes == [303, 303, 429, 429]
