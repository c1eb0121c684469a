"""The thank-you page says what Stripe says, whatever its address claims."""

import pytest

from donations import checkout, gateway
from donations.models import Contribution
from tests.donations.giving import open_form, send
from tests.factories import make_publication
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

THANKS = "/contribute/thanks?session_id=cs_test_1"


@pytest.fixture
def session(client, checkouts):
    send(client)
    return checkouts.sessions[0]


@pytest.mark.parametrize(
    ("status", "payment_status", "words"),
    [
        ("complete", "paid", "Your gift of €10.00 every month has begun"),
        ("complete", "unpaid", "Your payment is on its way"),
        ("open", "unpaid", "This has not been paid The €10.00 have not been charged."),
        ("expired", "unpaid", "This has not been paid"),
    ],
)
def test_it_says_what_stripe_says(client, session, status, payment_status, words):
    session.update(status=status, payment_status=payment_status)

    response = client.get(THANKS + "&paid=1&status=complete")

    assert response.status_code == 200
    assert words in words_of(response)
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert not read(response).faults


def test_it_says_when_a_payment_of_days_did_not_come(client, session):
    session.update(status="complete", payment_status="unpaid")
    Contribution.objects.get().advance(Contribution.State.FAILED)

    assert "This has not been paid" in words_of(client.get(THANKS))


def test_an_open_checkout_can_be_gone_on_with(client, session):
    assert {"class": "button", "href": session["url"]} in read(client.get(THANKS)).all("a")


@pytest.mark.parametrize("query", ["", "?session_id=", "?session_id=cs_other", "?session_id=%00"])
def test_it_knows_nothing_of_other_sessions_and_asks_nobody(client, checkouts, query):
    checkouts.failure = AssertionError("Stripe was asked")

    response = client.get(f"/contribute/thanks{query}")

    assert response.status_code == 404
    assert "We know of no such payment" in words_of(response)


def test_when_stripe_is_away_it_says_so_and_no_more(client, checkouts, session):
    checkouts.failure = gateway.Unavailable("Timeout")

    response = client.get(THANKS)

    assert response.status_code == 503
    assert "Please do not pay again" in words_of(response)


def test_it_leaves_half_of_the_threads_to_readers(client, session):
    with checkout.place_in_line(), checkout.place_in_line():
        assert client.get(THANKS).status_code == 503


def test_it_leads_back_to_the_story(client, checkouts):
    story = make_publication(headline="Harbour")
    send(client, open_form(client), article=str(story.pk))

    page = client.get(THANKS)
    assert "Back to “Harbour”" in words_of(page)

    story.article.withdraw("Wrong.", by=None)
    assert "Harbour" not in words_of(client.get(THANKS))


def test_query_count(client, session, django_assert_num_queries):
    """Breaking news, outlet, sections, pages, languages; the contribution with its story."""
    with django_assert_num_queries(6):
        client.get(THANKS)
