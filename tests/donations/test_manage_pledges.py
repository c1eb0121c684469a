"""Supporters change, pause, resume and end their regular gifts, with a stand-in for Stripe."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from donations import gateway, self_service, waiting
from donations.models import CurrencyRule, OutgoingMail, Pledge, Supporter
from donations.standing import first_charge
from tests.donations.records import make_supporter
from tests.donations.test_sandbox import pledged  # noqa: F401  A fixture.
from tests.donations.visiting import DOOR, visit
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

Status = Pledge.Status

FORMS = {"amount": {"amount": "12,00"}, "pause": {"months": "2"}, "resume": {}, "cancel": {}}
DEEDS = [*FORMS, "card"]


@pytest.fixture
def pledge(client, pledged) -> Pledge:  # noqa: F811
    """A monthly gift of ten euros, whose giver visits."""
    visit(client, Supporter.objects.get())
    return Pledge.objects.get()


def address(pledge, deed):
    return f"{DOOR}/pledges/{pledge.pk}/{deed}"


def do(client, pledge, deed, **form):
    """Press the button of a deed, with its form filled in."""
    return client.post(address(pledge, deed), FORMS.get(deed, {}) | form)


def changes(sandbox):
    """How often the subscription was changed at Stripe."""
    return sum(each.startswith("customer.subscription.") for each in sandbox.types())


@pytest.mark.parametrize("deed", DEEDS)
def test_each_deed_has_a_page_that_does_nothing(client, sandbox, pledge, deed):
    before = changes(sandbox)
    page = client.get(address(pledge, deed))

    assert page.status_code == 200
    assert "€10.00 every month" in words_of(page)
    assert read(page).faults == []
    assert len(read(page).all("h1")) == 1
    assert "no-store" in page["Cache-Control"]
    assert changes(sandbox) == before


def test_another_amount_is_given_from_the_next_charge_on(client, sandbox, pledge):
    answer = do(client, pledge, "amount", amount="12,50")

    assert "The amount is changed You will give €12.50 every month." in words_of(answer)
    assert "So says the payment service." in words_of(answer)
    price = sandbox.newest("subscription")["items"]["data"][0]["price"]
    assert price["unit_amount"] == 1250
    assert len(sandbox.store.objects["charge"]) == 1
    assert "€12.50 every month" in words_of(client.get(DOOR))


def test_what_would_be_given_is_said_before(client, sandbox, pledge):
    before = changes(sandbox)
    page = do(client, pledge, "amount", amount="12,50", step="show")

    assert "You will give €12.50 every month." in words_of(page)
    assert {"12,50"} <= {field.get("value") for field in read(page).all("input")}
    assert changes(sandbox) == before


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1,000", "Do you mean 1000?"),
        ("0.001", "Do you mean 1?"),
        ("NaN", "Write the amount in digits"),
        ("-5", "Write the amount in digits"),
        ("１２", "Write the amount in digits"),
        ("", "Write the amount in digits"),
        ("0", "The smallest gift is €1.00."),
        ("10000.01", "The largest gift is €10,000.00."),
        ("999999999999", "The largest gift is"),
        ("12\x00", "Null characters are not allowed."),
        ("1" * 500_000, "at most 40 characters"),
    ],
)
def test_any_other_amount_is_refused_with_a_sentence(client, sandbox, pledge, typed, sentence):
    sandbox.fail("error", times=9)
    answer = do(client, pledge, "amount", amount=typed)

    assert answer.status_code == 400
    assert sentence in words_of(answer)


def test_an_amount_in_a_currency_no_longer_taken_stays(client, sandbox, pledge):
    CurrencyRule.objects.filter(currency="EUR").delete()
    before = changes(sandbox)

    for page in (client.get(address(pledge, "amount")), do(client, pledge, "amount")):
        assert "We take no new gifts in EUR any more" in words_of(page)
    assert changes(sandbox) == before


@pytest.fixture
def june_pledge(time_machine, request) -> Pledge:
    """One that was begun on the tenth of June, looked at on the first of July."""
    time_machine.move_to("2026-06-10 12:00Z", tick=False)
    pledge = request.getfixturevalue("pledge")
    time_machine.move_to("2026-07-01 09:30Z", tick=False)
    visit(request.getfixturevalue("client"), Supporter.objects.get())
    return pledge


def test_a_pause_lasts_whole_months_and_says_when_it_goes_on(client, sandbox, june_pledge):
    page = words_of(client.get(address(june_pledge, "pause")))
    for months, day in (("1 month", "10 August"), ("2 months", "10 September")):
        assert f"{months} next charge on {day} 2026" in page
    assert "3 months next charge on 10 October 2026" in page

    answer = words_of(do(client, june_pledge, "pause", months="2"))

    assert "Your gift is paused" in answer
    assert "Paused until 1 September 2026. The next charge is on 10 September 2026." in answer
    until = int(datetime(2026, 9, 1, 9, 31, tzinfo=UTC).timestamp())
    pause = {"behavior": "void", "resumes_at": until}
    assert sandbox.newest("subscription")["pause_collection"] == pause


def test_a_pause_asked_for_twice_ends_when_it_was_to_end(client, june_pledge, time_machine):
    ends = []
    for _press in range(2):
        do(client, june_pledge, "pause", months="2")
        ends.append(Pledge.objects.get().resumes_at)
        time_machine.shift(90)
    do(client, june_pledge, "pause", months="3")
    ends.append(Pledge.objects.get().resumes_at)

    assert ends[0] == ends[1] < ends[2]


@pytest.mark.parametrize("months", ["0", "4", "-1", "x", "", "1.5", "\x00", "9" * 10_000])
def test_a_pause_of_another_length_is_refused(client, sandbox, pledge, months):
    sandbox.fail("error", times=9)

    assert do(client, pledge, "pause", months=months).status_code == 400


def test_a_yearly_gift_has_no_pause(client, sandbox, pledge):
    Pledge.objects.update(frequency="annual")

    assert address(pledge, "pause") not in client.get(DOOR).content.decode()
    before = changes(sandbox)
    assert "This was not changed" in words_of(do(client, pledge, "pause"))
    assert changes(sandbox) == before


def test_a_pause_can_end_at_once(client, sandbox, pledge):
    do(client, pledge, "pause")
    assert "Paused until" in words_of(client.get(DOOR))

    assert "Your gift goes on" in words_of(do(client, pledge, "resume"))
    assert sandbox.newest("subscription")["pause_collection"] is None
    assert "Paused" not in words_of(client.get(DOOR))


def test_ending_says_what_was_given_and_takes_two_presses(client, sandbox, pledge):
    assert "So far you gave €10.00 with it" in words_of(client.get(address(pledge, "cancel")))

    assert "Your gift has ended" in words_of(do(client, pledge, "cancel"))
    assert sandbox.newest("subscription")["status"] == "canceled"
    page = words_of(client.get(DOOR))
    assert "You have no regular gift at the moment." in page
    assert "Regular gifts that have ended €10.00 every month" in page


def test_the_card_is_changed_at_stripe_by_the_customer_stripe_names(
    client, sandbox, pledge, settings
):
    answer = client.post(address(pledge, "card"))

    portal = sandbox.newest("billing_portal.session")
    assert (answer.status_code, answer["Location"]) == (303, portal["url"])
    assert portal["customer"] == sandbox.newest("subscription")["customer"]
    assert portal["return_url"] == f"{settings.SITE_URL}{DOOR}"


def test_an_overdue_gift_says_what_to_do(client, sandbox, pledge):
    sandbox.happen("fail-renewal", pledge.pk)
    sandbox.deliver()

    page = client.get(DOOR)

    assert "Payment overdue" in words_of(page)
    assert "Update the card" in words_of(page)
    assert address(pledge, "pause") not in page.content.decode()


# Only what Stripe says is shown


@pytest.mark.parametrize(
    ("deed", "call"), [("amount", "change_amount"), ("pause", "pause"), ("cancel", "cancel")]
)
def test_nothing_is_claimed_that_stripe_does_not_confirm(
    client, sandbox, pledge, monkeypatch, deed, call
):
    monkeypatch.setattr(gateway, call, lambda *_args: None)  # It says yes, and does nothing.

    answer = do(client, pledge, deed)

    assert "This was not changed" in words_of(answer)
    assert "€10.00 every month" in words_of(answer)
    assert "€12.00" not in words_of(answer)


@pytest.mark.parametrize("deed", FORMS)
def test_a_gift_that_ended_at_stripe_is_shown_as_ended(client, sandbox, pledge, deed, caplog):
    sandbox.happen("end", pledge.pk)

    answer = do(client, pledge, deed)

    assert "Ended. Nothing more will be charged." in words_of(answer)
    assert "every month. You will" not in words_of(answer)
    assert Pledge.objects.get().status == Status.CANCELLED
    assert "reader" not in caplog.text


@pytest.mark.parametrize("deed", DEEDS)
def test_while_stripe_is_away_nothing_is_claimed_and_all_is_kept(client, sandbox, pledge, deed):
    sandbox.fail("error", times=2)

    answer = do(client, pledge, deed)

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "You can safely try again: nothing is done twice." in words_of(answer)
    kept = [field["value"] for field in read(answer).all("input") if field.get("value")]
    checked = [field["value"] for field in read(answer).all("input") if "checked" in field]
    assert {"amount": kept == ["12,00"], "pause": checked == ["2"]}.get(deed, True)
    assert read(answer).faults == []

    assert do(client, pledge, deed).status_code in {200, 303}


@pytest.mark.parametrize("deed", FORMS)
def test_an_answer_that_is_lost_is_made_up_for_by_another_try(client, sandbox, pledge, deed):
    if deed == "resume":
        do(client, pledge, "pause")
    sandbox.fail("lost", times=2, path=f"/v1/subscriptions/{pledge.pk}")
    assert do(client, pledge, deed).status_code == 503

    answer = do(client, pledge, deed)

    assert "So says the payment service." in words_of(answer)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_slow_stripe_is_not_asked_again_and_again(client, sandbox, pledge, monkeypatch, deed):
    monkeypatch.setattr(self_service, "PATIENCE_SECONDS", -1)

    assert do(client, pledge, deed).status_code == 503


@pytest.mark.parametrize("deed", DEEDS)
def test_half_of_the_threads_wait_for_stripe_and_no_more(client, sandbox, pledge, deed):
    before = changes(sandbox)
    with ExitStack() as stack:
        for _place in range(2):
            stack.enter_context(waiting.place_in_line())
        assert do(client, pledge, deed).status_code == 503

    assert changes(sandbox) == before
    assert do(client, pledge, deed).status_code in {200, 303}


def test_a_gift_that_stripe_does_not_know_is_for_people_to_look_at(client, sandbox, pledge):
    sandbox.store.objects["subscription"].clear()

    for deed in DEEDS:
        answer = do(client, pledge, deed)
        assert answer.status_code == 503
        assert "Please write to us." in words_of(answer)


# Pressed twice, by many, by others


@pytest.mark.parametrize("deed", FORMS)
def test_pressed_twice_it_is_done_once(client, sandbox, pledge, deed):
    if deed == "resume":
        do(client, pledge, "pause")
    OutgoingMail.objects.all().delete()

    first, second = do(client, pledge, deed), do(client, pledge, deed)
    sandbox.deliver()

    assert words_of(first) == words_of(second)
    kinds = list(OutgoingMail.objects.values_list("kind", flat=True))
    assert kinds == ["cancelled" if deed == "cancel" else "changed"]


@pytest.mark.parametrize("deed", DEEDS)
def test_somebody_else_s_gift_is_not_there(client, sandbox, pledge, deed):
    stranger = Client()
    visit(stranger, make_supporter("other@example.org"))
    before = changes(sandbox)

    for answer in (stranger.get(address(pledge, deed)), do(stranger, pledge, deed)):
        assert answer.status_code == 404
    assert changes(sandbox) == before
    assert "€10.00" not in words_of(stranger.get(DOOR))


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("id", ["%00", "sub_unknown", "s" * 300, "sub-1", "sub_1%2F..", "é"])
def test_nonsense_for_a_gift_is_not_there(client, sandbox, pledge, id, deed):
    assert client.post(f"{DOOR}/pledges/{id}/{deed}", FORMS.get(deed, {})).status_code == 404


@pytest.mark.parametrize("deed", DEEDS)
def test_another_site_cannot_press_a_button(client, sandbox, pledge, deed):
    before = changes(sandbox)
    answer = client.post(
        address(pledge, deed), FORMS.get(deed, {}), headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403
    assert changes(sandbox) == before


@pytest.mark.django_db(transaction=True)
def test_pressed_by_many_browsers_at_once_it_is_done_once(client, sandbox, pledge, monkeypatch):
    monkeypatch.setattr(waiting, "_places", waiting.threading.BoundedSemaphore(6))
    OutgoingMail.objects.all().delete()
    cookie = client.cookies["visit"].value

    def press(_number):
        browser = Client()
        browser.cookies["visit"] = cookie
        try:
            return words_of(do(browser, pledge, "cancel"))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(press, range(6)))

    assert all("Your gift has ended" in answer for answer in answers)
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["cancelled"]


# When the next charge is


@pytest.mark.parametrize(
    ("begun", "next_charge", "since", "due"),
    [
        ("2026-01-15", "2026-02-15", "2026-02-15", "2026-02-15"),
        ("2026-01-15", "2026-02-15", "2026-03-14", "2026-03-15"),
        ("2026-01-31", "2026-02-28", "2026-03-05", "2026-03-31"),
        ("2026-01-31", "2026-04-30", "2026-05-05", "2026-05-31"),
        ("2026-01-28", "2026-02-28", "2026-03-05", "2026-03-28"),
        ("2026-10-31", "2026-11-30", "2027-02-10", "2027-02-28"),
    ],
)
def test_a_pause_puts_charges_off_to_their_own_day(begun, next_charge, since, due):
    def moment(day):
        return datetime.fromisoformat(f"{day}T12:00:00+00:00")

    pledge = Pledge(frequency="monthly", next_charge_at=moment(next_charge))
    pledge.created_at = moment(begun)

    assert first_charge(pledge, moment(since)) == moment(due)


@pytest.mark.parametrize("deed", DEEDS)
def test_query_counts(client, sandbox, pledge, deed, django_assert_max_num_queries):
    """Visit, pledge; of a form the currency's rule or the sum given; what stands on each page."""
    with django_assert_max_num_queries(8):
        client.get(address(pledge, deed))
