"""What mails to supporters say, in text and in HTML."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core import signing
from django.utils import timezone, translation

from donations import emails, links, money
from donations.letters import compose
from donations.models import ContributionRules, ManageLink, OutgoingMail, Pledge
from tests.donations.letters import html_of, ordered, sent
from tests.donations.records import make_contribution, make_supporter

pytestmark = pytest.mark.django_db

KINDS = OutgoingMail.Kind.values
MANAGE = "http://testserver/contribute/manage"


@pytest.fixture
def supporter():
    return make_supporter(name="O'Neil")


class TestReceipt:
    def test_says_what_was_given_to_whom(self, supporter, settings):
        settings.DEFAULT_FROM_EMAIL = "The Barque <give@barque.example>"
        contribution = make_contribution(frequency="monthly", supporter=supporter)
        Pledge.objects.create(
            subscription_id="sub_1",
            contribution=contribution,
            next_charge_at=datetime(2026, 7, 1, 12, tzinfo=UTC),
        )
        reference = str(contribution.pk)
        message = sent(supporter, fee_cover_minor=50, reference=reference)

        assert message.to == ["reader@example.org"]
        assert message.from_email == "The Barque <give@barque.example>"
        assert message.subject == "Thank you for your gift"
        facts = [
            "€12.50", "€0.50", "Monthly", "1 June 2026", "1 July 2026", reference, "The Barque",
        ]  # fmt: skip
        for text in (message.body, html_of(message)):
            assert [fact for fact in facts if fact not in text] == []

    def test_names_no_fee_and_no_next_day_where_there_is_none(self, supporter):
        message = sent(supporter, frequency="once")

        for text in (message.body, html_of(message)):
            assert "cover the fee" not in text
            assert "Next collected" not in text


class TestEveryMail:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("language", ["en", "ru"])
    def test_can_be_made(self, kind, language):
        message = sent(make_supporter(language=language), kind)

        html = html_of(message)
        assert f'lang="{language}" dir="ltr"' in html
        if kind != "manage_link":
            amount = {"en": "€12.50", "ru": "12,50\u00a0€"}[language]
            assert amount in message.body
            assert amount in html

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(("language", "prefix"), [("en", ""), ("ru", "/ru")])
    def test_leads_to_where_gifts_are_changed(self, kind, language, prefix):
        message = sent(make_supporter(language=language), kind)

        address = f"http://testserver{prefix}/contribute/manage"
        assert address in message.body.splitlines()
        assert f'href="{address}"' in html_of(message)

    @pytest.mark.parametrize("kind", KINDS)
    def test_fetches_nothing(self, supporter, kind):
        html = html_of(sent(supporter, kind))

        assert not re.search(r"<(img|link|script|iframe)|url\(|@import|src=", html)

    @pytest.mark.parametrize("kind", KINDS)
    def test_has_no_line_longer_than_programs_like_but_whole_addresses(self, supporter, kind):
        body = sent(supporter, kind, invoice_url=f"https://stripe.example/{'i' * 100}").body

        long = [line for line in body.splitlines() if len(line) > 72]
        assert [line for line in long if " " in line] == []
        assert "\n\n\n" not in body
        assert body == body.strip() + "\n"

    @pytest.mark.parametrize("kind", KINDS)
    def test_has_a_subject_that_says_nothing_where_that_is_safer(self, supporter, kind):
        ContributionRules.objects.create(pk=1, has_neutral_subjects=True)
        message = sent(supporter, kind)

        assert message.subject == "Your message"
        assert "<title>Your message</title>" in html_of(message)

    @pytest.mark.parametrize("kind", KINDS)
    def test_has_headers_that_say_it_is_no_letter_and_nothing_personal(self, supporter, kind):
        headers = sent(supporter, kind).message()

        assert headers["Auto-Submitted"] == "auto-generated"
        assert re.fullmatch(r"<[0-9a-f]{40}@testserver>", headers["Message-ID"])
        del headers["To"]
        assert "reader" not in str(headers.items())
        assert "Neil" not in str(headers.items())

    def test_has_a_number_of_its_own_that_stays_when_it_is_sent_again(self, supporter):
        first, second = ordered(supporter, "changed"), ordered(supporter, "cancelled")
        ids = [compose(mail, supporter).message()["Message-ID"] for mail in (first, first, second)]
        assert ids[0] == ids[1] != ids[2]

    def test_is_in_the_first_language_where_that_of_the_supporter_is_gone(self, settings):
        settings.LANGUAGES = [("en", "English")]
        message = sent(make_supporter(language="ru"))

        assert 'lang="en"' in html_of(message)
        assert MANAGE in message.body.splitlines()
        assert "€12.50" in message.body

    def test_runs_from_the_right_where_its_language_does(self, settings):
        settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]

        assert 'lang="ar" dir="rtl"' in html_of(sent(make_supporter(language="ar")))

    def test_names_the_outlet_as_its_rules_do(self, supporter):
        ContributionRules.objects.create(pk=1, sender_name="Fish & Chip's\nWeekly")
        message = sent(supporter)

        assert message.from_email == "Fish & Chip's Weekly <contributions@testserver>"
        assert "Fish & Chip's Weekly" in message.body
        assert "Fish &amp; Chip&#x27;s Weekly" in html_of(message)

    @pytest.mark.parametrize("kind", KINDS)
    def test_holds_nothing_personal_before_it_is_made(self, supporter, kind):
        assert "reader" not in str(ordered(supporter, kind).context)


class TestFailedPayment:
    @pytest.mark.parametrize("is_tried_again", [True, False])
    def test_promises_another_attempt_only_where_there_is_one(self, supporter, is_tried_again):
        message = sent(supporter, "payment_failed", is_tried_again=is_tried_again)

        for text in (message.body, html_of(message)):
            assert ("we try again" in text) is is_tried_again
            assert ("nothing more is tried" in text) is not is_tried_again

    def test_that_waits_for_a_confirmation_leads_to_stripes_page(self, supporter):
        message = sent(
            supporter, "confirmation_needed", invoice_url="https://stripe.example/i?a=1&b=2"
        )

        assert "https://stripe.example/i?a=1&b=2" in message.body.splitlines()
        assert 'href="https://stripe.example/i?a=1&amp;b=2"' in html_of(message)


class TestOnwards:
    @pytest.mark.parametrize(("kind", "frequency"), [("thanks", "once"), ("cancelled", "monthly")])
    def test_offers_no_change_where_nothing_goes_on(self, supporter, kind, frequency):
        message = sent(supporter, kind, frequency=frequency)

        for text in (message.body, html_of(message)):
            assert "pause or end" not in text
            assert "receipts" in text

    def test_a_paused_gift_says_until_when(self, supporter):
        message = sent(supporter, "changed", resumes_at=datetime(2026, 9, 1, tzinfo=UTC))

        for text in (message.body, html_of(message)):
            assert "€12.50 every month is paused until 1 September 2026" in " ".join(text.split())
            assert "July" not in text


class TestReminders:
    @pytest.mark.parametrize(
        ("expires_on", "verb"), [(date(2100, 6, 30), "is"), (date(2020, 6, 30), "was")]
    )
    def test_of_a_card_name_its_last_month(self, supporter, expires_on, verb):
        message = sent(supporter, "card_expiring", expires_on=expires_on)

        told = f"{verb} valid until the end of June {expires_on:%Y}"
        for text in (message.body, html_of(message)):
            assert told in " ".join(text.split())
        assert ("has expired" in message.subject) is (verb == "was")

    def test_of_a_renewal_name_amount_and_day(self, supporter):
        message = sent(supporter, "renewal", frequency="annual")

        for text in (message.body, html_of(message)):
            assert "On 1 July 2026" in text
            assert "€12.50" in text


class TestManageLink:
    def test_opens_ones_own_gifts_in_ones_own_language(self):
        supporter = make_supporter(language="ru")
        link = ManageLink.objects.create(supporter=supporter)
        message = sent(supporter, "manage_link", link=link.pk)

        address = next(line for line in message.body.splitlines() if "?link=" in line)
        assert address.startswith("http://testserver/ru/contribute/manage?link=")
        with translation.override("ru"):
            assert address == links.address_of(str(link.pk))
        assert f'href="{address}"' in html_of(message)

    def test_is_not_kept_where_it_was_ordered(self, supporter):
        mail = ordered(supporter, "manage_link")

        key = signing.Signer(salt=links.SALT).sign(mail.context["link"])
        assert key.rpartition(":")[2] not in f"{mail.context} {mail.about}"

    def test_is_not_sent_once_it_opens_nothing_any_more(self, supporter, mailoutbox):
        mail = ordered(supporter, "manage_link")
        ManageLink.objects.update(created_at=timezone.now() - timezone.timedelta(minutes=16))
        emails.hand_over(mail.pk)

        mail.refresh_from_db()
        assert mail.state == OutgoingMail.State.NOT_WANTED
        assert mailoutbox == []

    def test_leaves_no_word_of_it_in_the_log(self, supporter, caplog):
        caplog.set_level(0)
        address = next(
            line for line in sent(supporter, "manage_link").body.splitlines() if "?link=" in line
        )

        assert address.partition("=")[2] not in caplog.text


@pytest.mark.parametrize("language", ["udm", "nonsense", "x-klingon", "zh-hans", "sr-latn"])
def test_an_amount_can_be_printed_in_any_language(language):
    assert "12" in money.printed(1250, "EUR", language)
