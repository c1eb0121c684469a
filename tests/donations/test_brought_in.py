"""What a story brought, told to who writes and edits it, and never of whom."""

from datetime import timedelta

import pytest

from donations.brought_in import brought_in
from donations.models import Payment
from tests.donations.records import (
    make_contribution,
    make_entry,
    make_payment,
    make_pledge,
    make_supporter,
)
from tests.factories import JUNE_1, make_article, make_editor, make_publication, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return make_publication()


def give(story, amount_minor=1000, currency="EUR"):
    """A single gift that began on a story, paid."""
    payment = make_payment(make_supporter(""), JUNE_1, amount_minor, currency)
    payment.contribution.publication = story
    payment.contribution.save()
    return payment


def pledge(story, payments, amount_minor=1000):
    """A monthly gift that began on a story, paid so many times."""
    regular = make_pledge(
        make_supporter(""),
        contribution=make_contribution(publication=story, frequency="monthly"),
    )
    return [
        make_payment(regular, JUNE_1 + timedelta(days=30 * month), amount_minor)
        for month in range(payments)
    ]


def told(gifts):
    return [(each.currency, each.count, each.amount_minor) for each in gifts]


def test_first_gifts_are_told_apart_from_what_came_since(story):
    for _ in range(3):
        give(story)
        pledge(story, payments=3, amount_minor=500)

    brought = brought_in(story.pk)

    assert told(brought.first) == [("EUR", 6, 4500)]
    assert told(brought.since) == [("EUR", 3, 3000)]


def test_what_began_elsewhere_does_not_count(story):
    give(make_publication())
    give(None)

    assert told(brought_in(story.pk).first) == []


def test_what_was_given_or_taken_back_is_taken_off(story):
    make_entry(give(story), "refund", -300, JUNE_1)
    disputed = give(story)
    make_entry(disputed, "dispute", -1000, JUNE_1)
    make_entry(disputed, "dispute_reversal", 1000, JUNE_1)
    gone = give(story)
    make_entry(gone, "refund", -1000, JUNE_1)

    assert told(brought_in(story.pk).first) == [("EUR", 2, 1700)]


def test_a_refund_known_before_its_charge_counts_for_nothing(story):
    payment = Payment.objects.create(
        intent_id="pi_early", contribution=make_contribution(publication=story)
    )
    make_entry(payment, "refund", -300, JUNE_1)

    assert told(brought_in(story.pk).first) == []


def test_each_currency_has_its_own_sum(story):
    give(story, 1000, "EUR")
    give(story, 500, "JPY")

    assert told(brought_in(story.pk).first) == [("EUR", 1, 1000), ("JPY", 1, 500)]


def test_a_sum_of_fewer_than_three_cannot_be_told(story):
    give(story)
    give(story)
    [gifts] = brought_in(story.pk).first
    with pytest.raises(ValueError, match="could point to a person"):
        gifts.total  # noqa: B018

    give(story)
    [gifts] = brought_in(story.pk).first
    assert gifts.total == "€30.00"


class TestTheForm:
    @pytest.fixture
    def page(self, client, story):
        def get():
            client.force_login(make_editor())
            address = f"/admin/articles/article/{story.pk}/change/"
            return " ".join(client.get(address).content.decode().split())

        return get

    def test_tells_counts_and_sums(self, story, page):
        for _ in range(3):
            pledge(story, payments=2)

        assert "€30.00 from 3 contributions" in page()
        assert "€30.00 from 3 of them" in page()

    def test_of_none_or_two_it_says_the_same(self, story, page):
        nothing = page()
        assert "Fewer than 3 contributions" in nothing

        give(story, 123400)
        give(story)

        assert "1,234" not in page()
        assert "fewer than 3 contributions" in page().lower()

    def test_protects_the_one_regular_gift_among_many_single_ones(self, story, page):
        for _ in range(5):
            give(story)
        pledge(story, payments=2, amount_minor=7700)

        assert "77" not in page().split("Since then")[1].split("</dl>")[0]

    def test_names_nobody(self, story, page):
        for _ in range(3):
            payment = give(story)
            payment.contribution.email = "ann@example.org"
            payment.contribution.name = "Ann Ash"
            payment.contribution.message = "Keep going"
            payment.contribution.save()

        for word in ("ann@example.org", "Ann Ash", "Keep going", payment.pk):
            assert word not in page()

    def test_says_nothing_of_a_draft(self, client):
        client.force_login(make_editor())
        address = f"/admin/articles/article/{make_article().pk}/change/"

        assert "What this story brought" not in client.get(address).content.decode()

    def test_is_for_those_who_may_see_the_story(self, client, story):
        client.force_login(make_reporter())

        assert client.get(f"/admin/articles/article/{story.pk}/change/").status_code in (403, 404)


def test_one_query_tells_it(story, django_assert_num_queries):
    for _ in range(4):
        pledge(story, payments=3)

    with django_assert_num_queries(1):
        brought_in(story.pk)
