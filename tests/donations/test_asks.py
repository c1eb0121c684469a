"""What readers are asked, and where on the page."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from donations.models import Appeal
from tests.factories import make_editor, make_publication
from tests.reading import read

pytestmark = pytest.mark.django_db

SEED = Path(os.environ.get("REFERENCE_CONTENT") or "/nowhere") / "seed_article.json"


def make_appeals(**fields):
    return {
        placement: Appeal.objects.create(
            placement=placement,
            headline=f"Headline of {placement}",
            text="First <b>.\n\nSecond.",
            button=f"Give at {placement}",
            **fields,
        )
        for placement in Appeal.Placement.values
    }


def text_of(client, address="/"):
    return client.get(address).content.decode()


def test_a_story_shows_all_three_in_their_places(client):
    make_appeals()
    story = make_publication(headline="The harbour", tags=["Water"], body="<p>The body.</p>")

    html = text_of(client, story.get_absolute_url())

    parts = [
        "Headline of strip",
        "Give at strip",
        'class="masthead"',
        "<time",
        "Headline of top",
        "<p>First &lt;b&gt;.</p>",
        "<p>Second.</p>",
        "Give at top",
        "<h1>The harbour",
        "The body.",
        "Read more about:",
        "Headline of article_end",
        "Give at article_end",
    ]
    places = [html.index(part) for part in parts[:4]]
    html_from_header = html[places[-1] :]
    assert places == sorted(places)
    end = 0
    for part in parts[4:]:
        end = html_from_header.index(part, end)


def test_buttons_say_which_appeal_and_story_they_stand_on(client):
    appeals = make_appeals()
    story = make_publication()

    buttons = [
        link["href"]
        for link in read(client.get(story.get_absolute_url())).all("a")
        if link.get("class") == "button"
    ]

    assert buttons == [
        f"/contribute?appeal={appeals[placement].pk}&article={story.pk}"
        for placement in ("strip", "top", "article_end")
    ]


@pytest.mark.parametrize("address", ["/", "/world", "/theme/water", "/nothing-here"])
def test_other_pages_show_only_the_strip(client, address):
    appeals = make_appeals()
    make_publication(tags=["Water"])

    html = text_of(client, address)

    assert "Headline of strip" in html
    assert f'href="/contribute?appeal={appeals["strip"].pk}"' in html
    assert "Headline of top" not in html
    assert "Headline of article_end" not in html


@pytest.mark.parametrize("address", ["/contribute", "/contribute/thanks"])
def test_who_gives_is_not_asked_again(client, address):
    make_appeals()

    assert "Headline of" not in text_of(client, address)


def test_a_story_may_hide_asks(client):
    make_appeals()
    story = make_publication(hide_asks=True)

    assert "Headline of" not in text_of(client, story.get_absolute_url())


def test_an_appeal_without_a_button_has_none(client):
    Appeal.objects.create(placement="strip", headline="Only words")

    html = text_of(client)

    assert "Only words" in html
    assert 'class="button"' not in html


def test_appeals_come_and_go_by_the_clock(client):
    now, hour = timezone.now(), timedelta(hours=1)
    shown = {
        "Always": {},
        "Begun": {"starts_at": now - hour},
        "Not yet": {"starts_at": now + hour},
        "Over": {"ends_at": now - hour},
        "Off": {"is_active": False},
        "По-русски": {"language": "ru"},
    }
    for headline, fields in shown.items():
        Appeal.objects.all().delete()
        Appeal.objects.create(placement="strip", headline=headline, **fields)
        assert (headline in text_of(client)) == (headline in {"Always", "Begun"})
    assert "По-русски" in text_of(client, "/ru/")


def test_the_newest_is_shown_where_several_could_be(client):
    now = timezone.now()
    for days in (3, 1, 2):
        Appeal.objects.create(
            placement="strip",
            headline=f"From {days} days ago",
            starts_at=now - timedelta(days=days),
        )

    html = text_of(client)

    assert "From 1 days ago" in html
    assert "From 2 days ago" not in html


def test_asks_cost_one_query_however_many_there_are(client, django_assert_num_queries):
    story = make_publication()
    address = story.get_absolute_url()
    with django_assert_num_queries(12) as without:
        client.get(address)
    make_appeals()
    make_appeals()

    with django_assert_num_queries(12) as queries:
        client.get(address)
    assert sum("donations_appeal" in query["sql"] for query in [*without, *queries]) == 2


def test_the_page_is_the_same_for_every_reader(client):
    make_appeals()
    address = make_publication().get_absolute_url()
    first = client.get(address)
    client.force_login(make_editor())

    assert client.get(address).content == first.content
    assert not first.cookies
    assert reverse("donations:contribute") in first.content.decode()


@pytest.mark.skipif(not SEED.exists(), reason="REFERENCE_CONTENT names no folder with this article")
def test_the_appeals_of_the_model_page_are_entered_and_shown(admin_client):
    seed = json.loads(SEED.read_text())
    strip, top = seed["top_appeals"]
    end = seed["closing_appeal"]
    entered = {
        "strip": (strip["text"], [], strip["button"]),
        "top": (top["text"], [], top["button"]),
        "article_end": (end["headline"], end["paragraphs"], end["button"] or ""),
    }
    for placement, (headline, paragraphs, button) in entered.items():
        answer = admin_client.post(
            "/admin/donations/appeal/add/",
            {
                "placement": placement,
                "headline": headline,
                "text": "\n\n".join(paragraphs),
                "button": button,
                "language": "en",
                "is_active": "on",
            },
        )
        assert answer.status_code == 302, answer.content.decode()

    html = text_of(admin_client, make_publication().get_absolute_url())

    position = 0
    for headline, paragraphs, button in entered.values():
        for words in (headline, *paragraphs, button):
            position = html.index(escape(words), position)


def test_an_ask_without_text_leaves_no_empty_paragraph(client):
    Appeal.objects.create(placement="strip", headline="Support us!", button="Contribute today")

    html = text_of(client)

    assert "Support us!" in html
    assert "<p></p>" not in html
