from datetime import timedelta

import pytest

from articles import pagination
from articles.front_page import arrange
from articles.models import FrontPageSlot, Publication
from tests.factories import JUNE_1, make_article, make_photo, make_publication
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


def test_opinion_has_a_row_of_its_own_when_there_are_two():
    news = make_stories(7)
    opinion = [make_publication(kind="opinion", at=JUNE_1 - timedelta(days=day)) for day in (1, 2)]
    newest = list(Publication.objects.for_cards())

    front = arrange([], newest)
    assert front.opinion == opinion
    assert [front.lead, *front.beside, *front.latest] == news

    front = arrange([], newest[:-1])
    assert front.opinion == []
    assert front.latest[-1] == opinion[0]


def test_it_has_its_own_language(client):
    make_publication(headline="English")
    make_publication(headline="По-русски", language="ru")

    assert headlines_of(client.get("/")) == ["English"]
    assert headlines_of(client.get("/ru/")) == ["По-русски"]


def test_query_count_does_not_grow_with_stories(client, django_assert_num_queries):
    """Furniture and asks: five. The slots. For pinned and newest: stories, bylines, pictures."""
    photo = make_photo()
    stories = make_stories(8, lead_photo=photo)
    for story in stories[5:]:
        FrontPageSlot.objects.create(picked=story.article)
    with django_assert_num_queries(5 + 7):
        client.get("/")

    make_stories(15, lead_photo=photo)
    with django_assert_num_queries(5 + 7):
        client.get("/")
