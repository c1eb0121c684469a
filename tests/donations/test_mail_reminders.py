"""Mail that goes by the clock: a card about to end, a yearly gift about to be renewed."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import emails, reminders, tasks
from donations.models import OutgoingMail, Pledge
from tests.donations.records import make_supporter

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def make_pledge(id: str = "sub_1", **fields) -> Pledge:
    """A yearly gift in the middle of its year, by a card that is good for long."""
    values = {
        "frequency": "annual",
        "currency": "EUR",
        "amount_minor": 5000,
        "next_charge_at": timezone.now() + 150 * DAY,
        "card_expires_on": timezone.localdate() + 1000 * DAY,
    }
    if "supporter" not in fields:
        fields["supporter"] = make_supporter(f"{id}@example.org")
    return Pledge.objects.create(subscription_id=id, **values | fields)


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


class TestCard:
    @pytest.mark.parametrize(("days", "is_told"), [(-1, True), (0, True), (30, True), (31, False)])
    def test_is_told_of_from_a_month_ahead(self, days, is_told):
        make_pledge(card_expires_on=timezone.localdate() + days * DAY)
        reminders.order_due()

        assert kinds() == ["card_expiring"] * is_told

    def test_is_told_of_once_for_each_end(self):
        pledge = make_pledge(card_expires_on=timezone.localdate() + 9 * DAY)
        reminders.order_due()
        for days in (9, 10):
            pledge.card_expires_on = timezone.localdate() + days * DAY
            pledge.save()
            reminders.order_due()

        assert kinds() == ["card_expiring", "card_expiring"]

    def test_of_a_gift_that_is_overdue_is_told_of(self):
        make_pledge(card_expires_on=timezone.localdate(), status="past_due")
        reminders.order_due()

        assert kinds() == ["card_expiring"]

    def test_that_is_unknown_is_not(self):
        make_pledge(card_expires_on=None)
        reminders.order_due()

        assert kinds() == []


class TestRenewal:
    @pytest.mark.parametrize(
        ("ahead", "is_told"),
        [(-0.1 * DAY, False), (0.1 * DAY, True), (7 * DAY, True), (8 * DAY, False)],
    )
    def test_is_told_of_from_a_week_ahead(self, ahead, is_told):
        make_pledge(next_charge_at=timezone.now() + ahead)
        reminders.order_due()

        assert kinds() == ["renewal"] * is_told

    def test_is_told_of_once_for_each_year(self):
        pledge = make_pledge(next_charge_at=timezone.now() + 6 * DAY)
        reminders.order_due()
        for days in (6, 5):
            pledge.next_charge_at = timezone.now() + days * DAY
            pledge.save()
            reminders.order_due()

        assert kinds() == ["renewal", "renewal"]

    @pytest.mark.parametrize("fields", [{"frequency": "monthly"}, {"status": "past_due"}])
    def test_of_anything_else_is_not(self, fields):
        make_pledge(next_charge_at=timezone.now() + DAY, **fields)
        reminders.order_due()

        assert kinds() == []


class TestNobody:
    def due(self, **fields) -> Pledge:
        return make_pledge(
            next_charge_at=timezone.now() + 3 * DAY,
            card_expires_on=timezone.localdate() + 3 * DAY,
            **fields,
        )

    @pytest.mark.parametrize("status", ["paused", "cancelled"])
    def test_is_told_of_a_gift_that_does_not_go_on(self, status):
        self.due(status=status)
        reminders.order_due()

        assert kinds() == []

    def test_is_told_who_is_not_known_or_wants_to_be_forgotten(self):
        self.due(id="sub_1", supporter=None)
        self.due(id="sub_2", supporter=make_supporter("", scrubbed_at=timezone.now()))
        self.due(id="sub_3", supporter=make_supporter(forget_asked_at=timezone.now()))
        reminders.order_due()

        assert kinds() == []

    def test_is_told_of_a_gift_ended_a_moment_ago(self, monkeypatch):
        self.due(id="sub_1")
        self.due(id="sub_2")

        def end_others(kind, pledge):
            Pledge.objects.exclude(pk=pledge.pk).update(status="cancelled")
            order(kind, pledge)

        order = reminders.order
        monkeypatch.setattr(reminders, "order", end_others)
        reminders.order_due()

        assert sorted(kinds()) == ["card_expiring", "renewal"]
        assert OutgoingMail.objects.values("pledge").distinct().count() == 1


class TestRun:
    def test_cut_short_is_made_up_by_the_next(self, monkeypatch):
        for number in range(3):
            make_pledge(f"sub_{number}", next_charge_at=timezone.now() + 2 * DAY)
        enqueue, calls = emails._enqueue, []

        def die_at_the_second(mail):
            calls.append(mail)
            if len(calls) == 2:
                raise SystemExit
            enqueue(mail)

        with monkeypatch.context() as broken:
            broken.setattr(emails, "_enqueue", die_at_the_second)
            with pytest.raises(SystemExit):
                reminders.order_due()
        assert kinds() == ["renewal"]

        reminders.order_due()

        assert kinds() == ["renewal"] * 3
        assert ProcrastinateJob.objects.filter(queue_name="mail").count() == 3

    def test_happens_daily_and_by_a_command(self):
        make_pledge(next_charge_at=timezone.now() + 2 * DAY)
        tasks.order_reminders.func(timestamp=0)
        call_command("order_reminders")

        assert kinds() == ["renewal"]
