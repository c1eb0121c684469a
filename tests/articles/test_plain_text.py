"""The text of a story without markup, for networks on which every kilobyte counts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Correction, Outlet
from articles.plain_text import text_of
from tests.factories import make_photo, make_publication
from tests.reading import read

pytestmark = pytest.mark.django_db

BODY = """<p>The dyke <strong>held</strong>, said <a href="https://other.example/a">a
neighbour</a>.</p><h2>What now?</h2><ul><li>Sand</li><li>Clay<ul><li>blue</li></ul></li></ul>
<ol start="3"><li>Third</li><li>Fourth<br>line</li></ol>
<blockquote><p>First.</p><p>Second &amp; last.</p></blockquote><figure data-photo="{photo}"
data-caption="From the air"></figure><p class="link-card"><a href="https://vimeo.com/1">A
film</a></p>"""

PRINTED = """\
The dyke held, said a neighbour <https://other.example/a>.

What now?
---------

- Sand
- Clay
  - blue

3. Third
4. Fourth
   line

> First.

> Second & last.

[From the air. Inger Lund (CC BY-SA 4.0)]

A film <https://vimeo.com/1>
"""


def get(client, story, **more):
    return client.get(f"{story.get_absolute_url()}.txt", **more)


def make_story(**fields):
    photo = make_photo(creator="Inger Lund", caption="A dyke at dawn")
    values = {"lead_photo": photo, "body": BODY.format(photo=photo.pk).replace("\n", " ")}
    return make_publication(**values | fields)


def test_it_says_what_the_page_says(client, settings):
    Outlet.objects.create(pk=1, name="The Estuary")
    card = make_publication(headline="Four metres of water")
    story = make_story(
        headline="Dyke holds",
        source="WSJ",
        standfirst="For one more night.",
        dateline="LOWMARK",
        authors=["Ann Ash", "Bo Birk"],
        text_licence_id="CC BY 4.0",
        text_credit="By others.",
        text_source_url="https://news.example/original",
        at=datetime(2022, 7, 25, 12, tzinfo=UTC),
    )
    Correction.objects.create(
        article=story.article, text="It was a dyke.", made_at=story.visible_from
    )

    text = get(client, story).content.decode()

    head = (
        "The Estuary\n\nDyke holds – WSJ\n================\n\nFor one more night.\n\n"
        "By Ann Ash and Bo Birk\n25 July 2022, 12:00 UTC\n\n"
        "[A dyke at dawn. Inger Lund (CC BY-SA 4.0)]\n\nLOWMARK – "
    )
    assert text[: len(head + PRINTED)] == head + PRINTED
    foot = text.removeprefix(head + PRINTED)
    parts = [
        "It was a dyke.",
        "By others.\nLicence of the text: CC BY 4.0 https://creativecommons.org/licenses/by/4.0/",
        "Original: https://news.example/original",
        "Read more\n---------\n\nFour metres of water\n"
        f"{settings.SITE_URL}{card.get_absolute_url()}",
        f"\n\n{settings.SITE_URL}{story.get_absolute_url()}\n",
    ]
    assert sorted(parts, key=foot.index) == parts


def test_its_page_names_it_and_it_names_its_page(client, settings):
    story = make_story()
    address = reverse("articles:plain_text", args=[story.first_published_at, story.slug, story.pk])

    alternates = [
        link["href"]
        for link in read(client.get(story.get_absolute_url())).all("link")
        if link.get("type") == "text/plain"
    ]
    response = client.get(address)

    assert alternates == [address]
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Link"] == f'<{settings.SITE_URL}{story.get_absolute_url()}>; rel="canonical"'
    assert response["Content-Language"] == "en"
    assert "public" in response["Cache-Control"]


def test_it_is_in_the_language_of_its_story(client):
    response = get(client, make_story(language="ru", headline="Дамба держится"))

    assert response["Content-Language"] == "ru"
    assert "Дамба держится\n==============\n" in response.content.decode()


def test_a_wrong_day_or_slug_leads_to_the_right_address(client):
    story = make_story()

    for path in (f"/2020/01/01/x-a{story.pk}.txt", f"/ru/2026/06/01/x-a{story.pk}.txt"):
        response = client.get(path)
        assert response.status_code == 301
        assert response["Location"] == f"{story.get_absolute_url()}.txt"


def test_it_is_where_its_page_is_and_nowhere_else(client):
    withdrawn = make_story(headline="Gone")
    withdrawn.article.withdraw("An error.", by=None)
    scheduled = make_story(at=timezone.now() + timedelta(hours=1))

    gone = get(client, withdrawn)

    assert gone.status_code == 410
    assert gone.content.decode() == "This story has been withdrawn\n\nAn error.\n"
    assert get(client, scheduled).status_code == 404
    assert client.get("/2026/06/01/x-a999999.txt").status_code == 404


def test_live_coverage_goes_into_it(client):
    story = make_publication(kind="live")
    entry = story.article.live_entries.create(
        headline="Higher",
        body="<p>It rises.</p>",
        correction="It fell.",
        happened_at=timezone.now(),
    )
    entry.publish(by=None)

    text = get(client, story).content.decode()

    assert ": Higher\n--" in text
    assert "\n\nIt rises.\n\nCorrection: It fell.\n\n" in text


def test_an_opinion_says_whose_it_is(client):
    assert "its author" in get(client, make_story(kind="opinion")).content.decode()

    Outlet.objects.create(pk=1, name="The Estuary", opinion_notice="Not ours.")

    assert "\n\nNot ours.\n\n" in get(client, make_story(kind="opinion")).content.decode()


def test_addresses_of_our_own_are_named_in_full(settings):
    assert text_of('<p><a href="/page/about">We</a></p>') == f"We <{settings.SITE_URL}/page/about>"
    assert text_of('<p><a href="https://a.example/">https://a.example/</a></p>') == (
        "https://a.example/"
    )
    assert text_of('<p><a href="mailto:us@a.example">us@a.example</a></p>') == "us@a.example"


def test_it_asks_no_more_than_the_page(client, django_assert_max_num_queries):
    story = make_story(tags=["Water"])
    for _number in range(4):
        make_publication(tags=["Water"], lead_photo=make_photo())

    with django_assert_max_num_queries(11):
        get(client, story)
