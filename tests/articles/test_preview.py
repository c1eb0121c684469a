"""Previews at the desk: what readers would get, in our own frames and for nobody else."""

import pytest
from django.urls import reverse

from articles.models import Article, Revision
from tests.articles.versions import FURNITURE, address, first_version, save_again
from tests.desk import form_values, story_address
from tests.factories import (
    make_article,
    make_author,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_section,
    make_user,
)
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def typed(desk, article=None, **changes):
    """What the pane gets when `changes` stand in the form and nothing is saved."""
    values = form_values(desk.get(story_address(article))) | changes
    name = "preview_typed" if article else "preview_typed_new"
    where = reverse(f"admin:articles_article_{name}", args=[article.pk] if article else [])
    return desk.post(where, values)


def test_previews_may_stand_in_our_own_frames_and_all_else_in_none(desk):
    article = make_article()

    for where in [
        address("preview", article),
        address("version", article, first_version(article).pk),
    ]:
        page = desk.get(where)
        assert page["X-Frame-Options"] == "SAMEORIGIN"
        policy = page["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "script-src 'none'" in policy
    for where in [
        address("preview_widths", article),
        address("history", article),
        address("change", article),
        address("preview_links", article),
        "/",
    ]:
        page = desk.get(where)
        assert page["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_nothing_of_the_desk_runs_in_a_preview_and_links_open_elsewhere(desk):
    page = read(desk.get(address("preview", make_article())))

    assert page.all("script") == []
    assert page.all("base") == [{"target": "_blank"}]
    assert page.faults == []


def test_the_preview_is_shown_at_two_widths(desk):
    article = make_article()

    frames = read(desk.get(address("preview_widths", article))).all("iframe")

    assert [frame["width"] for frame in frames] == ["390", "1280"]
    for frame in frames:
        assert "allow-scripts" not in frame["sandbox"]
        assert "allow-top-navigation" not in frame["sandbox"]
        assert desk.get(frame["src"]).status_code == 200


def test_a_version_is_shown_at_two_widths(desk):
    article = make_article(headline="Then")
    then = first_version(article)
    save_again(article, headline="Now")

    page = desk.get(address("preview_widths", article), {"version": then.pk})

    for frame in read(page).all("iframe"):
        assert "Then" in words_of(desk.get(frame["src"]))
    other = first_version(make_article())
    missing = desk.get(address("preview_widths", article), {"version": other.pk})
    assert missing.status_code == 404


# What is typed


def test_what_is_typed_is_shown_and_not_saved(desk):
    article = make_article(headline="Saved")
    before = Article.objects.filter(pk=article.pk).values().get()
    photo = make_photo()

    page = typed(
        desk,
        article,
        headline="Typed",
        body=f'<p>Typed words</p><figure data-photo="{photo.pk}"></figure>',
        lead_photo=photo.pk,
        section=make_section("Climate").pk,
        tags=["Water"],
        **{"bylines-0-author": make_author("Bo Birk").pk},
    )

    words = words_of(page)
    for expected in ["Typed", "Typed words", "Climate", "Bo Birk", photo.creator]:
        assert expected in words
    assert "Mara Quist" not in words
    assert "no-store" in page["Cache-Control"]
    assert Article.objects.filter(pk=article.pk).values().get() == before
    assert Revision.objects.filter(article=article).count() == 1


def test_a_new_story_is_shown_before_it_is_ever_saved(desk):
    page = typed(desk, headline="Never saved", body="<p>Words</p>")

    assert "Never saved" in words_of(page)
    assert not Article.objects.exists()


def test_what_is_typed_is_sanitised(desk):
    page = typed(
        desk,
        make_article(),
        headline="<script>alert(1)</script>",
        body='<p onclick="x()">Words<script>alert(2)</script></p><iframe src="/"></iframe>',
    )

    html = page.content.decode()
    assert "<script" not in html
    assert "onclick" not in html
    assert "<iframe" not in html


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "verse"},
        {"section": "abc"},
        {"section": "999999"},
        {"lead_photo": "x"},
        {"lead_photo": "99999999999999999999999"},
        {"language": "xx"},
        {"text_source_url": "nonsense"},
        {"slug": "not a slug"},
        {"text_licence": "NO 1.0"},
        {"body": "<b>" * 200},
        {"headline": ""},
        {"bylines-0-author": "x", "bylines-TOTAL_FORMS": "many"},
    ],
)
def test_what_cannot_be_saved_yet_does_not_break_the_preview(desk, values):
    assert typed(desk, make_article(), **values).status_code == 200


def test_what_is_typed_is_shown_to_who_may_change_the_story(client):
    article = make_article()
    where = address("preview_typed", article)
    new = reverse("admin:articles_article_preview_typed_new")

    assert client.post(where).status_code == 302
    client.force_login(make_user("photos", "Photo editor"))
    assert client.post(where).status_code == 403
    assert client.post(new).status_code == 403
    client.force_login(make_reporter())
    assert client.post(where).status_code == 404
    client.force_login(make_editor())
    assert client.get(where).status_code == 405


def test_showing_what_is_typed_has_few_queries(desk, django_assert_max_num_queries):
    body = "".join(f'<figure data-photo="{make_photo().pk}"></figure>' for _ in range(5))
    article = make_article(lead_photo=make_photo(), body=body, tags=["Water"])
    for _ in range(3):
        article.picks.create(picked=make_publication(lead_photo=make_photo()).article)
    values = form_values(desk.get(story_address(article)))
    desk.post(address("preview_typed", article), values)

    with django_assert_max_num_queries(FURNITURE + 22):
        desk.post(address("preview_typed", article), values)


# Pictures, corrections, related reads


def test_related_reads_are_those_readers_can_see(desk):
    article = make_article()
    save_again(
        article, picks=[make_publication(headline="Public").article, make_article(headline="Draft")]
    )

    words = words_of(desk.get(address("preview", article)))

    assert "Public" in words
    assert "Draft" not in words


def test_corrections_show_in_previews_of_published_stories_only(desk):
    publication = make_publication()
    article = publication.article
    article.corrections.create(text="It was 12 km.")
    assert "It was 12 km." in words_of(desk.get(address("preview", article)))

    publication.delete()

    assert "It was 12 km." not in words_of(desk.get(address("preview", article)))


def test_the_form_offers_the_pane_and_pages_of_previews(desk):
    article = make_article()

    html = desk.get(story_address(article)).content.decode()

    for name in ["preview", "preview_widths", "preview_links", "preview_typed", "history"]:
        assert address(name, article) in html
    assert (
        reverse("admin:articles_article_preview_typed_new")
        in desk.get(story_address(None)).content.decode()
    )
