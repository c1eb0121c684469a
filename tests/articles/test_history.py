"""The history of a story: every version, found, named, compared, read again, by who may."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.admin.history import PAGE_SIZE
from articles.models import Revision
from tests.articles.versions import FURNITURE, address, first_version, save_again
from tests.factories import (
    make_article,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_user,
)
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db

PAGES = ["history", "compare", "version", "restore", "name_version"]


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def page_about(name, article, version):
    """A page of the history and what it is asked."""
    if name == "history":
        return address(name, article)
    if name == "compare":
        return f"{address(name, article)}?new={version.pk}"
    return address(name, article, version.pk)


def test_every_step_is_there_with_who_and_what_was_said(desk):
    article = make_publication(headline="First").article
    editor = make_editor()
    save_again(article, by=editor, headline="Second")
    article.submit(by=editor, note="Please read the second half.")

    page = desk.get(address("history", article))

    words = words_of_table(page)
    for expected in ["Submitted for review", "Please read the second half.", "Saved", "Published"]:
        assert expected in words
    assert "editor" in words
    assert len(page.context["versions"]) == article.revisions.count()


def words_of_table(page):
    return " ".join(page.content.decode().split())


def test_a_long_history_comes_in_pieces(desk):
    article = make_article()
    for number in range(PAGE_SIZE + 4):
        save_again(article, headline=f"Headline {number}")

    first = desk.get(address("history", article))
    second = desk.get(address("history", article), {"before": first.context["next_before"]})

    shown = [version.pk for page in (first, second) for version in page.context["versions"]]
    assert shown == list(article.revisions.values_list("pk", flat=True))
    assert second.context["next_before"] is None


@pytest.mark.parametrize("before", ["", "x", "-1", "1", "٣", "99999999999999999999"])
def test_nonsense_in_the_address_is_a_missing_page(desk, before):
    article = make_article()

    assert desk.get(address("history", article), {"before": before}).status_code == 404


def test_texts_are_not_loaded_for_the_list(desk):
    article = make_article()

    with CaptureQueriesContext(connection) as queries:
        desk.get(address("history", article))

    assert not [query for query in queries if '"snapshot"' in query["sql"]]


@pytest.mark.parametrize("number", [2, PAGE_SIZE])
def test_queries_of_the_list_do_not_grow(desk, django_assert_num_queries, number):
    article = make_article()
    for each in range(number):
        save_again(article, by=make_user(f"editor-{each}", "Editor"), headline=f"{each}")
    desk.get(address("history", article))

    # Session, user, two of permissions, the story, its versions with who saved them.
    with django_assert_num_queries(6):
        desk.get(address("history", article))


# Comparing


def test_two_versions_are_compared_by_word_and_by_name(desk):
    article = make_article(
        headline="The dyke held", authors=["Ann Ash"], tags=["Water"], section=None
    )
    old = first_version(article)
    photo = make_photo(title="From above")
    new = save_again(
        article,
        headline="The dyke broke",
        authors=["Bo Birk"],
        tags=["Water", "Flood"],
        picks=[make_article(headline="Picked story")],
        lead_photo=photo,
    )

    page = desk.get(address("compare", article), {"old": old.pk, "new": new.pk})

    html = page.content.decode()
    for gone in ["held", "Ann Ash"]:
        assert f"</span>{gone}<span" in html.partition("<del><span")[2]
    marked = {
        (piece.kind, piece.text) for change in page.context["changes"] for piece in change.pieces
    }
    assert {
        ("gone", "held"),
        ("new", "broke"),
        ("gone", "Ann Ash"),
        ("new", "Bo Birk"),
        ("same", "Water"),
        ("new", "Flood"),
        ("new", "Picked story"),
        ("new", "From above"),
    } <= marked
    assert "taken out:" in html
    assert "added:" in html


def test_the_order_in_which_two_are_chosen_does_not_matter(desk):
    article = make_article(headline="One")
    old, new = first_version(article), save_again(article, headline="Two")

    page = desk.get(address("compare", article), {"old": new.pk, "new": old.pk})

    assert (page.context["old"], page.context["new"]) == (old, new)


def test_a_version_is_compared_with_the_one_before_it(desk):
    article = make_article(headline="One")
    save_again(article, headline="Two")
    newest = save_again(article, headline="Three")

    page = desk.get(address("compare", article), {"new": newest.pk})

    [change] = page.context["changes"]
    assert [piece.text for piece in change.pieces] == ["Two", "Three"]


def test_a_version_is_compared_with_the_newest(desk):
    article = make_article(headline="One")
    old = first_version(article)
    save_again(article, headline="Two")
    newest = save_again(article, headline="Three")

    page = desk.get(address("compare", article), {"old": old.pk})

    assert (page.context["old"], page.context["new"]) == (old, newest)


def test_the_first_version_is_all_new(desk):
    article = make_article(headline="One")

    page = desk.get(address("compare", article), {"new": first_version(article).pk})

    kinds = {piece.kind for change in page.context["changes"] for piece in change.pieces}
    assert kinds == {"new"}


def test_what_somebody_wrote_is_not_taken_for_html(desk):
    article = make_article(headline="Plain")
    new = save_again(article, headline="<script>alert(1)</script>", body="<p>a &lt;b&gt; c</p>")

    html = desk.get(address("compare", article), {"new": new.pk}).content.decode()

    assert "<script>alert" not in html
    assert "<b>" not in html


def test_a_comparison_has_few_queries(desk, django_assert_max_num_queries):
    article = make_article(lead_photo=make_photo())
    picks = [make_article() for _ in range(4)]
    authors = [f"Author {number}" for number in range(9)]
    new = save_again(article, picks=picks, authors=authors, lead_photo=make_photo())
    where = page_about("compare", article, new)
    desk.get(where)

    with django_assert_max_num_queries(15):
        desk.get(where)


# Names


def test_a_version_is_given_a_name_and_the_log_says_by_whom(desk):
    article = make_article()
    version = first_version(article)
    before = Revision.objects.filter(pk=version.pk).values().get()

    answer = desk.post(address("name_version", article, version.pk), {"name": " As printed "})

    assert answer["Location"] == address("history", article)
    after = Revision.objects.filter(pk=version.pk).values().get()
    assert after == before | {"name": "As printed"}
    entry = LogEntry.objects.get(object_id=article.pk)
    assert entry.user == make_editor()
    assert "As printed" in entry.change_message
    assert "As printed" in desk.get(address("history", article)).content.decode()


def test_a_name_that_is_too_long_is_refused_with_a_sentence(desk):
    article = make_article()
    version = first_version(article)

    page = desk.post(address("name_version", article, version.pk), {"name": "x" * 81}, follow=True)

    assert "80" in words_of_table(page)
    version.refresh_from_db()
    assert version.name == ""


@pytest.mark.parametrize("field", ["action", "note", "snapshot"])
def test_nothing_but_the_name_of_a_version_can_be_changed(field):
    version = first_version(make_article())

    with pytest.raises(DatabaseError), transaction.atomic():
        Revision.objects.filter(pk=version.pk).update(**{field: "approved"})


# An older version as readers would have seen it


def test_an_older_version_is_shown_as_readers_would_see_it(desk):
    article = make_article(headline="Then", authors=["Ann Ash"], kind="opinion", tags=["Water"])
    then = first_version(article)
    save_again(article, headline="Now", authors=["Bo Birk"], tags=[])

    page = desk.get(address("version", article, then.pk))

    words = words_of(page)
    assert "Then" in words
    assert "Ann Ash" in words
    assert "Water" in words
    assert "Now" not in words
    assert "Bo Birk" not in words
    assert [meta for meta in read(page).all("meta") if meta.get("name") == "robots"]


def test_showing_a_version_has_few_queries(desk, django_assert_max_num_queries):
    linked = make_publication()
    body = "".join(f'<figure data-photo="{make_photo().pk}"></figure>' for _ in range(5))
    article = make_article(
        lead_photo=make_photo(),
        body=f'{body}<p><a href="{linked.get_absolute_url()}">x</a></p>',
        tags=["Water"],
        authors=[f"Author {number}" for number in range(5)],
        text_licence_id="CC BY 4.0",
    )
    picks = [make_publication(lead_photo=make_photo()).article for _ in range(4)]
    version = save_again(article, picks=picks)
    article.publish(by=None)
    where = address("version", article, version.pk)
    desk.get(where)

    with django_assert_max_num_queries(FURNITURE + 20):
        desk.get(where)


# Who may


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_for_who_may_see_the_story(client, name):
    article = make_article()
    where = page_about(name, article, first_version(article))

    assert client.get(where).status_code == 302  # To the sign-in.
    client.force_login(make_user("guest"))
    assert client.get(where).status_code == 403
    client.force_login(make_reporter())
    assert client.get(where).status_code == 404  # A story of others: as if there were none.
    article.assigned_to = make_reporter()
    article.save()
    assert client.get(where).status_code == (405 if name == "name_version" else 200)


@pytest.mark.parametrize("name", ["restore", "name_version", "preview_links"])
def test_who_may_only_look_changes_nothing(client, name):
    article = make_article(headline="One")
    version = first_version(article)
    save_again(article, headline="Two")
    client.force_login(make_user("photos", "Photo editor"))
    where = address(name, article, *([] if name == "preview_links" else [version.pk]))

    assert client.get(address("history", article)).status_code == 200
    assert client.get(where).status_code == 403
    assert client.post(where, {"name": "x", "version": version.pk, "days": 3}).status_code == 403
    article.refresh_from_db()
    version.refresh_from_db()
    assert (article.headline, version.name) == ("Two", "")


@pytest.mark.parametrize("name", ["compare", "version", "restore", "name_version"])
def test_a_version_of_another_story_is_a_missing_page(desk, name):
    article, other = make_article(), first_version(make_article())

    assert desk.get(page_about(name, article, other)).status_code == 404
    assert desk.post(page_about(name, article, other), {"name": "x"}).status_code == 404


def test_comparing_with_a_version_of_another_story_is_a_missing_page(desk):
    article, other = make_article(), first_version(make_article())
    new = first_version(article)

    answer = desk.get(address("compare", article), {"old": other.pk, "new": new.pk})

    assert answer.status_code == 404


@pytest.mark.parametrize("number", ["abc", "_31", "0x1", "1/x"])
def test_the_history_of_no_story_is_a_missing_page(desk, number):
    assert desk.get(f"/admin/articles/article/{number}/history/").status_code == 404
