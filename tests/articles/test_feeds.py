"""What programs get that readers follow the site with."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import jsonschema
import pytest
from django.utils import timezone

from articles.feeds.entries import FEED_SIZE
from articles.models import Correction, LiveEntry, Outlet, Section, Tag
from tests.factories import (
    JUNE_1,
    make_article,
    make_photo,
    make_publication,
    make_section,
)
from tests.reading import Reader, read

pytestmark = pytest.mark.django_db

SCHEMA = json.loads((Path(__file__).parent.parent / "schemas/json-feed-1.1.json").read_text())
ATOM = "{http://www.w3.org/2005/Atom}"
JUNE_2 = JUNE_1 + timedelta(days=1)
ADDRESSES = ["/feed.xml", "/world/feed.xml", "/theme/water/feed.xml", "/author/mara-quist/feed.xml"]


@pytest.fixture(autouse=True)
def outlet():
    return Outlet.objects.create(pk=1, name="The Gull", tagline="News from the coast")


@pytest.fixture
def story():
    """A story with everything that a feed has something to say about."""
    other = make_publication(headline="Before", tags=["Water"])
    return make_publication(
        headline="Dykes & <dams>",
        source="WSJ",
        slug="dykes",
        at=JUNE_2,
        kind="opinion",
        standfirst="First things.",
        teaser="In short.",
        dateline="HERE",
        is_sensitive=True,
        tags=["Water"],
        authors=["Mara Quist", "Ben Oduya"],
        lead_photo=make_photo(
            caption="A dyke.", creator="Kalabaha1969", source_url="https://photos.example/7"
        ),
        lead_alt="A dyke at noon",
        body='<p class="link-card"><a href="https://videos.example/1">A film</a></p>'
        f'<p>See <a href="{other.get_absolute_url()}">before</a>, <a href="/page/about">us</a>.</p>'
        f'<figure data-photo="{make_photo().pk}" data-caption="In the text."></figure>',
        text_licence_id="CC BY 4.0",
        text_credit="First printed elsewhere.",
        text_source_url="https://news.example/1",
    )


def parsed(client, address="/feed.xml"):
    """A feed as a strict program reads it."""
    response = client.get(address)
    assert response.status_code == 200
    assert not response.streaming
    ElementTree.fromstring(response.content)
    headers = {name.lower(): value for name, value in response.headers.items()}
    feed = feedparser.parse(response.content, response_headers=headers)
    assert not feed.bozo, feed.bozo_exception
    return feed


def json_of(client, address="/feed.json"):
    response = client.get(address)
    assert response["Content-Type"].startswith("application/feed+json")
    feed = json.loads(response.content)
    jsonschema.validate(feed, SCHEMA, format_checker=jsonschema.FormatChecker())
    return feed


def html_of_first(client):
    """The text of the newest story as it is sent: feedparser would tidy it."""
    root = ElementTree.fromstring(client.get("/feed.xml").content)
    return root.find(f"{ATOM}entry/{ATOM}content").text


def first_text(client):
    return Reader(f"<main>{html_of_first(client)}</main>")


def words_of(text):
    return " ".join("".join(text.text).split())


class TestTheFeed:
    def test_says_whose_it_is_and_where(self, client, story):
        feed = parsed(client).feed

        assert feed.title == "The Gull"
        assert feed.subtitle == "News from the coast"
        assert feed.language == "en"
        assert feed.generator == "Newsroom"
        assert feed.icon.startswith("http://testserver/static/")
        links = {link.rel: (link.type, link.href) for link in feed.links}
        assert links == {
            "self": ("application/atom+xml", "http://testserver/feed.xml"),
            "alternate": ("text/html", "http://testserver/"),
        }

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_there_is_one_of_each_list(self, client, story, address):
        make_publication(section=make_section("Sport"), authors=["Somebody Else"], at=JUNE_2)

        feed = parsed(client, address)

        expected = 3 if address == "/feed.xml" else 2
        assert len(feed.entries) == expected
        assert feed.feed.links[0].href == f"http://testserver{address}"
        page = address.removesuffix("/feed.xml") or "/"
        assert feed.feed.links[1].href == f"http://testserver{page}"

    def test_pages_name_it(self, client, story):
        for address in ADDRESSES:
            page = read(client.get(address.removesuffix("feed.xml").rstrip("/") or "/"))
            named = [
                link["href"]
                for link in page.all("link")
                if link["rel"] == "alternate" and link["type"] == "application/atom+xml"
            ]
            assert address in named
            assert "/feed.xml" in named

    def test_has_the_stories_of_its_language(self, client, story):
        make_publication(headline="Плотина", slug="plotina", language="ru", tags=["Water"])

        for address in ["/ru/feed.xml", "/ru/theme/water/feed.xml"]:
            feed = parsed(client, address)
            assert feed.feed.language == "ru"
            assert [entry.title for entry in feed.entries] == ["Плотина"]
        assert "Плотина" not in str(parsed(client))
        assert [item["title"] for item in json_of(client, "/ru/feed.json")["items"]] == ["Плотина"]

    def test_of_a_list_that_does_not_exist_is_unknown(self, client, story):
        Tag.objects.create(name="Empty")
        Section.objects.create(name="Hollow", slug="hollow")
        for address in ["/hollow", "/theme/empty", "/author/nobody", "/nothing", "/ru/world"]:
            assert client.get(f"{address}/feed.xml").status_code == 404

    def test_leads_on_where_the_list_has_another_address_now(self, client, story):
        section = make_section("World")
        section.slug = "planet"
        section.save()

        response = client.get("/world/feed.xml")

        assert (response.status_code, response["Location"]) == (301, "/planet/feed.xml")

    def test_is_one_before_the_first_story(self, client):
        assert parsed(client).entries == json_of(client)["items"] == []

    def test_has_no_more_than_the_newest(self, client):
        numbers = [
            make_publication(at=JUNE_1 + timedelta(hours=n)).pk for n in range(FEED_SIZE + 2)
        ]

        links = [entry.link for entry in parsed(client).entries]

        assert len(links) == FEED_SIZE
        assert links[0].endswith(f"-a{numbers[-1]}")

    def test_bears_what_xml_forbids(self, client):
        make_publication(headline="A\x0bB\x02 \ufffe", body="<p>x\x0cy ]]> &amp;</p>")

        assert parsed(client).entries[0].title == "AB"

    def test_is_the_same_for_everyone(self, client, story):
        for address in [*ADDRESSES, "/feed.json"]:
            response = client.get(address, headers={"Accept-Language": "ru"})
            assert response["Cache-Control"].startswith("public")
            assert not response.cookies
            assert "Vary" not in response


class TestAnEntry:
    def test_says_what_the_story_is(self, client, story):
        entry = parsed(client).entries[0]

        assert entry.title == "Dykes & <dams> – WSJ"
        assert entry.link == f"http://testserver{story.get_absolute_url()}"
        assert entry.published == entry.updated == "2026-06-02T12:00:00+00:00"
        assert entry.summary == "In short."
        assert [(author.name, author.href) for author in entry.authors] == [
            ("Mara Quist", "http://testserver/author/mara-quist"),
            ("Ben Oduya", "http://testserver/author/ben-oduya"),
        ]
        assert [tag.label for tag in entry.tags] == ["World", "Opinion", "Water"]
        assert entry.content[0].type == "text/html"

    def test_has_the_whole_text_with_all_that_belongs_to_it(self, client, story):
        Correction.objects.make(
            story.article, kind="correction", text="It was a dam.", by=None, made_at=JUNE_2
        )
        words = words_of(first_text(client))

        assert words.startswith("Opinion – Mara Quist, Ben Oduya")
        assert "some readers may find distressing" in words
        assert "First things." in words
        assert "A dyke. Kalabaha1969 (CC BY-SA 4.0)" in words
        assert "HERE – A film" in words
        assert "See before, us." in words
        assert "In the text. Creator" in words
        assert "The views in this article are those of its author" in words
        assert "Correction, 2 June 2026: It was a dam." in words.replace(" :", ":")
        assert "First printed elsewhere. Licence of the text: CC BY 4.0. Original" in words

    def test_can_be_read_anywhere(self, client, story):
        text = first_text(client)

        assert text.faults == []
        addresses = [link["href"] for link in text.all("a")]
        addresses += [image["src"] for image in text.all("img")]
        assert len(addresses) >= 9
        assert all(address.startswith(("http://", "https://")) for address in addresses)
        assert "http://testserver/page/about" in addresses
        assert "https://videos.example/1" in addresses
        assert not {"script", "iframe", "button"} & {tag for tag, _attributes in text.elements}
        assert next(image["alt"] for image in text.all("img")) == "A dyke at noon"

    def test_credits_its_photo_for_machines_too(self, client, story):
        entry = parsed(client).entries[0]

        (media,) = entry.media_content
        assert media["url"].startswith("http://testserver/media/")
        assert entry.media_credit[0]["content"] == "Kalabaha1969"
        assert entry.media_license["href"] == "https://creativecommons.org/licenses/by-sa/4.0/"

    def test_says_under_which_terms_a_text_came_from_others(self, client, story):
        entry = parsed(client).entries[0]

        assert entry.rights == "First printed elsewhere. (CC BY 4.0)"
        links = {link.rel: link.href for link in entry.links}
        assert links["via"] == "https://news.example/1"
        assert links["license"] == "https://creativecommons.org/licenses/by/4.0/"

    def test_keeps_its_name_when_headline_address_and_domain_change(self, client, story, settings):
        before = parsed(client)
        article = story.article
        article.headline, article.slug = "Another", "another"
        article.save()
        article.publish(by=None)
        settings.SITE_URL = "https://mirror.example"

        after = parsed(client)

        assert after.entries[0].link.startswith("https://mirror.example/2026/06/02/another-a")
        assert after.entries[0].id == before.entries[0].id
        assert after.feed.id == before.feed.id
        names = [entry.id for entry in after.entries]
        assert len(set(names)) == len(names)
        assert all(name.startswith("urn:uuid:") for name in names)

    @pytest.mark.parametrize("is_significant", [True, False])
    def test_is_updated_only_when_the_editor_says_so(self, client, story, is_significant):
        story.article.publish(by=None, is_significant=is_significant)

        entry = parsed(client).entries[0]

        assert (entry.updated > entry.published) == is_significant

    def test_is_updated_by_a_correction(self, client, story):
        made_at = datetime(2026, 7, 1, 12, tzinfo=UTC)
        Correction.objects.make(
            story.article, kind="correction", text="No.", by=None, made_at=made_at
        )

        assert parsed(client).entries[0].updated == "2026-07-01T12:00:00+00:00"

    def test_leaves_with_its_story(self, client, story):
        story.article.withdraw("An error.", by=None)
        make_publication(headline="Tomorrow", at=timezone.now() + timedelta(days=1))
        make_article(headline="Draft")

        assert [entry.title for entry in parsed(client).entries] == ["Before"]
        assert [item["title"] for item in json_of(client)["items"]] == ["Before"]
        assert [entry.title for entry in parsed(client, "/theme/water/feed.xml").entries] == [
            "Before"
        ]

    def test_links_to_no_story_that_is_gone(self, client, story):
        before = story.article.tags.get().publicationtags.first().content_object
        before.article.withdraw("An error.", by=None)

        text = first_text(client)

        assert "See before, us." in words_of(text)
        assert not [link for link in text.all("a") if f"-a{before.pk}" in link["href"]]

    def test_has_no_photo_whose_rights_have_ended(self, client, story):
        photo = story.lead_photo
        photo.usable_until = timezone.now() - timedelta(days=1)
        photo.save()

        document = client.get("/feed.xml").content.decode()

        assert "Kalabaha1969" not in document
        assert "media:content" not in document

    def test_without_byline_is_the_outlets(self, client):
        make_publication(authors=[], without_byline=True)

        root = ElementTree.fromstring(client.get("/feed.xml").content)

        assert root.find(f"{ATOM}entry/{ATOM}author") is None
        assert root.find(f"{ATOM}author/{ATOM}name").text == "The Gull"
        assert "authors" not in json_of(client)["items"][0]

    def test_of_live_coverage_has_what_is_newest(self, client):
        story = make_publication(kind="live", at=JUNE_1)
        for hour in range(12):
            entry = LiveEntry.objects.create(
                article=story.article,
                headline=f"Hour {hour}.",
                body="<p>News.</p>",
                happened_at=JUNE_1 + timedelta(hours=hour),
            )
            entry.publish(by=None)

        entry = parsed(client).entries[0]

        words = words_of(first_text(client))
        assert "Hour 11." in words
        assert "Hour 1." not in words
        assert "Follow the live coverage" in words
        assert entry.updated > entry.published


class TestJsonFeed:
    def test_says_the_same(self, client, story):
        feed = json_of(client)
        item, atom = feed["items"][0], parsed(client).entries[0]

        assert feed["title"] == "The Gull"
        assert feed["feed_url"] == "http://testserver/feed.json"
        assert feed["home_page_url"] == "http://testserver/"
        assert item["id"] == atom.id
        assert item["url"] == atom.link
        assert item["title"] == atom.title
        assert item["content_html"] == html_of_first(client)
        assert item["authors"][1]["name"] == "Ben Oduya"
        assert item["tags"] == ["World", "Opinion", "Water"]
        assert item["image"].startswith("http://testserver/media/")
        assert item["external_url"] == "https://news.example/1"

    def test_the_schema_would_refuse_another(self, client, story):
        feed = json_of(client)
        del feed["items"][0]["id"]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(feed, SCHEMA)
