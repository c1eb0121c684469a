"""What sets the kinds of stories apart on their pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Outlet
from tests.factories import make_author, make_photo, make_publication
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

OURS = "The views in this article are those of its author"


def page_of(client, **fields):
    return client.get(make_publication(**fields).get_absolute_url())


@pytest.mark.parametrize(
    "kind",
    ["news", "analysis", "opinion", "feature", "explainer", "interview", "gallery", "live"],
)
def test_the_stylesheet_is_told_which_it_is(client, kind):
    page = read(page_of(client, kind=kind))

    assert page.faults == []
    assert f"kind-{kind}" in page.all("article")[0]["class"].split()


def test_an_opinion_shows_the_face_of_its_author_and_whose_view_it_is(client):
    portrait = make_photo(alt="A woman in a red coat")
    make_author("Ann Ash", photo=portrait, job_title="Columnist")
    address = portrait.renditions.filter(crop="square").first().file.url

    opinion = page_of(client, kind="opinion", authors=["Ann Ash"])
    news = page_of(client, authors=["Ann Ash"])

    assert address in opinion.content.decode()
    assert "By Ann Ash Columnist" in words_of(opinion)
    assert OURS in words_of(opinion)
    assert address not in news.content.decode()
    assert OURS not in words_of(news)


def test_the_outlet_may_say_in_its_own_words_whose_view_it_is(client):
    Outlet.objects.create(pk=1, name="The Estuary", opinion_notice="She speaks for herself.")

    words = words_of(page_of(client, kind="opinion"))

    assert "She speaks for herself." in words
    assert OURS not in words


def test_faces_ask_nothing_more_of_the_database(client, django_assert_num_queries):
    make_author("Ann Ash", photo=make_photo())
    without = make_publication(lead_photo=make_photo(), authors=["Ann Ash"])
    opinion = make_publication(kind="opinion", lead_photo=make_photo(), authors=["Ann Ash"])

    with CaptureQueriesContext(connection) as asked:
        client.get(without.get_absolute_url())
    with django_assert_num_queries(len(asked)):
        client.get(opinion.get_absolute_url())


def test_questions_of_an_interview_stand_out(client):
    body = (
        "<p>She keeps <strong>the</strong> book.</p><p><strong>How <em>long</em>?</strong></p>"
        "<p><strong>Long</strong>, she says.</p>"
    )

    interview = page_of(client, kind="interview", body=body).content.decode()
    news = page_of(client, body=body).content.decode()

    assert '<p class="question"><strong>How <em>long</em>?</strong></p>' in interview
    assert interview.count('class="question"') == 1
    assert 'class="question"' not in news


def test_an_explainer_of_several_parts_begins_with_its_contents(client):
    body = "".join(f"<h2>Part <em>{name}</em> &amp; more</h2><p>Text.</p>" for name in "abc")

    page = page_of(client, kind="explainer", body=body)

    links = [link["href"] for link in read(page).all("a") if link["href"].startswith("#part")]
    assert links == ["#part-1", "#part-2", "#part-3"]
    assert {f"#{heading.get('id')}" for heading in read(page).all("h2")} >= set(links)
    assert words_of(page).count("Part b & more") == 2
    short = page_of(client, kind="explainer", body="<h2>One</h2><p>Text.</p>")
    assert "In this story" not in words_of(short)


def test_photos_of_a_gallery_are_offered_large(client):
    body = f'<figure data-photo="{make_photo().pk}"></figure>'

    page = read(page_of(client, kind="gallery", body=body))

    assert [figure["class"] for figure in page.all("figure")] == ["gallery"]
    assert "64rem" in page.all("img")[0]["sizes"]


def test_a_story_leads_to_its_translations(client):
    story = make_publication()
    key = story.translation_key
    older, russian = (
        make_publication(language="ru", translation_key=key, slug=slug) for slug in ("a", "b")
    )
    make_publication(language="ru", translation_key=key).article.withdraw("An error.", by=None)

    page = client.get(story.get_absolute_url())

    links = [link for link in read(page).all("a") if link.get("hreflang")]
    assert {(link["href"], link["lang"]) for link in links} == {(russian.get_absolute_url(), "ru")}
    assert older.get_absolute_url() not in page.content.decode()
    back = read(client.get(russian.get_absolute_url())).all("a")
    assert {link["href"] for link in back if link.get("hreflang")} == {story.get_absolute_url()}
    russian.article.withdraw("An error.", by=None)
    older.article.withdraw("An error.", by=None)
    assert "Also in" not in words_of(client.get(story.get_absolute_url()))
