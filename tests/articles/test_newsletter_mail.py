"""What the mails of the newsletter say, and what they do not."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import IssueStory, Outlet
from articles.newsletter import letters
from tests.articles.newsletters import make_issue, make_subscriber
from tests.factories import make_article, make_photo, make_publication
from tests.reading import Reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return make_publication(
        headline="Rivers “rise” & fall", source="WSJ", teaser="It's wet.", lead_photo=make_photo()
    )


@pytest.fixture
def outlet():
    return Outlet.objects.create(
        pk=1, name="The Tide", email="desk@tide.example", postal_address="1 Quay\nLowmark"
    )


def html_of(message):
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    return html


def mails(story):
    """One of each kind, as a subscriber gets it."""
    subscriber = make_subscriber()
    return [
        letters.letter_of(make_issue(story)).for_reader(subscriber),
        letters.to_confirm(subscriber),
        letters.already_subscribed(subscriber),
    ]


def test_nothing_in_a_mail_is_fetched_or_reports_back(story):
    for message in mails(story):
        page = Reader(html_of(message))
        names = {name for name, _attributes in page.elements}
        assert not names & {"img", "link", "script", "iframe", "video", "object", "embed", "form"}
        assert not [
            1 for _name, attributes in page.elements if {"src", "background"} & set(attributes)
        ]
        assert not re.search(r"url\(|@import|srcset", html_of(message))
        for link in page.all("a"):
            assert link["href"].startswith(("http://testserver/", "mailto:")), link
            assert "?" not in link["href"] or "?key=" in link["href"]


def test_links_to_stories_say_nothing_about_their_reader(story):
    letter = letters.letter_of(make_issue(story))
    first, second = (
        letter.for_reader(make_subscriber(email)) for email in ("a@example.org", "b@example.org")
    )

    def without_leaving(text):
        return re.sub(r"http\S+/newsletter/unsubscribe\?key=[\w.-]+", "LEAVE", text)

    assert f"http://testserver{story.get_absolute_url()}\n" in first.body
    assert without_leaving(first.body) == without_leaving(second.body) != first.body
    assert without_leaving(html_of(first)) == without_leaving(html_of(second))


def test_an_issue_has_the_stories_readers_can_see_in_its_order(story):
    hidden = [
        make_publication(headline="Later", at=timezone.now() + timedelta(days=1)),
        make_publication(headline="Gone"),
    ]
    hidden[1].article.withdraw("An error.", by=None)
    issue = make_issue(*hidden, make_publication(headline="Second"), story)
    IssueStory.objects.create(issue=issue, picked=make_article(headline="Draft"), position=9)
    IssueStory.objects.filter(picked=story.article).update(teaser="Our own <words>.", position=0)

    message = letters.letter_of(issue).for_reader(make_subscriber())

    for text in (message.body, html_of(message)):
        assert text.index("Rivers") < text.index("Second")
        assert not [word for word in ("Later", "Gone", "Draft") if word in text]
        assert "It&#x27;s wet" not in text
    assert "Our own <words>." in message.body
    assert "Our own &lt;words&gt;." in html_of(message)
    assert "Rivers “rise” & fall – WSJ" in message.body


def test_an_issue_says_who_sends_it_and_how_to_leave(story, outlet, settings):
    settings.DEFAULT_FROM_EMAIL = "Gifts <mail@tide.example>"
    subscriber = make_subscriber()
    issue = make_issue(story)

    message = letters.letter_of(issue).for_reader(subscriber)
    again = letters.letter_of(issue).for_reader(subscriber)

    assert message.from_email == "The Tide <mail@tide.example>"
    assert message.reply_to == ["desk@tide.example"]
    leave = message.extra_headers["List-Unsubscribe"]
    assert re.fullmatch(r"<http://testserver/newsletter/unsubscribe\?key=[\w.-]+>", leave)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["List-Id"] == "The Tide <newsletter.testserver>"
    assert message.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert leave[1:-1] in message.body
    assert leave[1:-1] in html_of(message)
    for text in (message.body, html_of(message)):
        assert "1 Quay" in text
        assert "You get this because" in text
    assert message.message()["Message-ID"].endswith("@testserver>")


def test_nobody_writes_headers_by_a_subject(story):
    issue = make_issue(story, subject="The week\r\nBcc: a@example.org")

    message = letters.letter_of(issue).for_reader(make_subscriber()).message()

    assert "Bcc" not in message
    assert message["Subject"] == "The week Bcc: a@example.org"


def test_plain_text_is_broken_at_words_and_addresses_never(story):
    issue = make_issue(story, intro="word " * 100)
    text = letters.letter_of(issue).for_reader(make_subscriber()).body

    long = [line for line in text.splitlines() if len(line) > 72 and "http" not in line]
    assert long == []
    assert "\n\n\n" not in text


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ru", "ltr")])
def test_a_mail_speaks_the_language_of_its_reader(story, language, direction):
    subscriber = make_subscriber(language=language)
    made = [
        letters.letter_of(make_issue(story, language=language)).for_reader(subscriber),
        letters.to_confirm(subscriber),
    ]
    for message in made:
        [attributes] = Reader(html_of(message)).all("html")
        assert attributes == {"lang": language, "dir": direction}
        assert Reader(html_of(message)).faults == []


def test_a_language_that_is_offered_no_more_does_no_harm(story):
    subscriber = make_subscriber(language="xx")

    assert letters.letter_of(make_issue(story, language="xx")).for_reader(subscriber).body
    assert letters.already_subscribed(subscriber).body


def test_a_letter_costs_the_same_however_many_stories(story, django_assert_num_queries):
    issue = make_issue(*(make_publication(lead_photo=make_photo()) for _number in range(12)))
    subscriber = make_subscriber()

    # Outlet, picks, stories, bylines.
    with django_assert_num_queries(4):
        letter = letters.letter_of(issue)
    with django_assert_num_queries(0):
        letter.for_reader(subscriber)
