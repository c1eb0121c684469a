"""The way to one's own gifts: a link by mail, used once, and the visit it begins."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from donations import rates, visits
from donations.models import ManageLink, OutgoingMail
from tests.donations.giving import send
from tests.donations.records import make_supporter
from tests.donations.visiting import DOOR, address_of, ask, use, visit, word_of
from tests.factories import JUNE_1
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db


class TestAskingForALink:
    def test_a_supporter_gets_one_by_mail(self, client):
        supporter = make_supporter()

        answer = ask(client, "Reader@Example.org")

        assert answer.status_code == 200
        mail = OutgoingMail.objects.get()
        link = ManageLink.objects.get()
        assert (mail.kind, mail.about, mail.supporter) == ("manage_link", str(link.pk), supporter)
        assert mail.context == {"link": str(link.pk)}

    def test_anybody_else_gets_the_same_answer_and_nothing_else(self, client):
        make_supporter("known@example.org")
        answers = {}
        for email in ("known@example.org", "other@example.org"):
            with CaptureQueriesContext(connection) as queries:
                answer = client.post(DOOR, {"email": email})
            values = re.compile(r"'[^']*'|s\d+_x\d+|\b\d+\b")  # And names of savepoints.
            asked = [values.sub("…", query["sql"]) for query in queries]
            answers[email] = (answer.status_code, words_of(answer).replace(email, "…"), asked)
            assert not answer.cookies
        ask(client, "other@example.org")

        assert answers["known@example.org"] == answers["other@example.org"]
        assert [mail.supporter.email for mail in OutgoingMail.objects.all()] == [
            "known@example.org"
        ]

    def test_no_more_than_three_wait_to_be_used(self, client):
        supporter = make_supporter()
        for _number in range(5):
            assert ask(client).status_code == 200
        assert ManageLink.objects.count() == OutgoingMail.objects.count() == 3

        assert supporter.links.first().use()
        ask(client)
        assert ManageLink.objects.count() == 4

    def test_who_was_forgotten_since_gets_none(self, client):
        supporter = make_supporter()
        visits.ask_for_link("reader@example.org")
        supporter.email = ""
        supporter.save()

        visits.order_link(supporter.pk)

        assert not ManageLink.objects.exists()

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("", "Write the e-mail address with which you give."),
            ("reader", "Write an e-mail address such as name@example.org."),
            ("reader@example.org\x00", "Null characters are not allowed."),
            ("r" * 100_000 + "@example.org", "at most 254 characters"),
        ],
    )
    def test_what_is_no_address_is_refused_with_a_sentence(self, client, typed, sentence):
        answer = ask(client, typed)

        assert answer.status_code == 400
        assert sentence in words_of(answer)
        assert not read(answer).faults

    @pytest.mark.parametrize(
        "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
    )
    def test_another_site_cannot_ask(self, client, headers):
        make_supporter()

        assert ask(client, **headers).status_code == 403
        assert not OutgoingMail.objects.exists()

    def test_no_line_of_the_log_says_who_asked(self, client, caplog):
        make_supporter()
        ask(client)

        assert "reader" not in caplog.text

    def test_query_counts(self, client, django_assert_num_queries):
        """What stands on each page; asked for, the count of wishes, the supporter, the job."""
        with django_assert_num_queries(5):
            assert not client.get(DOOR).cookies
        with django_assert_num_queries(14):
            client.post(DOOR, {"email": "reader@example.org"})

    def test_is_given_to_one_sender_ten_times_a_minute(self, client, checkouts):
        make_supporter()
        for _number in range(rates.LINKS_PER_ADDRESS):
            assert client.post(DOOR, {"email": "other@example.org"}).status_code == 200

        answer = client.post(DOOR, {"email": "reader@example.org"})

        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
        assert 'value="reader@example.org"' in answer.content.decode()
        assert not ManageLink.objects.exists()
        elsewhere = client.post(DOOR, {"email": "other@example.org"}, REMOTE_ADDR="10.0.0.9")
        assert elsewhere.status_code == 200
        assert send(client).status_code == 303  # Gifts are counted by themselves.


class TestTheLink:
    @pytest.fixture
    def link(self):
        return make_supporter().links.create()

    def test_shows_one_button_and_uses_nothing(self, client, link):
        for _time in range(3):
            page = client.get(address_of(link))
            assert len(read(page).all("button")) == 1
            assert not page.cookies
            assert "no-store" in page["Cache-Control"]
            assert page["Referrer-Policy"] == "strict-origin"  # Requests do not carry the word on.
            assert not read(page).faults

        link.refresh_from_db()
        assert link.used_at is None

    def test_begins_a_visit_with_a_cookie_of_these_pages_only(self, client, link, settings):
        answer = use(client, link)

        assert (answer.status_code, answer["Location"]) == (303, DOOR)
        cookie = answer.cookies["visit"]
        assert (cookie["path"], cookie["samesite"], cookie["max-age"]) == (DOOR, "Lax", 3600)
        assert cookie["httponly"]
        assert not cookie["secure"]
        assert "sessionid" not in answer.cookies
        assert "You see the gifts of reader@example.org." in words_of(client.get(DOOR))

        settings.SESSION_COOKIE_SECURE = True
        assert use(Client(), make_supporter("b@example.org").links.create()).cookies["visit"][
            "secure"
        ]

    def test_works_once(self, client, link):
        use(client, link)
        stranger = Client()

        for answer in (use(stranger, link), stranger.get(address_of(link))):
            assert answer.status_code == 410
            assert "Ask for a new one." in words_of(answer)
            assert not answer.cookies

    def test_pressed_again_in_the_same_browser_changes_nothing(self, client, link):
        use(client, link)

        for answer in (use(client, link), client.get(address_of(link))):
            assert (answer.status_code, answer["Location"]) == (303, DOOR)
        assert "You see the gifts" in words_of(client.get(DOOR))

    def test_works_for_fifteen_minutes(self, client, time_machine):
        time_machine.move_to(JUNE_1, tick=False)
        link, late = (make_supporter(f"{n}@example.org").links.create() for n in "ab")
        time_machine.shift(timedelta(minutes=14, seconds=59))
        assert use(client, link).status_code == 303
        time_machine.shift(timedelta(seconds=1))
        assert use(client, late).status_code == 410
        assert client.get(address_of(late)).status_code == 410

    def test_is_nothing_without_our_signature(self, client, link):
        word = word_of(link)
        other = signing.Signer(salt=visits.SALT).sign(str(link.pk))
        for wrong in (str(link.pk), word[:-1], word + "x", "\x00", "", ":", other, "w" * 500_000):
            assert client.post(DOOR, {"link": wrong}).status_code == 410
            assert client.get(DOOR, {"link": wrong[:4000]}).status_code == 410
        link.refresh_from_db()
        assert link.used_at is None

    def test_cannot_be_used_by_another_site(self, client, link):
        assert use(client, link, Origin="https://evil.example").status_code == 403
        link.refresh_from_db()
        assert link.used_at is None


class TestAVisit:
    @pytest.fixture
    def link(self, client):
        return visit(client, make_supporter())

    def is_in(self, client):
        return "You see the gifts" in words_of(client.get(DOOR))

    def test_lasts_an_hour(self, client, time_machine):
        time_machine.move_to(JUNE_1, tick=False)
        visit(client, make_supporter())
        time_machine.shift(timedelta(minutes=59))
        assert self.is_in(client)
        time_machine.shift(timedelta(minutes=1))
        assert not self.is_in(client)

    def test_ends_when_left_for_whoever_copied_the_cookie_too(self, client, link):
        copy = Client()
        copy.cookies["visit"] = client.cookies["visit"].value
        assert self.is_in(copy)

        answer = client.post(f"{DOOR}/leave")

        assert (answer.status_code, answer["Location"]) == (303, DOOR)
        assert (answer.cookies["visit"].value, answer.cookies["visit"]["path"]) == ("", DOOR)
        assert not self.is_in(client)
        assert not self.is_in(copy)

    def test_is_left_by_the_button_only(self, client, link):
        assert client.get(f"{DOOR}/leave").status_code == 405
        other = {"Sec-Fetch-Site": "cross-site"}
        assert client.post(f"{DOOR}/leave", headers=other).status_code == 403
        assert self.is_in(client)

    def test_is_not_begun_by_a_cookie_of_one_s_own_making(self, link):
        word = word_of(link)
        unused = signing.Signer(salt=visits.SALT).sign(str(link.supporter.links.create().pk))
        for forged in (str(link.pk), word, unused, "x", "\x00", "é"):
            stranger = Client()
            stranger.cookies["visit"] = forged
            assert not self.is_in(stranger)

    def test_of_somebody_else_in_the_same_browser_takes_its_place(self, client, link):
        visit(client, make_supporter("other@example.org"))

        assert "You see the gifts of other@example.org." in words_of(client.get(DOOR))

    def test_is_needed_for_every_page_behind_the_door(self, client):
        for page in (
            "pledges/sub_1/amount",
            "pledges/sub_1/pause",
            "pledges/sub_1/resume",
            "pledges/sub_1/cancel",
            "pledges/sub_1/card",
            "gifts/pi_1",
            "statements/2026",
            "forget",
        ):
            for answer in (client.get(f"{DOOR}/{page}"), client.post(f"{DOOR}/{page}")):
                assert answer.status_code == 403
                assert "Ask for a new link." in words_of(answer)
                assert "no-store" in answer["Cache-Control"]
                assert not answer.cookies


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_comes_in():
    link = make_supporter().links.create()

    def press(_number):
        try:
            return use(Client(), link).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(press, range(6)))

    assert statuses == [303, 410, 410, 410, 410, 410]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_no_more_than_three_get_a_link():
    supporter = make_supporter()

    def order(_number):
        try:
            visits.order_link(supporter.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(order, range(6)))

    assert ManageLink.objects.count() == 3
