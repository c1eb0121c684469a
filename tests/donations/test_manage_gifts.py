"""What supporters see of their gifts: a list, receipts, statements of a year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Outlet
from donations.models import Pledge, Supporter
from tests.donations.records import make_entry, make_payment, make_pledge, make_supporter
from tests.donations.visiting import DOOR, visit
from tests.factories import JUNE_1
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)
MIDNIGHT = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)


@pytest.fixture
def supporter(client) -> Supporter:
    """One who visits."""
    supporter = make_supporter(name="Ida <Berg>")
    visit(client, supporter)
    return supporter


@pytest.fixture
def others(client):
    """What somebody else gave."""
    other = make_supporter("other@example.org")
    make_payment(make_pledge(other, amount_minor=7700), JUNE_1, 7700)
    return make_payment(other, JUNE_1, 8800)


def receipt_of(payment):
    return f"{DOOR}/gifts/{payment.pk}"


class TestTheList:
    def test_names_every_kind_of_gift_newest_first(self, client, supporter, others):
        make_payment(supporter, JUNE_1, 2500)
        make_payment(make_pledge(supporter), JUNE_1 + MONTH, 1000)
        yearly = make_pledge(supporter, frequency="annual", amount_minor=500, currency="JPY")
        make_payment(yearly, JUNE_1 + 2 * MONTH, 500, "JPY")

        page = client.get(DOOR)

        assert (
            "Receipt: 31 July 2026 Yearly gift ¥500"
            " Receipt: 1 July 2026 Monthly gift €10.00"
            " Receipt: 1 June 2026 Single gift €25.00"
        ) in words_of(page)
        assert "€77.00" not in words_of(page)
        assert "€88.00" not in words_of(page)
        assert read(page).faults == []

    def test_shows_what_was_given_back_or_disputed(self, client, supporter):
        payment = make_payment(supporter, JUNE_1, 2500)
        make_entry(payment, "refund", -400, JUNE_1 + MONTH)
        make_entry(payment, "dispute", -2100, JUNE_1 + MONTH)

        page = words_of(client.get(DOOR))

        assert "Given back, 1 July 2026" in page
        assert "Taken back by the bank, 1 July 2026" in page
        assert "€25.00-€4.00-€21.00" in page

    def test_shows_the_latest_and_the_years_have_them_all(self, client, supporter):
        pledge = make_pledge(supporter)
        for number in range(30):
            make_payment(pledge, JUNE_1 - number * MONTH, 1000 + number)

        page = client.get(DOOR)

        assert words_of(page).count("Monthly gift") == 12
        years = [a["href"] for a in read(page).all("a") if "/statements/" in str(a.get("href"))]
        assert years == [f"{DOOR}/statements/{year}" for year in (2026, 2025, 2024)]
        gifts = sum(words_of(client.get(year)).count("Monthly gift") for year in years)
        assert gifts == 30

    def test_says_so_when_there_is_nothing(self, client, supporter):
        page = words_of(client.get(DOOR))

        assert "You have no regular gift at the moment." in page
        assert "No payment has arrived yet." in page
        assert "For your taxes" not in page

    def test_leaves_out_a_pledge_of_which_nothing_is_known_yet(self, client, supporter):
        make_pledge(supporter, currency="", frequency="", amount_minor=0)

        assert "You have no regular gift at the moment." in words_of(client.get(DOOR))

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"next_charge_at": JUNE_1}, "€10.00 every month The next charge is on 1 June 2026."),
            ({"frequency": "annual"}, "€10.00 every year No further charge is planned."),
            ({"frequency": ""}, "€10.00 each time No further charge is planned."),
            ({"status": "past_due"}, "Payment overdue: the last charge did not come through."),
            ({"status": "paused"}, "Paused. Nothing is charged meanwhile."),
            (
                {"status": "paused", "resumes_at": JUNE_1, "next_charge_at": JUNE_1 - MONTH},
                "Paused until 1 June 2026. The next charge is on 2 June 2026.",
            ),
        ],
    )
    def test_says_how_a_regular_gift_stands(self, client, supporter, fields, words):
        make_pledge(supporter, **fields)

        page = client.get(DOOR)

        assert words in words_of(page)
        assert read(page).faults == []

    @pytest.mark.parametrize("number", [1, 20])
    def test_query_count(self, client, supporter, django_assert_num_queries, number):
        """Visit; current and ended pledges, payments and their losses, years; furniture's."""
        for _each in range(number):
            pledge = make_pledge(supporter, status=Pledge.Status.CANCELLED)
            make_entry(make_payment(pledge, JUNE_1), "refund", -100, JUNE_1)
            make_payment(make_pledge(supporter), JUNE_1)
            make_payment(supporter, JUNE_1)

        with django_assert_num_queries(11):
            client.get(DOOR)


class TestAReceipt:
    def test_says_who_gave_what_to_whom_and_when(self, client, supporter, settings):
        settings.TIME_ZONE = "Asia/Tokyo"
        Outlet.objects.update_or_create(pk=1, defaults={"name": "The Estuary"})
        payment = make_payment(supporter, datetime(2026, 6, 1, 20, tzinfo=UTC), 2500)

        page = client.get(receipt_of(payment))

        words = words_of(page)
        for said in (
            "Received by The Estuary",
            "From Ida <Berg>, reader@example.org",
            "Date 2 June 2026",  # Tokyo's.
            "For Single gift",
            "Amount €25.00",
            f"Reference {payment.contribution_id}",
            f"Payment {payment.pk}",
        ):
            assert said in words
        assert "€0.50" not in words  # The fee is the outlet's.
        assert read(page).faults == []

    def test_says_what_stays_given(self, client, supporter):
        payment = make_payment(make_pledge(supporter), JUNE_1, 2500)
        make_entry(payment, "refund", -400, JUNE_1)
        make_entry(payment, "dispute", -2100, JUNE_1)
        make_entry(payment, "dispute_reversal", 2100, JUNE_1)
        make_entry(payment, "refund", 400, JUNE_1)

        page = words_of(client.get(receipt_of(payment)))

        assert "Given back, 1 June 2026 -€4.00" in page
        assert "Returned by the bank, 1 June 2026 €21.00" in page
        assert "Could not be given back, 1 June 2026 €4.00" in page
        assert "What stays given €25.00" in page

    @pytest.mark.parametrize("id", ["%00", "pi_unknown", "é", "p" * 300])
    def test_of_nonsense_is_not_there(self, client, supporter, id):
        assert client.get(f"{DOOR}/gifts/{id}").status_code == 404

    def test_of_somebody_else_is_not_there(self, client, supporter, others):
        assert client.get(receipt_of(others)).status_code == 404

    def test_query_count(self, client, supporter, django_assert_num_queries):
        """Visit; the payment's entries; breaking news, outlet, sections, pages, languages."""
        payment = make_payment(make_pledge(supporter), JUNE_1)
        for _number in range(5):
            make_entry(payment, "refund", -100, JUNE_1)

        with django_assert_num_queries(7):
            client.get(receipt_of(payment))


class TestAStatement:
    def test_lists_and_adds_up_a_year_per_currency(self, client, supporter, others):
        pledge = make_pledge(supporter)
        first = make_payment(pledge, JUNE_1 - 3 * MONTH)
        make_payment(pledge, JUNE_1)
        make_payment(supporter, JUNE_1, 2500, "USD")
        make_payment(supporter, JUNE_1 - 12 * MONTH, 9900)
        make_entry(first, "refund", -400, JUNE_1 + MONTH)

        page = client.get(f"{DOOR}/statements/2026")

        words = words_of(page)
        assert "From Ida <Berg>, reader@example.org" in words
        assert (
            "Payments in EUR in 2026 Date For Amount"
            " 3 March 2026 Monthly gift €10.00"
            " 1 June 2026 Monthly gift €10.00"
            " 1 July 2026 Given back -€4.00"
            " Given in all €16.00"
        ) in words
        assert "1 June 2026 Single gift $25.00 Given in all $25.00" in words
        assert "€99.00" not in words
        assert "€88.00" not in words
        assert read(page).faults == []
        scopes = {cell.get("scope") for cell in read(page).all("th")}
        assert scopes == {"row", "col"}
        assert len(read(page).all("caption")) == 2

    def test_takes_its_year_by_the_outlets_clock(self, client, supporter):
        make_payment(supporter, MIDNIGHT)

        with timezone.override(ZoneInfo("America/New_York")):
            assert "31 December 2025" in words_of(client.get(f"{DOOR}/statements/2025"))
            assert client.get(f"{DOOR}/statements/2026").status_code == 404
        assert client.get(f"{DOOR}/statements/2026").status_code == 200

    @pytest.mark.parametrize("year", ["2025", "0", "99999", "1" * 5000, "-1", "x"])
    def test_of_a_year_without_a_gift_is_not_there(self, client, supporter, others, year):
        make_payment(supporter, JUNE_1)

        assert client.get(f"{DOOR}/statements/{year}").status_code == 404

    def test_of_somebody_else_is_not_there(self, client, supporter, others):
        assert client.get(f"{DOOR}/statements/2026").status_code == 404

    @pytest.mark.parametrize("number", [1, 20])
    def test_query_count(self, client, supporter, django_assert_num_queries, number):
        """Visit; the years, the year's entries; furniture's."""
        for _each in range(number):
            make_payment(make_pledge(supporter), JUNE_1)
            make_payment(supporter, JUNE_1)

        with django_assert_num_queries(8):
            client.get(f"{DOOR}/statements/2026")


@pytest.mark.parametrize("page", ["", "/statements/2026", "/gifts/{id}", "/forget"])
def test_what_is_somebody_s_own_is_kept_by_no_cache(client, supporter, page):
    payment = make_payment(supporter, JUNE_1)

    answer = client.get(DOOR + page.format(id=payment.pk))

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert not read(answer).all("script")
    assert {"name": "robots", "content": "noindex"} in read(answer).all("meta")
    assert Client().get(DOOR).status_code == 200


def test_the_giving_pages_lead_here(client):
    for page in ("/contribute", "/contribute/thanks"):
        assert f'href="{DOOR}"' in client.get(page).content.decode()
