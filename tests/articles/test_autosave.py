"""What is typed is kept for its author alone and offered back; it touches no story."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article, Autosave
from tests.desk import form_values, press, story_address
from tests.factories import make_article, make_editor, make_reporter, make_user

pytestmark = pytest.mark.django_db

OURS = {"origin": "http://testserver"}
OFFER = "data-kept-at"  # The words also stand in a template for what the browser has kept.


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def address(what, article=None):
    name = f"admin:articles_article_{what}" + ("" if article else "_new")
    return reverse(name, args=[article.pk] if article else [])


def keep(desk, article=None, **typed):
    """Type into the form of a story as it stands, and let the browser keep it."""
    values = form_values(desk.get(story_address(article))) | typed
    return desk.post(address("autosave", article), values)


def test_what_is_typed_is_kept_and_the_story_untouched(desk):
    article = make_article(headline="Before", tags=["Water"])
    before = Article.objects.values().get()

    answer = keep(desk, article, headline="Typed", tags=["Air", "Fire"], tab="one")

    assert answer.json()["kept"]
    kept = Autosave.objects.get()
    assert (kept.article, kept.by, kept.tab) == (article, make_editor(), "one")
    assert kept.values["headline"] == ["Typed"]
    assert kept.values["tags"] == ["Air", "Fire"]
    assert kept.values["bylines-0-author"] == [str(article.bylines.get().author_id)]
    assert "csrfmiddlewaretoken" not in kept.values
    assert Article.objects.values().get() == before
    assert article.revisions.count() == 1


def test_a_story_that_is_not_saved_yet_is_kept_too(desk):
    keep(desk, headline="Typed", tab="one")
    keep(desk, headline="Typed more", tab="one")

    kept = Autosave.objects.get()
    assert kept.article is None
    assert kept.values["headline"] == ["Typed more"]
    assert not Article.objects.exists()


def test_it_is_offered_when_the_form_is_opened(desk):
    article = make_article(headline="Before")
    keep(desk, article, headline="Typed", tab="one")

    page = desk.get(story_address(article)).content.decode()

    assert OFFER in page
    assert 'value="Before"' in page
    assert "Typed" not in page


def test_it_is_offered_to_its_author_alone(desk):
    article = make_article()
    keep(desk, article, headline="Typed", tab="one")
    other = Client()
    other.force_login(make_user("olga", "Editor"))

    page = other.get(story_address(article) + "?unsaved=one").content.decode()

    assert OFFER not in page
    assert "Typed" not in page
    assert other.get(address("unsaved", article)).status_code == 404


def test_it_is_taken_back_into_the_form_with_tags_and_bylines(desk):
    article = make_article(headline="Before", authors=["Mara Quist", "Ken Ito"])
    quist = article.bylines.first()
    typed = {"headline": "Typed", "tags": ["Air"], "bylines-0-DELETE": "on"}
    keep(desk, article, **typed, tab="one")

    page = desk.get(story_address(article) + "?unsaved=one")
    values = form_values(page)

    assert values["headline"] == "Typed"
    assert values["tags"] == ["Air"]
    assert values["bylines-0-DELETE"] == "on"
    assert values["bylines-0-author"] == str(quist.author_id)
    assert "It is not saved yet." in page.content.decode()
    article.refresh_from_db()
    assert article.headline == "Before"

    desk.post(story_address(article), values | {"_save": "1"})
    article.refresh_from_db()
    assert article.headline == "Typed"
    assert [str(line) for line in article.bylines.all()] == ["Ken Ito"]
    assert not Autosave.objects.exists()


def test_a_new_story_is_taken_back(desk):
    keep(desk, headline="Typed", tab="one")

    values = form_values(desk.get(story_address(None) + "?unsaved=one"))
    desk.post(story_address(None), values | {"_save": "1"})

    assert Article.objects.get().headline == "Typed"
    assert not Autosave.objects.exists()


def test_an_incomplete_text_is_taken_back_without_complaints(desk):
    article = make_article()
    keep(desk, article, slug="no address!", section="", tab="one")

    page = desk.get(story_address(article) + "?unsaved=one")

    assert 'value="no address!"' in page.content.decode()
    assert "errornote" not in page.content.decode()


def test_a_text_typed_over_an_older_version_is_compared_when_it_is_saved(desk):
    article = make_article(headline="Before")
    keep(desk, article, headline="Typed", tab="one")
    press(desk, "_save", article, headline="Saved meanwhile")

    values = form_values(desk.get(story_address(article) + "?unsaved=one"))
    page = desk.post(story_address(article), values | {"_save": "1"})

    assert page.context["conflict"]
    article.refresh_from_db()
    assert article.headline == "Saved meanwhile"


def test_saving_by_hand_ends_what_the_same_window_kept(desk):
    article = make_article()
    keep(desk, article, headline="Typed", tab="one")

    response = press(desk, "_save", article, headline="Typed", tab="one")

    assert not Autosave.objects.exists()
    assert desk.cookies["saved_windows"].value == "one"
    assert OFFER not in response.content.decode()


def test_saving_by_hand_leaves_what_another_window_kept(desk):
    article = make_article()
    keep(desk, article, headline="Typed", tab="one")

    page = press(desk, "_save", article, headline="Saved", tab="two")

    assert Autosave.objects.get().values["headline"] == ["Typed"]
    assert OFFER in page.content.decode()


def test_a_refused_save_ends_nothing(desk):
    article = make_article()
    keep(desk, article, headline="Typed", tab="one")

    press(desk, "_save", article, headline="Typed", slug="no address!", tab="one")

    assert Autosave.objects.exists()


def test_another_window_gets_the_kept_text_instead_of_replacing_it(desk):
    article = make_article()
    keep(desk, article, headline="First window", tab="one")

    answer = keep(desk, article, headline="Second window", tab="two").json()

    assert not answer["kept"]
    assert answer["other"]["tab"] == "one"
    assert ["headline", "First window"] in answer["other"]["fields"]
    assert Autosave.objects.get().tab == "one"

    keep(desk, article, headline="Second window", tab="two", taken_over="one")
    assert Autosave.objects.get().values["headline"] == ["Second window"]


def test_what_is_the_same_as_the_saved_text_is_not_offered(desk):
    article = make_article()
    keep(desk, article, tab="one")

    assert OFFER not in desk.get(story_address(article)).content.decode()


def test_the_difference_is_shown_word_by_word(desk):
    article = make_article(body="<p>One two three.</p>")
    keep(desk, article, body="<p>One 2 three.</p>", tab="one")

    page = desk.get(address("unsaved", article)).content.decode()

    assert "<ins>2</ins>" in page
    assert "<del>two</del>" in page


def test_it_is_discarded_unless_more_was_typed_since(desk):
    article = make_article()
    keep(desk, article, headline="Typed", tab="one")
    shown_at = Autosave.objects.get().saved_at.isoformat()
    keep(desk, article, headline="Typed more", tab="one")

    desk.post(address("discard", article), {"tab": "one", "kept_at": shown_at})
    assert Autosave.objects.get().values["headline"] == ["Typed more"]

    for nonsense in ("", "now", "2026-01-01", "2026-99-99T00:00"):
        desk.post(address("discard", article), {"tab": "one", "kept_at": nonsense})
    assert Autosave.objects.exists()

    shown_at = Autosave.objects.get().saved_at.isoformat()
    response = desk.post(address("discard", article), {"tab": "one", "kept_at": shown_at})
    assert response.url == story_address(article)
    assert not Autosave.objects.exists()


# What could do harm


def test_markup_that_no_story_may_hold_does_not_come_back(desk):
    article = make_article()
    body = '<p onclick="x()">Typed<script>alert(1)</script></p>'
    keep(desk, article, body=body, tab="one")

    page = desk.get(story_address(article) + "?unsaved=one")

    assert form_values(page)["body"] == "<p>Typed</p>"
    assert "alert(1)" not in page.content.decode()


def test_a_text_that_cannot_be_cleaned_comes_back_as_words(desk):
    article = make_article()
    keep(desk, article, body="<blockquote>" * 100 + "Typed", tab="one")

    body = form_values(desk.get(story_address(article) + "?unsaved=one"))["body"]

    assert "<" not in body
    assert body.endswith("Typed")


def test_a_nul_is_left_out(desk):
    article = make_article()

    assert keep(desk, article, headline="Ty\x00ped", tab="o\x00ne").json()["kept"]
    assert Autosave.objects.get().values["headline"] == ["Typed"]


def test_a_text_without_end_is_refused(desk):
    article = make_article()

    assert keep(desk, article, body="x" * 1_000_001, tab="one").status_code == 413
    assert not Autosave.objects.exists()


def test_only_a_page_of_ours_can_keep_or_discard():
    article = make_article()
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(make_editor())

    for what in ("autosave", "discard", "presence"):
        assert desk.post(address(what, article), {"tab": "one"}).status_code == 403


def test_a_form_is_filled_only_by_a_page_of_ours(desk):
    article = make_article()

    for headers in ({}, {"origin": "https://evil.example"}, {"origin": "null"}):
        response = desk.post(address("typed", article), {"headline": "Typed"}, headers=headers)
        assert response.status_code == 403

    page = desk.post(address("typed", article), {"headline": "Typed"}, headers=OURS)
    assert form_values(page)["headline"] == "Typed"


@pytest.mark.parametrize("what", ["autosave", "discard", "typed", "unsaved", "presence"])
def test_nobody_keeps_anything_of_a_story_they_may_not_change(client, what):
    article = make_article(created_by=make_user("olga", "Reporter"))
    client.force_login(make_reporter())

    response = client.post(address(what, article), {"tab": "one"}, headers=OURS)

    assert response.status_code == 404
    assert not Autosave.objects.exists()


@pytest.mark.parametrize("what", ["autosave", "discard", "typed"])
def test_nobody_keeps_a_new_story_who_may_not_write_one(client, what):
    client.force_login(make_user("finance", "Finance"))

    assert client.post(address(what), {"tab": "one"}, headers=OURS).status_code == 403


def test_keeping_takes_few_queries(desk, django_assert_max_num_queries):
    article = make_article()
    values = form_values(desk.get(story_address(article)))
    desk.post(address("autosave", article), values)

    # Who is asking, the story, the row locked and written.
    with django_assert_max_num_queries(9):
        assert json.loads(desk.post(address("autosave", article), values).content)["kept"]


def test_the_form_with_unsaved_text_takes_few_queries(desk, django_assert_max_num_queries):
    article = make_article(tags=["Water", "Fire"])
    keep(desk, article, headline="Typed", tab="one")

    with django_assert_max_num_queries(24):
        desk.get(story_address(article))
    with django_assert_max_num_queries(24):
        desk.get(story_address(article) + "?unsaved=one")
