"""How many queries the pages make that an editor opens all day; what they do costs more."""

import pytest
from django.urls import reverse

from tests.donations.records import make_contribution
from tests.factories import make_article, make_editor, make_photo, make_publication, make_tag

pytestmark = pytest.mark.django_db

MOST = 15


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def story():
    """One with all that a form may show."""
    photo = make_photo()
    publication = make_publication(
        lead_photo=photo,
        body=f'<p>Text.</p><figure data-photo="{make_photo().pk}"></figure>',
        tags=["Water", "Air"],
        authors=["Ann Ash", "Bo Birk"],
        text_licence_id="CC BY 4.0",
        created_by=make_editor(),
        assigned_to=make_editor(),
    )
    make_contribution(publication=publication)
    article = publication.article
    for _number in range(3):
        article.picks.create(picked=make_publication().article)
    article.headline = "Another"
    article.save()
    article.record_if_changed(by=None)
    article.submit(by=make_editor(), note="Look.")
    return article


def form(record):
    return reverse(f"admin:articles_{record._meta.model_name}_change", args=[record.pk])


def test_the_form_of_a_story(desk, story, django_assert_max_num_queries):
    desk.get(form(story))

    with django_assert_max_num_queries(MOST):
        desk.get(form(story))


@pytest.mark.parametrize("query", ["", "?q=headline", "?standing=live", "?assigned=mine"])
def test_the_list_of_stories(desk, story, django_assert_max_num_queries, query):
    for _number in range(20):
        make_article(tags=["Water"], authors=["Ann Ash", "Bo Birk"])

    with django_assert_max_num_queries(MOST):
        desk.get(f"/admin/articles/article/{query}")


@pytest.mark.parametrize("query", ["", "?_popup=1&_to_field=id", "?_popup=1&q=caption"])
def test_the_list_of_photos_and_the_chooser(desk, story, django_assert_max_num_queries, query):
    for _number in range(5):
        make_photo()

    with django_assert_max_num_queries(MOST):
        desk.get(f"/admin/articles/photo/{query}")


def test_the_form_of_a_photo(desk, story, django_assert_max_num_queries):
    photo = story.lead_photo

    with django_assert_max_num_queries(MOST):
        desk.get(form(photo))


def test_the_first_page(desk, story, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST):
        desk.get("/admin/")


def test_the_form_of_a_tag(desk, django_assert_max_num_queries):
    tag = make_tag("Mist")
    for name in ("Fog", "Haze", "Smog"):
        tag.aliases.create(name=name)

    with django_assert_max_num_queries(MOST):
        desk.get(form(tag))
