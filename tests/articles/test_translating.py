"""Translations of a story at the desk: begun with a button, or joined from two stories."""

import pytest

from articles.models import Article
from tests.factories import make_article, make_editor, make_photo, make_publication, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def page_of(article) -> str:
    return f"/admin/articles/article/{article.pk}/translations/"


def test_a_translation_begins_with_all_but_the_words(desk):
    original = make_article(tags=["water"], lead_photo=make_photo(), standfirst="It rose.")

    answer = desk.post(page_of(original), {"language": "ru"})

    draft = Article.objects.exclude(pk=original.pk).get()
    assert answer["Location"] == f"/admin/articles/article/{draft.pk}/change/"
    assert draft.language == "ru"
    assert draft.translation_key == original.translation_key
    assert draft.lead_photo == original.lead_photo
    assert draft.section == original.section
    assert [tag.name for tag in draft.tags.all()] == ["water"]
    assert [byline.author.name for byline in draft.bylines.all()] == ["Mara Quist"]
    assert (draft.headline, draft.standfirst, draft.body) == ("", "", "")
    assert draft.desk_label == original.headline
    assert draft.state == "draft"
    assert desk.get(answer["Location"]).status_code == 200


def test_a_second_press_opens_the_one_that_was_begun(desk):
    original = make_article()

    first = desk.post(page_of(original), {"language": "ru"})
    second = desk.post(page_of(original), {"language": "ru"})

    assert first["Location"] == second["Location"]
    assert Article.objects.count() == 2


@pytest.mark.parametrize("language", ["en", "fr", ""])
def test_there_is_none_into_its_own_language_or_one_the_site_does_not_have(desk, language):
    original = make_article()

    assert desk.post(page_of(original), {"language": language}).status_code == 200
    assert Article.objects.count() == 1


def test_the_page_lists_the_versions_there_are(desk):
    original = make_article()
    make_article(headline="Вода", language="ru", translation_key=original.translation_key)

    page = desk.get(page_of(original)).content.decode()

    assert "Вода" in page
    assert "Русский" in page
    assert 'name="language"' not in page


def test_two_stories_are_joined_by_number(desk):
    original = make_publication()
    translation = make_publication(language="ru")

    answer = desk.post(page_of(translation.article), {"other": f"a{original.pk}"})

    assert answer.status_code == 302
    article = Article.objects.get(pk=translation.pk)
    assert article.translation_key == original.translation_key
    assert article.has_changes_waiting  # Readers are told by a publication, as of any change.


@pytest.mark.parametrize("typed", ["", "no number", "99999999", "9" * 40, "１"])
def test_what_is_no_number_of_a_story_is_refused(desk, typed):
    article = make_article()

    answer = desk.post(page_of(article), {"other": typed})

    assert answer.status_code == 200
    assert answer.context["errors"]


def test_a_story_in_the_same_language_is_no_translation(desk):
    article, other = make_article(), make_article()

    assert desk.post(page_of(article), {"other": str(other.pk)}).context["errors"]
    article.refresh_from_db()
    assert article.translation_key != other.translation_key


def test_a_reporter_translates_only_what_they_may_see(client):
    client.force_login(make_reporter())

    assert client.get(page_of(make_article())).status_code == 404
