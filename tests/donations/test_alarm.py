"""What gives alarm, who sees it, and what the log says."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import alarm, tasks
from donations.models import (
    ContributionRules,
    CurrencyRule,
    LedgerEntry,
    OutgoingMail,
    StripeCustomer,
    StripeEvent,
)
from tests.donations.records import make_contribution, make_supporter
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def ago(**time):
    return timezone.now() - timedelta(**time)


def texts() -> list[str]:
    return [each.text for each in alarm.current()]


def rules(**fields) -> None:
    ContributionRules.objects.update_or_create(pk=1, defaults=fields)


def book_charge(number: int = 1, kind: str = "charge", **time) -> None:
    LedgerEntry.objects.create(
        kind=kind,
        amount_minor=1000,
        currency="EUR",
        stripe_id=f"ch_{number}",
        occurred_at=ago(**time),
    )


def make_mail(state: str, minutes: int = 60, number: int = 1) -> OutgoingMail:
    return OutgoingMail.objects.create(
        kind="thanks", about=str(number), state=state, handed_over_at=ago(minutes=minutes)
    )


def fail_job(*, days_ago: float = 0) -> None:
    number = tasks.fetch_fee.defer(balance_transaction_id="txn_1", intent_id=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s;"
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s;"
            "UPDATE procrastinate_events SET at = %s WHERE job_id = %s",
            [number, number, ago(days=days_ago), number],
        )


def everything_at_once() -> None:
    """Each alarm there is."""
    rules(quiet_hours=48, failures_for_alarm=2)
    book_charge(hours=50.5)
    for number in range(2):
        StripeEvent.objects.create(id=f"evt_{number}", type="x", payload={})
        make_contribution(state="failed")
    make_mail("handing_over", number=1)
    make_mail("refused", number=2)
    fail_job()
    StripeCustomer.objects.create(
        customer_id="cus_1", supporter=make_supporter("", forget_asked_at=ago(minutes=61))
    )


ALL = {
    "donations_ledgerentry": "No gift came in for 50 hours.",
    "donations_stripeevent": "2 events of Stripe could not be applied within a day.",
    "donations_contribution": "2 gifts failed or were refused by Stripe within a day.",
    "donations_outgoingmail": "1 mail may have been sent; decide whether to send it again.",
    "procrastinate_procrastinatejob": "1 background job failed for good within a week.",
    "donations_supporter": (
        "1 supporter asked to be forgotten more than an hour ago, and Stripe has not yet."
    ),
}


def test_a_quiet_house_gives_no_alarm():
    assert texts() == []


def test_each_trouble_is_a_sentence_with_its_list():
    everything_at_once()

    found = {each.list_name: each.text for each in reversed(alarm.current())}

    assert found == ALL
    assert "1 mail was not sent: the mail server refused it for good." in texts()


class TestQuiet:
    def test_is_measured_by_gifts_alone(self):
        book_charge(1, hours=50)
        book_charge(2, kind="refund", hours=1)

        assert texts() == ["No gift came in for 50 hours."]

    @pytest.mark.parametrize(("quiet_hours", "hours"), [(48, 47), (0, 1000)])
    def test_is_what_the_outlet_says(self, quiet_hours, hours):
        rules(quiet_hours=quiet_hours)
        book_charge(hours=hours)

        assert texts() == []

    def test_is_no_alarm_where_no_gift_ever_came_or_none_can(self):
        assert texts() == []
        book_charge(hours=1000)
        CurrencyRule.objects.all().delete()
        assert texts() == []


class TestFailures:
    @pytest.mark.parametrize(("limit", "has_alarm"), [(3, False), (2, True), (0, False)])
    def test_give_alarm_from_the_number_the_outlet_says(self, limit, has_alarm):
        rules(failures_for_alarm=limit)
        for number in range(2):
            StripeEvent.objects.create(id=f"evt_{number}", type="x", payload={})
            make_contribution(state="failed")

        assert len(texts()) == (2 if has_alarm else 0)

    def test_count_for_a_day(self):
        rules(failures_for_alarm=1)
        StripeEvent.objects.create(id="evt_1", type="x", payload={})
        StripeEvent.objects.update(received_at=ago(hours=25))
        failed = make_contribution(state="failed")
        type(failed).objects.update(changed_at=ago(hours=25))

        assert texts() == []

    def test_do_not_count_once_they_are_mended(self):
        rules(failures_for_alarm=1)
        StripeEvent.objects.create(id="evt_1", type="x", applied_at=timezone.now())

        assert texts() == []


def test_a_mail_that_may_just_be_going_out_gives_no_alarm():
    make_mail("handing_over", minutes=9)

    assert texts() == []


def test_a_job_that_failed_long_ago_is_let_rest():
    fail_job(days_ago=8)

    assert ProcrastinateJob.objects.filter(status="failed").exists()
    assert texts() == []


def test_somebody_who_asked_just_now_to_be_forgotten_gives_no_alarm():
    make_supporter("", forget_asked_at=ago(minutes=59))
    make_supporter("", scrubbed_at=timezone.now(), forget_asked_at=ago(days=2))

    assert texts() == []


def test_very_many_are_not_counted_to_the_end(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(alarm, "COUNTED_AT_MOST", 3)
    for number in range(5):
        make_mail("refused", number=number)

    assert texts() == ["3 or more mails were not sent: the mail server refused them for good."]


def test_the_log_says_each_at_error_level_and_names_nobody(caplog):
    everything_at_once()
    make_supporter("rea.der@example.org", name="Rea Der")

    tasks.sound_alarm(timestamp=0)

    lines = [record for record in caplog.records if record.name == "donations.alarm"]
    assert len(lines) == 7
    assert {record.levelname for record in lines} == {"ERROR"}
    assert "Alarm: No gift came in for 50 hours." in caplog.text
    assert "rea" not in caplog.text.lower().replace("already", "")


class TestTheFirstPage:
    def page(self, client, *roles) -> str:
        client.force_login(make_user("someone", *roles))
        answer = client.get("/admin/")
        assert answer.status_code == 200
        return answer.content.decode()

    @pytest.mark.parametrize(
        ("role", "lists"),
        [
            (
                "Supporter care",
                {"donations_contribution", "donations_outgoingmail", "donations_supporter"},
            ),
            ("Finance", {"donations_ledgerentry", "donations_stripeevent"}),
            ("Administrator", {"procrastinate_procrastinatejob"}),
        ],
    )
    def test_says_all_to_those_who_act_and_leads_where_they_may_go(self, client, role, lists):
        everything_at_once()
        page = self.page(client, role)

        for text in ALL.values():
            assert text in page
        for each in alarm.current():
            assert (f'href="{each.address}"' in page) == (each.list_name in lists)

    def test_leads_to_lists_that_open(self, admin_client):
        everything_at_once()
        for each in alarm.current():
            assert admin_client.get(each.address).status_code == 200
            shown = admin_client.get(each.address).context["cl"].result_count
            assert shown >= 1, each.text

    @pytest.mark.parametrize("role", ["Campaign editor", "Reporter", "Editor", "Photo editor"])
    def test_says_nothing_to_others_and_asks_nothing_for_them(
        self, client, role, django_assert_max_num_queries
    ):
        everything_at_once()
        assert "Please look at this" not in self.page(client, role)

        # Session, user, permissions of both kinds, and the lists of stories and photos.
        with django_assert_max_num_queries(9):
            client.get("/admin/")

    def test_is_plain_where_nothing_is_wrong(self, client):
        assert "Please look at this" not in self.page(client, "Finance")

    def test_takes_as_many_queries_for_much_trouble_as_for_little(
        self, client, django_assert_max_num_queries
    ):
        everything_at_once()
        for number in range(10, 40):
            make_mail("refused", number=number)
            StripeEvent.objects.create(id=f"evt_{number}", type="x", payload={})
            fail_job()
        self.page(client, "Finance", "Supporter care", "Administrator")

        # Session, user, permissions of both kinds, four whether records of which there is one may
        # be added, rules, currencies, the last gift, a bounded count of each of six troubles, and
        # the lists of stories and photos.
        with django_assert_max_num_queries(22) as queries:
            client.get("/admin/")
        assert not any("COUNT(*)" in q["sql"] and "LIMIT" not in q["sql"] for q in queries)
