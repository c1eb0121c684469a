"""What search engines are told there is."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from lxml import etree

from articles.crawlers import sitemaps
from articles.models import Outlet, Page, Photo
from tests.factories import (
    JUNE_1,
    make_article,
    make_author,
    make_photo,
    make_publication,
    make_section,
    make_tag,
)

pytestmark = pytest.mark.django_db

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent.parent / "schemas/sitemap.xsd"))
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
PART = sitemaps.PART


class Sitemap:
    """A sitemap or an index that is as the schemas want it."""

    def __init__(self, client, address):
        response = client.get(address)
        assert response.status_code == 200, address
        assert response["Content-Type"] == "application/xml; charset=utf-8"
        assert not response.streaming
        self.root = etree.fromstring(response.content)
        SCHEMA.assertValid(self.root)

    def all(self, path):
        return self.root.xpath(f"{path}/text()", namespaces=NAMES)

    @property
    def paths(self):
        locations = self.all("*/s:loc")
        assert all(location.startswith("http://testserver/") for location in locations)
        return [location.removeprefix("http://testserver") for location in locations]

    def changed_at(self, path):
        """When what stands at `path` changed; None where that is not said."""
        rows = self.root.xpath("*", namespaces=NAMES)
        (row,) = [row for row in rows if row[0].text == f"http://testserver{path}"]
        return row.findtext("s:lastmod", namespaces=NAMES)


FAR = 90_000_000  # Beyond the numbers that other stories of a test have.
SECOND = timedelta(seconds=1)


def all_paths(client):
    index = Sitemap(client, "/sitemap.xml")
    return [path for part in index.paths for path in Sitemap(client, part).paths]


class TestTheIndex:
    def test_leads_to_every_page_that_readers_may_see(self, client):
        english, russian = make_publication(tags=["Water"]), make_publication(language="ru")
        Page.objects.create(title="About", slug="about", body="<p>We.</p>", is_public=True)
        Page.objects.create(title="Plans", slug="plans", body="<p>We.</p>")

        assert sorted(all_paths(client)) == sorted(
            [
                "/",
                "/ru/",
                "/world",
                "/ru/world",
                "/page/about",
                "/theme/water",
                "/author/mara-quist",
                "/ru/author/mara-quist",
                english.get_absolute_url(),
                russian.get_absolute_url(),
            ]
        )

    def test_is_sound_before_the_first_story(self, client):
        assert all_paths(client) == ["/"]

    def test_says_when_something_changed_in_each_part(self, client):
        make_publication(pk=FAR, at=JUNE_1)
        make_publication(pk=FAR + 1, at=JUNE_1 + SECOND)
        make_publication(pk=FAR + PART, at=JUNE_1 - SECOND)

        index = Sitemap(client, "/sitemap.xml")

        number = FAR // PART
        parts = [f"/sitemap-stories-{number}.xml", f"/sitemap-stories-{number + 1}.xml"]
        assert [path for path in index.paths if "stories" in path] == parts
        assert index.changed_at(parts[0]) == "2026-06-01T12:00:01+00:00"
        assert index.changed_at(parts[1]) == "2026-06-01T11:59:59+00:00"
        assert len(Sitemap(client, parts[0]).paths) == 2
        assert len(Sitemap(client, parts[1]).paths) == 1

    def test_does_not_say_that_something_is_scheduled_or_withdrawn(self, client):
        far = timezone.now() + timedelta(days=9)
        make_publication(pk=FAR, at=far, tags=["Later"], authors=["Somebody Later"])
        gone = make_publication(pk=FAR + PART, tags=["Gone"], authors=["Somebody Gone"])
        gone.article.withdraw("An error.", by=None)
        make_article(pk=FAR + 2 * PART, tags=["Never"], authors=["Somebody Never"])

        assert Sitemap(client, "/sitemap.xml").paths == ["/sitemap-pages.xml"]
        assert Sitemap(client, "/sitemap-pages.xml").paths == ["/"]
        for number in range(3):
            assert client.get(f"/sitemap-stories-{FAR // PART + number}.xml").status_code == 404

    def test_is_one_for_the_host(self, client):
        make_publication(language="ru")
        for name in ["", "-news", "-pages", "-stories-0"]:
            assert client.get(f"/ru/sitemap{name}.xml").status_code == 404

    @pytest.mark.parametrize("wrong", ["stories-00", "stories-1x", "stories--1", "photos-0", "x"])
    def test_leads_to_nothing_else(self, client, wrong):
        make_publication()
        assert client.get(f"/sitemap-{wrong}.xml").status_code == 404


class TestAPart:
    def test_says_when_a_story_changed(self, client):
        story = make_publication(pk=FAR)
        address = f"/sitemap-stories-{FAR // PART}.xml"
        path = story.get_absolute_url()
        assert Sitemap(client, address).changed_at(path) == "2026-06-01T12:00:00+00:00"

        story.article.publish(by=None)
        assert Sitemap(client, address).changed_at(path) == "2026-06-01T12:00:00+00:00"

        story.article.publish(by=None, is_significant=True)
        changed_at = Sitemap(client, address).changed_at(path)
        assert changed_at > "2026-06-01T12:00:00+00:00"
        assert Sitemap(client, "/sitemap.xml").changed_at(address) == changed_at

    def test_names_the_lead_photo_while_it_may_be_shown(self, client):
        photo = make_photo()
        make_publication(pk=FAR, lead_photo=photo)
        address = f"/sitemap-stories-{FAR // PART}.xml"

        (picture,) = Sitemap(client, address).all("//image:loc")
        assert picture.startswith(f"http://testserver/media/{photo.pk}/full-")
        assert client.get(picture.removeprefix("http://testserver")).status_code == 200

        Photo.objects.update(usable_until=timezone.now() - SECOND)
        assert Sitemap(client, address).all("//image:loc") == []

    def test_of_themes_and_authors_is_found_by_number_too(self, client):
        make_tag("Water", pk=FAR)
        make_author("Mara Quist", pk=FAR + PART)
        make_publication(tags=["Water"], language="ru")

        paths = Sitemap(client, "/sitemap.xml").paths

        assert paths[-2:] == [
            f"/sitemap-themes-{FAR // PART}.xml",
            f"/sitemap-authors-{FAR // PART + 1}.xml",
        ]
        assert Sitemap(client, paths[-2]).paths == ["/ru/theme/water"]
        assert Sitemap(client, paths[-1]).paths == ["/ru/author/mara-quist"]

    def test_of_pages_says_when_front_page_and_sections_changed(self, client):
        make_publication(section=make_section("World"), at=JUNE_1)
        make_publication(section=make_section("Sport"), at=JUNE_1 + SECOND)

        pages = Sitemap(client, "/sitemap-pages.xml")

        assert pages.changed_at("/") == pages.changed_at("/sport") == "2026-06-01T12:00:01+00:00"
        assert pages.changed_at("/world") == "2026-06-01T12:00:00+00:00"


class TestTheNews:
    def test_are_the_stories_of_the_last_two_days(self, client):
        Outlet.objects.create(pk=1, name="The Gull & Co")
        now = timezone.now()
        old = make_publication(headline="Old", at=now - timedelta(days=2, seconds=1))
        new = make_publication(headline="New", at=now - timedelta(days=1, hours=23))
        newest = make_publication(headline="Новое\x0b", slug="novoe", language="ru", at=now)
        make_publication(headline="Later", at=now + timedelta(hours=1))

        news = Sitemap(client, "/sitemap-news.xml")

        assert news.paths == [newest.get_absolute_url(), new.get_absolute_url()]
        assert old.get_absolute_url() not in news.paths
        assert news.all("//news:title") == ["Новое", "New"]
        assert news.all("//news:language") == ["ru", "en"]
        assert set(news.all("//news:name")) == {"The Gull & Co"}
        assert news.all("//news:publication_date")[1].startswith(f"{new.visible_from:%Y-%m-%d}")

    def test_are_no_more_than_the_engines_take(self, client, monkeypatch):
        monkeypatch.setattr(sitemaps, "MOST_NEWS", 2)
        for _ in range(3):
            make_publication(at=timezone.now())

        assert len(Sitemap(client, "/sitemap-news.xml").paths) == 2

    def test_may_be_none(self, client):
        make_publication(at=JUNE_1)

        news = Sitemap(client, "/sitemap-news.xml")

        assert news.paths == ["/"]
        assert news.all("//news:title") == []

    def test_are_not_sent_twice_to_who_has_them(self, client):
        make_publication(at=timezone.now())
        first = client.get("/sitemap-news.xml")

        again = client.get("/sitemap-news.xml", headers={"If-None-Match": first["ETag"]})
        make_publication(at=timezone.now())
        changed = client.get("/sitemap-news.xml", headers={"If-None-Match": first["ETag"]})

        assert (again.status_code, changed.status_code) == (304, 200)


def test_the_schema_refuses_what_is_not_a_sitemap(client):
    make_publication(at=timezone.now())
    root = Sitemap(client, "/sitemap-news.xml").root
    root[0].find(".//news:publication_date", NAMES).text = "today"
    assert not SCHEMA.validate(root)
    del root[:]
    assert not SCHEMA.validate(root)
