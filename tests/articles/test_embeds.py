"""What stands elsewhere: shown by a card that asks nobody, and framed from one host alone."""

import pytest

from articles.embeds import embed_of
from tests.factories import make_publication
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

FILM = "https://www.youtube.com/watch?v=eleven-boat&t=3"
FRAMES = {
    FILM: "https://www.youtube-nocookie.com/embed/eleven-boat",
    "https://youtu.be/eleven-boat": "https://www.youtube-nocookie.com/embed/eleven-boat",
    "https://m.youtube.com/shorts/eleven-boat": "https://www.youtube-nocookie.com/embed/eleven-boat",
    "https://vimeo.com/123": "https://player.vimeo.com/video/123?dnt=1",
    "https://vimeo.com/123/0a1b2c3d4e": "https://player.vimeo.com/video/123?dnt=1&h=0a1b2c3d4e",
    "https://t.me/s/estuary/7": "https://t.me/estuary/7?embed=1",
    "https://www.tiktok.com/@estuary/video/7000000000000000000": (
        "https://www.tiktok.com/player/v1/7000000000000000000"
    ),
    "https://soundcloud.com/estuary/tide": (
        "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Festuary%2Ftide"
    ),
    f"https://rutube.ru/video/{'0a' * 16}/": f"https://rutube.ru/play/embed/{'0a' * 16}",
}
ONLY_LINKS = [
    "https://x.com/estuary/status/1",
    "https://www.instagram.com/p/abc/",
    "https://www.youtube.com/@estuary",
    "https://www.youtube.com/watch?v=../../evil",
    "https://vimeo.com/estuary",
    "https://t.me/c/123/7",
    "https://t.me/+invitation",
]
NO_PROVIDER = [
    "https://elsewhere.example/watch?v=eleven-boat",
    "https://youtube.com.example/watch?v=eleven-boat",
    "https://notyoutube.com/watch?v=eleven-boat",
    "mailto:someone@youtube.com",
    "https://[youtube.com/",
    "/2026/06/01/story-a1",
]


def card(href, title="A film"):
    return f'<p class="link-card"><a href="{href.replace("&", "&amp;")}">{title}</a></p>'


def page_with(client, *hrefs, **fields):
    story = make_publication(body="".join(card(href) for href in hrefs), **fields)
    return client.get(story.get_absolute_url())


def frame_policy(page):
    parts = page["Content-Security-Policy"].split("; ")
    return [part for part in parts if part.startswith("frame-src")]


@pytest.mark.parametrize("href", FRAMES)
def test_a_link_to_a_film_or_post_has_a_frame(href):
    assert embed_of(href).frame == FRAMES[href]


@pytest.mark.parametrize("href", ONLY_LINKS)
def test_what_has_no_frame_that_stands_alone_stays_a_link(client, href):
    assert not embed_of(href).frame

    page = page_with(client, href)

    assert not frame_policy(page)
    assert [link for link in read(page).all("a") if link["href"] == href]
    assert "Nothing is loaded from there" in words_of(page)


@pytest.mark.parametrize("href", NO_PROVIDER)
def test_other_links_are_no_embeds(href):
    assert embed_of(href) is None


def test_the_page_loads_nothing_of_theirs_and_says_where_the_link_leads(client):
    page = read(page_with(client, FILM))

    assert page.faults == []
    assert not page.all("iframe")
    assert all("youtube" not in str(image) for image in page.all("img"))
    (link,) = [link for link in page.all("a") if link["href"] == FILM]
    assert "noreferrer" in link["rel"]
    (button,) = [button for button in page.all("button") if "data-frame" in button]
    assert "hidden" in button  # Until there is a script.
    assert button["data-frame"] == FRAMES[FILM]


def test_the_policy_names_the_host_of_the_frame_and_no_other(client):
    assert frame_policy(page_with(client, FILM, "https://vimeo.com/1")) == [
        "frame-src https://player.vimeo.com https://www.youtube-nocookie.com"
    ]
    assert frame_policy(page_with(client, "https://elsewhere.example/")) == []
    assert frame_policy(client.get("/")) == []


def test_entries_of_live_coverage_have_cards_too(client):
    story = make_publication(kind="live")
    story.article.live_entries.create(body=card("https://t.me/estuary/7")).publish(by=None)

    page = client.get(story.get_absolute_url())

    assert frame_policy(page) == ["frame-src https://t.me"]
    assert [button for button in read(page).all("button") if "data-frame" in button]


def test_a_card_with_other_words_beside_its_link_stays_as_it_is(client):
    body = f'<p class="link-card">See <a href="{FILM}">the film</a> and <a href="/x">this</a></p>'
    story = make_publication(body=f"{body}<p><a href='https://a.example/'>next</a></p>")

    page = client.get(story.get_absolute_url())

    assert "See the film and this" in words_of(page)
    assert frame_policy(page) == []


def test_titles_and_addresses_are_escaped(client):
    story = make_publication(body=card("https://vimeo.com/1?a='>&b", "&lt;b&gt; “x” &amp; y"))

    html = client.get(story.get_absolute_url()).content.decode()

    assert "&lt;b&gt; “x” &amp; y</a>" in html
    assert "'>" not in html
