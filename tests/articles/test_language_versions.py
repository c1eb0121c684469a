"""Which address a page has, and where it is found in other languages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Page
from tests.articles.machine_readable import alternates_of
from tests.factories import JUNE_1, make_publication
from tests.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def both_languages():
    make_publication(tags=["Water"])
    make_publication(tags=["Water"], language="ru")


OF_STORIES = ["/", "/world", "/theme/water", "/author/mara-quist", "/archive/2026/06"]


@pytest.mark.parametrize("path", [*OF_STORIES, "/corrections", "/contribute"])
def test_a_page_names_itself_and_the_other_and_so_does_the_other(
    client, settings, both_languages, path
):
    there = "/ru" + (path if path != "/" else "/")
    expected = {
        "en": f"{settings.SITE_URL}{path}",
        "ru": f"{settings.SITE_URL}{there}",
        "x-default": f"{settings.SITE_URL}{path}",
    }

    for address in (path, there):
        response = client.get(address)
        assert response.status_code == 200
        assert alternates_of(response) == expected


@pytest.mark.parametrize("path", OF_STORIES)
def test_a_page_that_would_be_empty_in_the_other_language_names_none(client, path):
    make_publication(tags=["Water"])
    hidden = make_publication(tags=["Water"], language="ru")
    hidden.article.withdraw("An error.", by=None)

    assert alternates_of(client.get(path)) == {}


def test_a_month_names_only_languages_in_which_it_has_stories(client, both_languages):
    make_publication(at=JUNE_1 - timedelta(days=1))

    assert alternates_of(client.get("/archive/2026/05")) == {}


def test_a_site_of_one_language_asks_for_no_language_of_a_month(client, settings, both_languages):
    with CaptureQueriesContext(connection) as with_two:
        client.get("/archive/2026/06")
    settings.LANGUAGES = [("en", "English")]
    with CaptureQueriesContext(connection) as with_one:
        assert alternates_of(client.get("/archive/2026/06")) == {}

    assert len(with_one) == len(with_two) - 2  # Those of the site, and those of the month.


def test_a_site_of_one_language_asks_and_says_nothing(client, settings, both_languages):
    settings.LANGUAGES = [("en", "English")]

    assert alternates_of(client.get("/world")) == {}


def test_translations_of_a_story_name_each_other(client, settings):
    english = make_publication()
    russian = make_publication(language="ru", translation_key=english.translation_key)
    expected = {
        "en": f"{settings.SITE_URL}{english.get_absolute_url()}",
        "ru": f"{settings.SITE_URL}{russian.get_absolute_url()}",
        "x-default": f"{settings.SITE_URL}{english.get_absolute_url()}",
    }

    for story in (english, russian):
        assert alternates_of(client.get(story.get_absolute_url())) == expected
    assert alternates_of(client.get(make_publication().get_absolute_url())) == {}


def test_standing_pages_are_versions_by_address_or_by_what_they_tell(client):
    make_publication()
    for slug, language, tells in (
        ("about", "en", ""),
        ("about", "ru", ""),
        ("ethics", "en", Page.Tells.ETHICS),
        ("etika", "ru", Page.Tells.ETHICS),
        ("privacy", "en", ""),
    ):
        values = {"slug": slug, "language": language, "tells": tells}
        Page.objects.create(title=slug, is_public=True, **values)

    assert set(alternates_of(client.get("/page/about"))) == {"en", "ru", "x-default"}
    assert alternates_of(client.get("/page/ethics"))["ru"].endswith("/ru/page/etika")
    assert alternates_of(client.get("/ru/page/etika"))["en"].endswith("/page/ethics")
    assert alternates_of(client.get("/page/privacy")) == {}


def test_the_rest_of_a_long_list_is_a_page_of_its_own(client, settings, both_languages):
    stories = [make_publication(tags=["Water"]) for _ in range(21)]
    before = stories[-1].pk

    for path in ("/", "/world", "/theme/water", "/author/mara-quist"):
        page = client.get(f"{path}?before={before}")
        [canonical] = [link for link in read(page).all("link") if link["rel"] == "canonical"]
        assert canonical["href"] == f"{settings.SITE_URL}{path}?before={before}"
        assert alternates_of(page) == {}


def test_a_query_that_means_nothing_is_no_other_page(client, settings):
    make_publication()
    Page.objects.create(title="About", slug="about", is_public=True)

    for path in ("/page/about", "/contribute", "/world"):
        page = client.get(f"{path}?utm_source=x" + ("&before=1" if path != "/world" else ""))
        [canonical] = [link for link in read(page).all("link") if link["rel"] == "canonical"]
        assert canonical["href"] == f"{settings.SITE_URL}{path}"
