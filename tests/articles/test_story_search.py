from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from tests.factories import (
    make_article,
    make_editor,
    make_publication,
    make_reporter,
    make_user,
)

pytestmark = pytest.mark.django_db
SEARCH = "/admin/articles/article/stories/"
ADDRESS = "/admin/articles/article/address/"


@pytest.fixture
def reporter(client):
    user = make_reporter()
    client.force_login(user)
    return user


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def found(client, term):
    return [story["headline"] for story in client.get(SEARCH, {"term": term}).json()["stories"]]


def test_a_public_story_is_found_by_words_of_its_headline(desk):
    story = make_publication(headline="The dam of 1911")
    make_publication(headline="The dam of 1912")

    stories = desk.get(SEARCH, {"term": "1911 DAM"}).json()["stories"]

    assert stories == [
        {
            "headline": "The dam of 1911",
            "address": story.get_absolute_url(),
            "standing": "1 June 2026",
        }
    ]


def test_a_draft_of_ones_own_is_found_and_said_not_to_be_public(client, reporter):
    article = make_article(headline="My dam", slug="my-dam", created_by=reporter)

    story = client.get(SEARCH, {"term": "dam"}).json()["stories"][0]

    assert story["standing"] == "Not public yet"
    assert story["address"].endswith(f"/my-dam-a{article.pk}")


def test_of_others_only_what_readers_have_is_found(client, reporter):
    other = make_user("other", "Reporter")
    make_article(headline="Their secret dam", created_by=other)
    make_publication(headline="A scheduled dam", at=timezone.now() + timedelta(days=1))
    withdrawn = make_publication(headline="A withdrawn dam").article
    withdrawn.withdraw("Wrong.", by=None)
    public = make_publication(headline="A public dam").article
    Article.objects.filter(pk=public.pk).update(headline="A dam with a secret change")

    assert found(client, "dam") == ["A public dam"]
    assert found(client, "secret") == []


def test_an_editor_finds_the_drafts_of_all(desk):
    make_article(headline="A dam", created_by=make_user("other", "Reporter"))

    assert found(desk, "dam") == ["A dam"]


@pytest.mark.parametrize("term", ["", " ", "d", "nothing"])
def test_little_asks_for_nothing(desk, term):
    make_publication(headline="A dam")

    assert found(desk, term) == []


def test_a_search_costs_two_queries_and_shows_eight(desk, django_assert_num_queries):
    for number in range(9):
        make_publication(headline=f"Dam {number}")
    make_article(headline="A dam")
    desk.get(SEARCH, {"term": "dam"})

    with django_assert_num_queries(5):  # Session, user and rights are three.
        assert len(found(desk, "dam")) == 8


def test_nobody_searches_who_writes_no_text(client):
    client.force_login(make_user("ledger", "Finance"))

    assert client.get(SEARCH, {"term": "dam"}).status_code == 403


# The address that a story will have


def test_the_address_is_made_from_the_headline_in_any_script(desk):
    today = timezone.localdate()

    answer = desk.post(ADDRESS, {"headline": "Вода поднялась"}).json()

    assert answer == {"address": f"/{today:%Y/%m/%d}/voda-podnyalas-a…", "twin": ""}


def test_the_address_of_a_public_story_keeps_its_day_and_number(desk):
    article = make_publication(slug="dam").article

    answer = desk.post(
        f"/admin/articles/article/{article.pk}/address/", {"headline": "x", "slug": "new dam"}
    ).json()

    assert answer["address"] == f"/2026/06/01/new-dam-a{article.pk}"


def test_another_story_of_the_day_with_the_same_words_is_named(desk):
    now = timezone.now()
    make_publication(headline="Yesterday", slug="dam", at=now - timedelta(days=1))
    assert desk.post(ADDRESS, {"slug": "dam"}).json()["twin"] == ""
    make_publication(headline="Tomorrow", slug="dam", at=now + timedelta(hours=1))
    assert desk.post(ADDRESS, {"slug": "dam"}).json()["twin"] == ""
    twin = make_publication(headline="Today", slug="dam", at=now)

    assert desk.post(ADDRESS, {"slug": "dam"}).json()["twin"] == "Today"
    own = f"/admin/articles/article/{twin.pk}/address/"
    assert desk.post(own, {"slug": "dam"}).json()["twin"] == ""


def test_nobody_is_told_of_a_story_that_is_not_theirs(client, reporter):
    article = make_article(created_by=make_user("other", "Reporter"))

    answer = client.post(f"/admin/articles/article/{article.pk}/address/", {"slug": "dam"})

    assert answer.status_code == 404
