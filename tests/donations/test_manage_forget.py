"""Being forgotten, as the supporter sees it."""

import pytest

from donations import forgetting
from donations.models import Contribution, LedgerEntry, Pledge, Supporter
from tests.donations.records import make_pledge, make_supporter
from tests.donations.test_sandbox import pledged  # noqa: F401  A fixture.
from tests.donations.visiting import DOOR, ask, visit
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

FORGET = f"{DOOR}/forget"


def test_the_page_says_what_ends_what_goes_and_what_stays(client):
    supporter = make_supporter(name="Ida")
    visit(client, supporter)
    make_pledge(supporter)
    make_pledge(supporter, amount_minor=700, status="cancelled")

    page = client.get(FORGET)

    words = words_of(page)
    assert "What ends €10.00 every month What is deleted" in words
    assert "your e-mail address reader@example.org and your name Ida" in words
    assert "What stays our books" in words
    assert len(read(page).all("button")) == 1
    assert read(page).faults == []
    assert Supporter.objects.get().email == "reader@example.org"


def test_one_button_does_it_and_ends_the_visit(client, sandbox, pledged):  # noqa: F811
    visit(client, Supporter.objects.get())

    answer = client.post(FORGET)

    assert "You are forgotten" in words_of(answer)
    assert answer.cookies["visit"].value == ""
    assert Supporter.objects.get().email == Contribution.objects.get().email == ""
    assert Pledge.objects.get().status == "cancelled"
    assert sandbox.newest("subscription")["status"] == "canceled"
    assert LedgerEntry.objects.filter(kind="charge").count() == 1
    assert "Send me a link" in words_of(client.get(DOOR))
    assert client.post(FORGET).status_code == 403
    ask(client)
    assert not Supporter.objects.get().links.usable().exists()


def test_while_stripe_is_away_it_says_that_it_will_be_done(client, sandbox, pledged):  # noqa: F811
    visit(client, Supporter.objects.get())
    sandbox.fail("error", times=2)

    answer = client.post(FORGET)

    assert answer.status_code == 200
    assert "You will be forgotten" in words_of(answer)
    assert "it is tried again by itself" in words_of(answer)
    assert "Send me a link" in words_of(client.get(DOOR))


def test_another_site_cannot_press_the_button(client, monkeypatch):
    visit(client, make_supporter())
    monkeypatch.setattr(forgetting, "forget", lambda supporter: pytest.fail("It was done."))

    assert client.post(FORGET, headers={"Sec-Fetch-Site": "same-site"}).status_code == 403


def test_query_count(client, django_assert_num_queries):
    """Visit, the regular gifts; breaking news, outlet, sections, pages, languages."""
    supporter = make_supporter()
    visit(client, supporter)
    for _number in range(9):
        make_pledge(supporter)

    with django_assert_num_queries(7):
        client.get(FORGET)
