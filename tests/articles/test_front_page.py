from datetime import timedelta

import pytest

from articles import pagination
from articles.front_page import Candidate, arrange
from articles.models import FrontPageSlot, LiveEntry, Section
from tests.factories import JUNE_1, make_article, make_author, make_photo, make_publication
from tests.reading import headlines_of, read, words_of

pytestmark = pytest.mark.django_db


def make_stories(count, **fields):
    """Stories an hour apart, the newest first."""
    return [
        make_publication(headline=f"Story {number}", at=JUNE_1 - timedelta(hours=number), **fields)
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 6, 20])
def test_every_story_stands_on_it_once(client, count):
    make_stories(count)

    headlines = headlines_of(client.get("/"))

    assert sorted(headlines) == sorted(f"Story {number}" for number in range(count))


def test_without_stories_it_is_kind(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "The first story is being written." in words_of(response)


def test_pinned_stories_come_first_in_their_order_and_only_once(client):
    newest, second, third = make_stories(3)
    for position, story in enumerate([third, second, third]):
        FrontPageSlot.objects.create(picked=story.article, position=position)

    assert headlines_of(client.get("/")) == ["Story 2", "Story 1", "Story 0"]
    assert newest.headline == "Story 0"


def test_a_slot_is_empty_while_its_story_is_not_visible_or_its_time_is_over(client, time_machine):
    _newest, second, third = make_stories(3)
    draft = make_article(headline="Draft")
    FrontPageSlot.objects.create(picked=draft, position=1)
    FrontPageSlot.objects.create(picked=third.article, position=2, until=JUNE_1)
    FrontPageSlot.objects.create(picked=second.article, position=3)

    assert headlines_of(client.get("/"))[:2] == ["Story 1", "Story 0"]


def test_the_lead_photo_is_credited(client):
    make_publication(lead_photo=make_photo(creator="Inger Lund"))

    assert "Inger Lund (CC BY-SA 4.0)" in words_of(client.get("/"))


def test_older_stories_are_only_a_list(client, monkeypatch):
    monkeypatch.setattr(pagination, "PAGE_SIZE", 4)
    stories = make_stories(6)
    FrontPageSlot.objects.create(picked=stories[3].article)

    first = read(client.get("/"))
    older = next(link["href"] for link in first.all("a") if link.get("rel") == "next")
    response = client.get(f"/{older}")

    assert headlines_of(response) == ["Story 4", "Story 5"]
    assert not [link for link in read(response).all("a") if link.get("rel") == "next"]
    assert "Newest stories" in words_of(response)


def candidate(number, kind="news", kicker=""):
    """A story as far as its place is chosen; higher numbers are older."""
    return Candidate(number, kind, kicker, JUNE_1 - timedelta(hours=number))


def test_opinion_has_a_row_of_its_own_when_there_are_two():
    news = [candidate(number) for number in range(7)]
    columns = [candidate(7, kind="opinion"), candidate(8, kind="opinion")]

    places = arrange([], [*columns, *news], opinion=columns)
    assert places.opinion == [7, 8]
    assert places.top + places.more == [0, 1, 2, 3, 4, 5, 6]

    places = arrange([], [*news, columns[0]], opinion=columns[:1])
    assert places.opinion == []
    assert places.more == [5, 6, 7]


def test_where_few_are_pinned_reports_fill_the_top():
    pinned = [candidate(9)]
    newest = [candidate(0, kind="opinion"), *[candidate(number) for number in range(1, 7)]]

    places = arrange(pinned, newest)

    assert places.top == [9, 1, 2, 3, 4]
    assert places.more == [0, 5, 6]


def test_what_the_desk_pinned_beyond_the_top_follows_it():
    pinned = [candidate(number) for number in range(7)]

    places = arrange(pinned, [])

    assert (places.top, places.pinned) == ([0, 1, 2, 3, 4], [5, 6])


def test_two_more_on_the_theme_of_the_lead_stand_under_it():
    newest = [candidate(number, kicker="Flood") for number in range(9)]

    places = arrange([], newest)

    assert places.same_theme == [5, 6]
    assert places.more == [7, 8]


def test_sections_show_their_newest_that_stand_nowhere_else():
    newest = [candidate(number) for number in range(20)]
    climate = Section(name="Climate", front_page_stories=3)
    alone = Section(name="Alone", front_page_stories=3)

    places = arrange([], newest, sections=[(climate, [4, 14, 30, 31, 32]), (alone, [15])])

    assert places.recent == list(range(5, 13))
    assert places.blocks == [(climate, [14, 30, 31])]
    assert places.more == [13, 15, 16, 17, 18, 19]


def test_a_section_shows_as_many_as_the_desk_says(client, monkeypatch):
    monkeypatch.setattr(pagination, "PAGE_SIZE", 13)
    make_stories(20)

    assert blocks_of(client) == {"World": ["Story 13", "Story 14", "Story 15", "Story 16"]}

    Section.objects.update(front_page_stories=2)
    assert blocks_of(client) == {"World": ["Story 13", "Story 14"]}

    Section.objects.update(front_page_stories=0)
    assert blocks_of(client) == {}


def blocks_of(client):
    front = client.get("/").context["front"]
    return {
        str(block.section): [story.headline for story in block.stories] for block in front.blocks
    }


def make_coverage(*, at, **fields):
    """A live story with one entry, of the same time."""
    story = make_publication(kind="live", headline="Coverage", at=at, **fields)
    entry = LiveEntry.objects.create(article=story.article, happened_at=at, headline="It rises")
    entry.publish(by=None)
    return story


def test_live_coverage_stands_above_all_with_its_newest_entries(client):
    make_stories(2)
    coverage = make_coverage(at=JUNE_1 - timedelta(hours=12))

    response = client.get("/")

    assert response.context["front"].live.number == coverage.pk
    assert "It rises" in words_of(response)
    assert words_of(response).count("Coverage") == 1


def test_coverage_that_news_has_left_behind_is_a_story_like_others(client):
    make_stories(2)
    coverage = make_coverage(at=JUNE_1 - timedelta(days=2))

    front = client.get("/").context["front"]

    assert front.live is None
    assert coverage.pk in [card.number for card in front.beside]


def test_the_desk_may_let_coverage_lead_or_stand_below(client):
    lead = make_publication()
    coverage = make_coverage(at=JUNE_1)
    slots = [FrontPageSlot.objects.create(picked=lead.article, position=2)]
    slots.append(FrontPageSlot.objects.create(picked=coverage.article, position=3))

    front = client.get("/").context["front"]
    assert (front.live, front.lead.number, front.lines) == (None, lead.pk, [])
    assert [card.number for card in front.beside] == [coverage.pk]

    slots[1].position = 1
    slots[1].save()
    front = client.get("/").context["front"]
    assert (front.live, front.lead.number) == (None, coverage.pk)
    assert [line.text for line in front.lines] == ["It rises"]


def test_it_has_its_own_language(client):
    make_publication(headline="English")
    make_publication(headline="По-русски", language="ru")

    assert headlines_of(client.get("/")) == ["English"]
    assert headlines_of(client.get("/ru/")) == ["По-русски"]


def test_query_count_does_not_grow_with_stories(client, django_assert_num_queries):
    """Furniture and asks: five. Slots, newest, opinion, sections, live entries; then the cards of

    the stories that are chosen, the lead's photo; the pages that the outlet's record names.
    """
    photo = make_photo()
    make_author("Ann Ash", photo=make_photo())
    stories = make_stories(8, lead_photo=photo)
    for story in stories[5:]:
        FrontPageSlot.objects.create(picked=story.article)
    make_stories(2, kind="opinion", authors=["Ann Ash"])
    make_coverage(at=JUNE_1)
    with django_assert_num_queries(5 + 8):
        client.get("/")

    make_stories(30, lead_photo=photo)
    make_stories(5, kind="opinion", authors=["Ann Ash"])
    with django_assert_num_queries(5 + 8):
        client.get("/")
