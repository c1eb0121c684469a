"""The ledger at the desk: sums, export, and what became of events."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from donations import webhooks
from donations.admin.books import cell
from donations.models import LedgerEntry, OutgoingMail, StripeEvent
from tests.donations.records import make_supporter
from tests.donations.stripe_events import make_charge, make_event, make_refund, post_event, tell
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LEDGER = "/admin/donations/ledgerentry/"
EVENTS = "/admin/donations/stripeevent/"
MAILS = "/admin/donations/outgoingmail/"


@pytest.fixture
def books(client):
    client.force_login(make_user("books", "Finance"))
    return client


def charge_now(amount: int, currency: str = "eur", **fields):
    return make_charge(amount, currency, created=int(timezone.now().timestamp()), **fields)


class TestLedger:
    def test_is_summed_by_month_and_currency(self, books):
        charge = charge_now(1000)
        tell(books, "charge.succeeded", charge)
        refund = make_refund(charge, 250, created=charge["created"])
        tell(books, "refund.created", refund)
        tell(books, "charge.succeeded", charge_now(500, "jpy"))
        long_ago = int((timezone.now() - timedelta(days=800)).timestamp())
        tell(books, "charge.succeeded", make_charge(99_900, created=long_ago))

        months = books.get(LEDGER).context["months"]

        assert [(row["currency"], row["amounts"]) for row in months] == [
            ("EUR", ["€10.00", "€0.00", "-€2.50", "€0.00", "€0.00", "€7.50"]),
            ("JPY", ["¥500", "¥0", "¥0", "¥0", "¥0", "¥500"]),
        ]

    def test_is_listed_in_as_many_queries_for_many_entries(
        self, books, django_assert_max_num_queries
    ):
        for _number in range(30):
            tell(books, "charge.succeeded", charge_now(1000))
        books.get(LEDGER)

        # Session, user, permissions of both kinds, sums, a bounded count, rows and a count.
        with django_assert_max_num_queries(8) as queries:
            books.get(LEDGER)
        assert not any("COUNT(*)" in q["sql"] and "LIMIT" not in q["sql"] for q in queries)

    def test_is_exported_whole_and_that_is_logged(self, books):
        charge = charge_now(1050)
        tell(books, "charge.succeeded", charge)
        tell(books, "refund.created", make_refund(charge, 250))

        answer = books.post(f"{LEDGER}export")

        text = b"".join(answer.streaming_content).decode()
        rows = list(csv.DictReader(io.StringIO(text)))
        assert sorted((row["kind"], row["amount"], row["smallest_units"]) for row in rows) == [
            ("charge", "10.50", "1050"),
            ("refund", "-2.50", "-250"),
        ]
        assert LogEntry.objects.get().change_message == "Exported."
        assert LogEntry.objects.get().user.username == "books"

    def test_holds_no_formula_when_exported(self, books):
        tell(books, "charge.succeeded", charge_now(100, id="=HYPERLINK(0)"))

        text = b"".join(books.post(f"{LEDGER}export").streaming_content).decode()

        assert ",'=HYPERLINK(0)," in text

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
    def test_text_that_a_spreadsheet_would_run_is_marked_as_text(self, start):
        assert cell(f"{start}1") == f"'{start}1"
        assert cell("ch_1=2") == "ch_1=2"

    def test_is_exported_only_on_purpose_and_by_those_who_may(self, books):
        assert books.get(f"{LEDGER}export").status_code == 405
        books.force_login(make_user("care", "Supporter care"))
        assert books.post(f"{LEDGER}export").status_code == 403
        assert not LogEntry.objects.exists()


class TestEvents:
    @pytest.fixture
    def failed(self, books, monkeypatch):
        """An event that could not be applied when it came."""
        books.raise_request_exception = False

        def fail(*args):
            raise LookupError

        with monkeypatch.context() as broken:
            broken.setitem(webhooks.HANDLERS, "charge.succeeded", fail)
            post_event(books, make_event("charge.succeeded", make_charge(1000)))
        return StripeEvent.objects.get()

    def try_again(self, books, event):
        return books.post(
            EVENTS, {"action": "try_again", "_selected_action": [event.pk]}, follow=True
        )

    def test_that_failed_are_found_and_applied_by_trying_again(self, books, failed):
        page = books.get(EVENTS, {"standing": "failed"}).content.decode()
        assert "LookupError" in page

        assert "Applied: 1" in self.try_again(books, failed).content.decode()

        assert LedgerEntry.objects.sums()["EUR"]["charge"] == 1000
        assert "0 events" in books.get(EVENTS, {"standing": "failed"}).content.decode()

    def test_that_fail_again_say_so(self, books, failed, monkeypatch):
        monkeypatch.setitem(webhooks.HANDLERS, "charge.succeeded", lambda *args: 1 / 0)
        page = self.try_again(books, failed).content.decode()

        assert f"Failed again: {failed.pk}, ZeroDivisionError" in page
        assert not LedgerEntry.objects.exists()

    def test_that_were_applied_are_left_alone(self, books, failed):
        for _time in range(2):
            self.try_again(books, failed)

        assert LedgerEntry.objects.count() == 1

    def test_never_show_what_they_held(self, books, failed):
        page = books.get(reverse("admin:donations_stripeevent_change", args=[failed.pk]))

        assert "amount_captured" not in page.content.decode()

    def test_are_listed_in_as_many_queries_for_many(self, books, django_assert_max_num_queries):
        for _number in range(30):
            tell(books, "tax.settings.updated", {})
        books.get(EVENTS)

        with django_assert_max_num_queries(7) as queries:
            books.get(EVENTS)
        assert not any("COUNT(*)" in q["sql"] and "LIMIT" not in q["sql"] for q in queries)
        assert not any('"payload"' in q["sql"] for q in queries)


class TestDoubtfulMails:
    @pytest.fixture
    def care(self, client):
        client.force_login(make_user("care", "Supporter care"))
        return client

    def doubtful(self, minutes: int = 60) -> OutgoingMail:
        return OutgoingMail.objects.create(
            kind="thanks",
            about="this",
            supporter=make_supporter(),
            state="handing_over",
            handed_over_at=timezone.now() - timedelta(minutes=minutes),
        )

    def decide(self, care, action: str, mail: OutgoingMail) -> str:
        care.post(MAILS, {"action": action, "_selected_action": [mail.pk]})
        mail.refresh_from_db()
        return mail.state

    def tasks(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'mail'")
            return cursor.fetchone()[0]

    def test_are_listed(self, care):
        self.doubtful()
        page = care.get(MAILS, {"state__exact": "handing_over"}).content.decode()

        assert "May have been sent" in page
        assert "1 mail" in page

    def test_are_sent_again_when_somebody_says_so(self, care):
        assert self.decide(care, "send_again", self.doubtful()) == "ordered"
        assert self.tasks() == 1

    def test_are_taken_as_sent_when_somebody_says_so(self, care):
        assert self.decide(care, "take_as_sent", self.doubtful()) == "sent"
        assert self.tasks() == 0

    def test_are_left_alone_while_they_may_just_be_going_out(self, care):
        assert self.decide(care, "send_again", self.doubtful(minutes=1)) == "handing_over"

    def test_that_were_sent_are_not_sent_again(self, care):
        mail = self.doubtful()
        OutgoingMail.objects.update(state="sent")

        assert self.decide(care, "send_again", mail) == "sent"
        assert self.tasks() == 0

    def test_that_the_server_refused_are_listed_and_sent_again(self, care):
        mail = self.doubtful()
        OutgoingMail.objects.update(state="refused", handed_over_at=None)
        page = care.get(MAILS, {"state__exact": "refused"}).content.decode()
        assert "the mail server refused it" in page
        assert "1 mail" in page

        assert self.decide(care, "send_again", mail) == "ordered"
        assert self.tasks() == 1

    def test_that_the_server_refused_are_not_taken_as_sent(self, care):
        mail = self.doubtful()
        OutgoingMail.objects.update(state="refused", handed_over_at=None)

        assert self.decide(care, "take_as_sent", mail) == "refused"

    def test_are_settled_by_those_alone_who_may(self, care):
        mail = self.doubtful()
        care.force_login(make_user("other", "Finance"))

        assert self.decide(care, "send_again", mail) == "handing_over"
