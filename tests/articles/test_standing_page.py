import pytest

from articles.models import Page
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def about():
    return Page.objects.create(
        title="About us", slug="about", body="<p>We are many.</p>", is_public=True
    )


def test_it_is_shown_and_linked_at_the_foot_of_every_page(client, about):
    assert words_of(client.get("/page/about")) == "About us We are many."
    assert {"href": "/page/about"} in read(client.get("/")).all("a")


def test_a_page_that_is_not_public_is_not_found(client, about):
    about.is_public = False
    about.save()

    assert client.get("/page/about").status_code == 404
    assert "/page/about" not in client.get("/").content.decode()


def test_each_language_has_its_own_pages(client, about):
    assert client.get("/ru/page/about").status_code == 404
    assert "/page/about" not in client.get("/ru/").content.decode()


def test_query_count(client, about, django_assert_num_queries):
    # Breaking news, outlet, sections, pages, languages, asks; the page, in which languages it is.
    with django_assert_num_queries(6 + 2):
        client.get("/page/about")
