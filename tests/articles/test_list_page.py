"""Sections, themes, authors and months: lists of stories, newest first."""

from datetime import timedelta

import pytest

from articles import pagination
from tests.factories import (
    JUNE_1,
    make_article,
    make_author,
    make_photo,
    make_publication,
    make_section,
    make_tag,
)
from tests.reading import headlines_of, read, words_of

pytestmark = pytest.mark.django_db

PAGE_SIZE = 3
LISTS = ["/world", "/theme/water", "/author/mara-quist", "/archive/2026/06"]


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(pagination, "PAGE_SIZE", PAGE_SIZE)


def make_stories(count, *, apart=timedelta(minutes=1), **fields):
    """Stories that stand in each of LISTS, the oldest first."""
    return [
        make_publication(
            headline=f"Story {number}", at=JUNE_1 + number * apart, tags=["Water"], **fields
        )
        for number in range(count)
    ]


def next_of(response):
    links = [link["href"] for link in read(response).all("a") if link.get("rel") == "next"]
    return links[0] if links else None


@pytest.mark.parametrize("address", LISTS)
def test_newest_comes_first(client, address):
    make_stories(3)

    assert headlines_of(client.get(address)) == ["Story 2", "Story 1", "Story 0"]


@pytest.mark.parametrize("address", LISTS)
def test_the_rest_follows_without_gap_or_repeat(client, address, small_pages):
    make_stories(PAGE_SIZE + 2)

    first = client.get(address)
    second = client.get(address + next_of(first))

    expected = [f"Story {number}" for number in reversed(range(PAGE_SIZE + 2))]
    assert headlines_of(first) + headlines_of(second) == expected
    assert next_of(second) is None
    assert {"href": address} in read(second).all("a")


def test_stories_of_the_same_moment_follow_by_number(client, small_pages):
    make_stories(PAGE_SIZE + 2, apart=timedelta(0))

    first = client.get("/world")
    second = client.get("/world" + next_of(first))

    expected = [f"Story {number}" for number in reversed(range(PAGE_SIZE + 2))]
    assert headlines_of(first) + headlines_of(second) == expected


@pytest.mark.parametrize("address", ["/", *LISTS])
@pytest.mark.parametrize("before", ["", "x", "-1", "1.5", "٣", "0", "999999999999999", "9" * 30])
def test_nonsense_is_not_found(client, address, before):
    make_stories(1)

    assert client.get(address, {"before": before}).status_code == 404


def test_a_list_cannot_be_continued_after_a_story_nobody_could_see(client):
    make_stories(2)
    scheduled = make_publication(at=JUNE_1 + timedelta(days=3650))

    assert client.get("/world", {"before": scheduled.pk}).status_code == 404


@pytest.mark.parametrize("address", ["/", *LISTS])
def test_nothing_follows_the_oldest_story(client, address):
    oldest, _newest = make_stories(2)

    assert client.get(address, {"before": oldest.pk}).status_code == 404


def test_a_list_goes_on_after_a_story_withdrawn_since(client):
    stories = make_stories(2)
    stories[1].article.withdraw("Wrong.", by=None)

    response = client.get("/world", {"before": stories[1].pk})

    assert headlines_of(response) == ["Story 0"]


@pytest.mark.parametrize("address", LISTS)
def test_nothing_is_counted_or_skipped(client, address, django_assert_max_num_queries):
    stories = make_stories(3)

    with django_assert_max_num_queries(FEWEST[address] + 1) as queries:
        client.get(address, {"before": stories[-1].pk})

    for query in queries:
        assert "OFFSET" not in query["sql"]
        assert "COUNT(" not in query["sql"]


# Breaking news, outlet, sections, pages, languages, asks; then the section, theme or author, the
# languages it is there in; numbers, cards.
# A month has no record, but asks for its neighbours and for its languages. The author here
# has a photo with copies.
FEWEST = {
    "/world": 6 + 4,
    "/theme/water": 6 + 4,
    "/author/mara-quist": 6 + 5,
    "/archive/2026/06": 6 + 5,
}


@pytest.mark.parametrize("address", LISTS)
def test_query_count_does_not_grow_with_stories(client, address, django_assert_num_queries):
    photo = make_photo()
    make_author(photo=photo)
    make_stories(10, lead_photo=photo)
    with django_assert_num_queries(FEWEST[address]):
        client.get(address)

    make_stories(15, lead_photo=photo)
    with django_assert_num_queries(FEWEST[address]):
        client.get(address)


@pytest.mark.parametrize("address", LISTS)
def test_what_only_a_draft_uses_is_not_found(client, address):
    make_article(tags=["Water"])

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", LISTS)
def test_what_only_a_scheduled_or_withdrawn_story_uses_is_not_found(client, address):
    scheduled = make_publication(tags=["Water"], at=JUNE_1 + timedelta(days=3650))
    assert client.get(address).status_code == 404

    scheduled.article.unschedule(by=None)
    scheduled.article.refresh_from_db()
    scheduled.article.publish(by=None, at=JUNE_1)
    assert client.get(address).status_code == 200

    scheduled.article.refresh_from_db()
    scheduled.article.withdraw("Wrong.", by=None)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", LISTS)
def test_a_list_exists_in_languages_that_have_a_story_for_it(client, address):
    make_stories(1)

    assert client.get(f"/ru{address}").status_code == 404


def test_a_section_says_what_it_is(client):
    make_publication(section=make_section(description="Beyond the sea."))

    assert words_of(client.get("/world")).startswith("World Beyond the sea.")


def test_a_theme_says_of_which_kind_it_is(client):
    make_tag("Water", kind="topic", description="Rivers and dykes.")
    make_publication(tags=["Water"])

    assert words_of(client.get("/theme/water")).startswith("topic Water Rivers and dykes.")


def test_an_author_has_title_biography_and_credited_photo(client):
    photo = make_photo(caption="", creator="Inger Lund")
    make_author("Ann Ash", job_title="Editor", bio="She writes.", photo=photo)
    make_publication(authors=["Ann Ash"])

    response = client.get("/author/ann-ash")

    assert words_of(response).startswith(
        "Ann Ash Editor She writes. Photo: Inger Lund (CC BY-SA 4.0)"
    )
    assert read(response).all("img")[0]["alt"] == photo.alt


def test_a_month_leads_to_the_nearest_months_that_have_stories(client):
    for month in (1, 6, 11):
        make_publication(at=JUNE_1.replace(year=2025, month=month))

    links = [link["href"] for link in read(client.get("/archive/2025/06")).all("a")]

    assert "/archive/2025/01" in links
    assert "/archive/2025/11" in links
    assert client.get("/archive/2025/05").status_code == 404


def test_a_month_begins_at_midnight_of_the_outlet(client, settings):
    settings.TIME_ZONE = "Europe/Amsterdam"
    make_publication(headline="Late", at=JUNE_1.replace(month=5, day=31, hour=22, minute=30))

    make_publication(headline="Next", at=JUNE_1.replace(month=7))

    assert headlines_of(client.get("/archive/2026/06")) == ["Late"]
    assert client.get("/archive/2026/05").status_code == 404
    links = [link["href"] for link in read(client.get("/archive/2026/07")).all("a")]
    assert "/archive/2026/06" in links


@pytest.mark.parametrize("month", ["0000/01", "2026/00", "2026/13", "2026/6", "9999/12", "0001/01"])
def test_a_month_that_is_none_is_not_found(client, month):
    make_publication()

    assert client.get(f"/archive/{month}").status_code == 404
