"""What the outlet and its sections are called and say, in each language of the site."""

import pytest
from django.test import Client
from django.utils import translation

from articles.models import Outlet, Section
from tests.factories import make_publication, make_section, make_user

pytestmark = pytest.mark.django_db

RUSSIAN = {"name": "Политика", "description": "Кто и на каком основании решает."}


@pytest.fixture
def outlet():
    return Outlet.objects.create(
        pk=1,
        name="The Estuary",
        tagline="News from the coast",
        footer="Owned by those who work for it.",
        in_languages={"ru": {"tagline": "Новости побережья"}},
    )


def test_a_language_has_its_own_words_and_else_those_of_the_record(outlet):
    told = outlet.in_language("ru")

    assert told.tagline == "Новости побережья"
    assert told.footer == "Owned by those who work for it."
    assert outlet.tagline == "News from the coast"


def test_the_language_of_the_page_is_meant_where_none_is_named(outlet):
    with translation.override("ru"):
        assert outlet.said("tagline") == "Новости побережья"


def test_the_words_of_one_language_cannot_become_those_of_the_record(outlet):
    with pytest.raises(TypeError):
        outlet.in_language("ru").save()


@pytest.mark.usefixtures("outlet")
def test_readers_meet_the_words_of_their_language(client):
    section = make_section("Politics", description="Who decides.", in_languages={"ru": RUSSIAN})
    make_publication(section=section)
    make_publication(section=section, language="ru", kicker="")

    english = client.get("/politics").content.decode()
    russian = client.get("/ru/politics").content.decode()
    front = client.get("/ru/").content.decode()

    assert "News from the coast" in english
    assert "<h1>Politics</h1>" in english
    assert "Политика" not in english
    assert "Новости побережья" in russian
    assert "<h1>Политика</h1>" in russian
    assert RUSSIAN["description"] in russian
    assert "Politics" not in russian
    assert "Politics" not in front
    assert front.count("Политика") >= 2  # In the navigation and above the story.


def test_a_story_shows_the_name_its_section_has_in_its_language(client):
    section = make_section("Politics", in_languages={"ru": RUSSIAN})
    story = make_publication(section=section, language="ru")

    page = client.get(story.get_absolute_url()).content.decode()

    assert "Политика" in page
    assert "Politics" not in page
    assert "Политика" in client.get("/ru/feed.xml").content.decode()


def test_the_desk_gives_a_section_its_words(client: Client):
    section = make_section("Politics")
    client.force_login(make_user("editor", "Editor", "Administrator"))
    address = f"/admin/articles/section/{section.pk}/change/"
    form = client.get(address).content.decode()
    typed = {
        "name": "Politics",
        "slug": "politics",
        "position": "1",
        "front_page_stories": "0",
        "front_page_position": "1",
    }

    answer = client.post(address, typed | {"name_ru": "Политика", "description_ru": ""})

    assert 'name="name_ru"' in form
    assert 'lang="ru"' in form
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Section.objects.get().in_languages == {"ru": {"name": "Политика"}}
    assert 'value="Политика"' in client.get(address).content.decode()


def test_the_desk_asks_no_section_for_more_than_its_field_holds(client):
    section = make_section("Politics")
    client.force_login(make_user("editor", "Editor", "Administrator"))
    address = f"/admin/articles/section/{section.pk}/change/"

    answer = client.post(
        address, {"name": "Politics", "slug": "politics", "position": "1", "name_ru": "П" * 61}
    )

    assert "name_ru" in answer.context["adminform"].form.errors
    assert Section.objects.get().in_languages == {}


def test_a_section_without_a_name_in_the_language_of_the_page_says_whose_it_is(client):
    politics = make_section("Politics")
    culture = make_section("Culture", in_languages={"ru": {"name": "Культура"}})
    for section in (politics, culture):
        make_publication(section=section)
        make_publication(section=section, language="ru", kicker="")

    english = client.get("/politics").content.decode()
    russian = client.get("/ru/politics").content.decode()

    assert '<h1 lang="en">Politics</h1>' in russian
    assert ' lang="en">Politics</a>' in russian
    assert ">Культура</a>" in russian
    assert ' lang="en">Культура' not in russian
    assert "<h1>Politics</h1>" in english
