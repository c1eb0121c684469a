"""Signing up, confirming, leaving, and what is kept of whom."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Delivery, MailState, SignUpMail, Subscriber
from articles.newsletter import forgetting, links, signing_up
from articles.newsletter.rates import PER_SENDER
from tests.articles.newsletters import HERE, make_issue, make_subscriber, work
from tests.factories import make_publication
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

EMAIL = "ida@example.org"


def sign_up(client, email=EMAIL, address="/newsletter", headers=HERE, **extra):
    return client.post(address, {"email": email}, headers=headers, **extra)


def addresses_in(mail):
    return [found.removeprefix("http://testserver") for found in re.findall(r"http\S+", mail.body)]


def confirm_address(mail):
    [address] = [each for each in addresses_in(mail) if "/confirm?" in each]
    return address


class TestSigningUp:
    def test_takes_a_mail_and_a_button(self, client, mailoutbox):
        page = sign_up(client)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        work("mail")
        [mail] = mailoutbox
        assert mail.to == [EMAIL]

        address = confirm_address(mail)
        opened = client.get(address)
        assert opened.status_code == 200
        assert Subscriber.objects.get().is_pending
        assert opened["Referrer-Policy"] == "strict-origin"
        assert "no-store" in opened["Cache-Control"]

        done = client.post("/newsletter/confirm", {"key": address.partition("key=")[2]})
        assert "You are subscribed" in words_of(done)
        subscriber = Subscriber.objects.get()
        assert subscriber.is_confirmed
        assert "until you unsubscribe" in subscriber.wording

    def test_speaks_the_language_of_the_page(self, client, mailoutbox):
        sign_up(client, address="/ru/newsletter")
        work("mail")

        assert Subscriber.objects.get().language == "ru"
        assert "/ru/newsletter/confirm?" in mailoutbox[0].body

    def test_answers_the_same_whoever_is_known(self, client):
        make_subscriber("known@example.org")
        make_subscriber("gone@example.org").unsubscribe()
        Subscriber.objects.suppress(["bounced@example.org"])

        pages = {
            sign_up(client, email).content.decode().replace(email, "")
            for email in ["new@example.org", "known@example.org", "gone@example.org",
                          "bounced@example.org", "new@example.org"]
        }  # fmt: skip

        assert len(pages) == 1
        assert SignUpMail.objects.filter(state=MailState.WAITING).count() == 5

    def test_of_one_spelling_for_each_mailbox(self, client):
        for email in (EMAIL, " Ida@Example.ORG ", EMAIL.upper()):
            assert sign_up(client, email).status_code == 200

        assert Subscriber.objects.get().email == EMAIL

    def test_from_elsewhere_is_refused(self, client):
        for headers in (
            {},
            {"Origin": "null"},
            {"Origin": "https://other.example"},
            HERE | {"Sec-Fetch-Site": "cross-site"},
        ):
            assert sign_up(client, headers=headers).status_code == 403

        assert not Subscriber.objects.exists()

    @pytest.mark.parametrize(
        "email", ["", "ida", "ida@", "a@b\x00.example", "x" * 300 + "@a.example"]
    )
    def test_with_nonsense_is_refused_and_loses_nothing(self, client, email):
        page = sign_up(client, email)

        assert page.status_code == 400
        assert read(page).all("input")[-1]["aria-invalid"] == "true"
        assert not Subscriber.objects.exists()

    def test_very_often_from_one_sender_has_to_wait(self, client):
        for number in range(PER_SENDER):
            assert sign_up(client, f"a{number}@example.org").status_code == 200

        refused = sign_up(client)
        assert refused.status_code == 429
        assert refused["Retry-After"] == "60"
        assert EMAIL in refused.content.decode()
        assert sign_up(client, REMOTE_ADDR="198.51.100.9").status_code == 200
        with time_machine.travel(timezone.now() + timedelta(minutes=2)):
            assert sign_up(client).status_code == 200


class TestMailsAboutIt:
    def test_are_three_a_day_at_most(self, client, mailoutbox):
        for _time in range(5):
            sign_up(client)
        work("mail")
        assert len(mailoutbox) == 3

        with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
            sign_up(client)
            work("mail")
        assert len(mailoutbox) == 4

    def test_tell_who_is_subscribed_so_once_a_day(self, client, mailoutbox):
        make_subscriber(EMAIL)
        for _time in range(3):
            sign_up(client)
        work("mail")

        [mail] = mailoutbox
        assert "subscribed already" in " ".join(mail.body.split())
        assert any("/unsubscribe?" in address for address in addresses_in(mail))

    def test_do_not_go_to_whom_mail_came_back(self, client, mailoutbox):
        Subscriber.objects.suppress([EMAIL])
        sign_up(client)
        work("mail")

        assert mailoutbox == []

    def test_are_handed_over_once(self, client, mailoutbox):
        sign_up(client)
        number = SignUpMail.objects.get().pk
        for _time in range(2):
            signing_up.hand_over(number)

        assert len(mailoutbox) == 1


class TestConfirming:
    def test_works_for_seven_days(self, client):
        subscriber = make_subscriber(state="pending", confirmed_at=None, asked_at=timezone.now())
        address = links.to_confirm(subscriber).removeprefix("http://testserver")

        with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
            assert client.get(address).status_code == 410
            assert client.post(address).status_code == 410
        assert Subscriber.objects.get().is_pending

    def test_twice_changes_nothing(self, client):
        subscriber = make_subscriber(state="pending", confirmed_at=None)
        address = links.to_confirm(subscriber).removeprefix("http://testserver")
        assert client.post(address).status_code == 200
        moment = Subscriber.objects.get().confirmed_at

        assert client.post(address).status_code == 200
        assert client.get(address).status_code == 200
        assert Subscriber.objects.get().confirmed_at == moment

    def test_by_an_old_link_does_not_bring_back_who_left(self, client):
        subscriber = make_subscriber()
        address = links.to_confirm(subscriber).removeprefix("http://testserver")
        subscriber.unsubscribe()

        assert client.post(address).status_code == 410
        assert Subscriber.objects.get().state == "unsubscribed"

    @pytest.mark.parametrize("word", ["", "x", "a:b:c", "\x00"])
    def test_needs_a_word_of_ours(self, client, word):
        assert client.post("/newsletter/confirm", {"key": word}).status_code == 410

    def test_is_not_done_by_the_word_for_leaving(self, client):
        subscriber = make_subscriber(state="pending", confirmed_at=None)
        word = links.to_leave(subscriber.pk, "en").partition("key=")[2]

        assert client.post(f"/newsletter/confirm?key={word}").status_code == 410


class TestLeaving:
    @pytest.fixture
    def address(self):
        address = links.to_leave(make_subscriber().pk, "en")
        return address.removeprefix("http://testserver")

    def test_takes_one_press_in_a_mail_program(self, client, address):
        """https://www.rfc-editor.org/rfc/rfc8058#section-3.2"""
        answer = client.post(address, {"List-Unsubscribe": "One-Click"})

        assert answer.status_code == 200
        assert Subscriber.objects.get().state == "unsubscribed"

    def test_does_not_happen_by_looking(self, client, address):
        page = client.get(address)

        assert page.status_code == 200
        assert EMAIL not in page.content.decode()  # The mail may have been passed on.
        assert Subscriber.objects.get().is_confirmed

    def test_works_for_ever_and_twice(self, client, address, settings):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"
        with time_machine.travel(timezone.now() + timedelta(days=3650)):
            for _time in range(2):
                assert client.post(address).status_code == 200

        assert Subscriber.objects.get().state == "unsubscribed"

    def test_leaves_only_a_hash(self, client, address):
        client.post(address)

        subscriber = Subscriber.objects.get()
        assert EMAIL not in str(vars(subscriber))
        assert subscriber == Subscriber.objects.of_address(EMAIL).get()
        assert (subscriber.wording, subscriber.asked_at, subscriber.confirmed_at) == (
            "",
            None,
            None,
        )

    def test_and_being_forgotten_leaves_nothing(self, client, address):
        Delivery.objects.create(issue=make_issue(), subscriber=Subscriber.objects.get())
        client.post(address)
        client.post(address, {"forget": "1"})

        assert not Subscriber.objects.exists()
        assert Delivery.objects.get().subscriber is None
        for _time in range(2):
            assert client.post(address).status_code == 200

    def test_needs_a_whole_link(self, client, address):
        for broken in (address[:-3], "/newsletter/unsubscribe", address.replace("key=", "key=x")):
            assert client.post(broken).status_code == 404

        assert Subscriber.objects.get().is_confirmed


class TestKeeping:
    def test_unconfirmed_addresses_go_after_seven_days(self):
        make_subscriber(state="pending", confirmed_at=None, asked_at=timezone.now())
        stays = make_subscriber("stays@example.org")
        again = make_subscriber("again@example.org")
        again.unsubscribe()
        signing_up.ask("again@example.org", "en")

        with time_machine.travel(timezone.now() + timedelta(days=6)):
            assert forgetting.tidy().unconfirmed == 0
        with time_machine.travel(timezone.now() + timedelta(days=8)):
            assert forgetting.tidy().unconfirmed == 2

        again.refresh_from_db()
        assert (again.state, again.email) == ("unsubscribed", "")
        assert set(Subscriber.objects.all()) == {stays, again}
        assert not SignUpMail.objects.exists()

    def test_to_whom_an_issue_went_is_forgotten_after_a_month(self):
        issue = make_issue(make_publication())
        make_subscriber()
        issue.start(by=None)
        Delivery.objects.update(state=MailState.SENT)
        issue.finish()

        with time_machine.travel(timezone.now() + timedelta(days=31)):
            assert forgetting.tidy().issues == 1
            assert forgetting.tidy().issues == 0
        issue.refresh_from_db()
        assert not Delivery.objects.exists()
        assert issue.counted()["sent"] == 1

    @pytest.mark.parametrize("fields", [{"email": ""}, {"wording": ""}, {"state": "suppressed"}])
    def test_the_database_holds_an_address_to_its_state(self, fields):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_subscriber(**fields)
