"""The first page of the desk: what one person has to do, and what needs a look."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin.start import SHOWN, lists_for
from articles.models import Article
from tests.factories import (
    make_article,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_user,
)

pytestmark = pytest.mark.django_db


def shown_to(user):
    return {one.name: [row.text for row in one.rows] for one in lists_for(user)}


def changed(publication):
    article = publication.article
    article.headline = f"{article.headline}, changed"
    article.save()
    article.record(by=None)


@pytest.fixture
def newsroom():
    """A story in each standing, most of them the reporter's."""
    reporter, editor = make_reporter(), make_editor()
    make_article(headline="Draft", created_by=reporter)
    make_article(headline="In review", created_by=reporter, stage="in_review")
    make_article(headline="Sent back", created_by=reporter, stage="needs_changes")
    make_article(headline="Given out", created_by=editor, assigned_to=reporter)
    make_publication(headline="Coming", created_by=editor, at=timezone.now() + timedelta(days=1))
    make_publication(headline="Live", created_by=editor)
    changed(make_publication(headline="Live", created_by=editor))
    withdrawn = make_publication(headline="Withdrawn", created_by=editor)
    withdrawn.article.withdraw("Wrong.", by=None)
    changed(withdrawn)


def test_a_reporter_finds_their_stories_and_what_was_sent_back(newsroom):
    shown = shown_to(make_reporter())

    assert set(shown["mine"]) == {"Draft", "In review", "Sent back", "Given out"}
    assert set(shown["waiting"]) == {"Sent back", "Given out"}
    assert shown["scheduled"] == shown["changes"] == []


def test_an_editor_finds_what_is_to_be_judged_and_what_is_coming(newsroom):
    shown = shown_to(make_editor())

    assert shown["waiting"] == ["In review"]
    assert shown["scheduled"] == ["Coming"]
    assert shown["changes"] == ["Live, changed"]


def test_what_is_wanted_first_stands_first():
    now = timezone.now()
    make_article(headline="Later", stage="in_review", deadline=now + timedelta(days=1))
    make_article(headline="Whenever", stage="in_review")
    make_article(headline="Overdue", stage="in_review", deadline=now - timedelta(days=1))

    waiting = next(one for one in lists_for(make_editor()) if one.name == "waiting")

    assert [row.text for row in waiting.rows] == ["Overdue", "Later", "Whenever"]
    assert [row.is_late for row in waiting.rows] == [True, False, False]


def test_photos_in_use_whose_rights_end_soon_are_listed():
    now = timezone.now()
    for caption, days in [("Today", 0.5), ("Next week", 7), ("Next month", 30), ("Over", -1)]:
        photo = make_photo(caption=caption, usable_until=now + timedelta(days=days))
        make_article(lead_photo=photo)
    make_photo(caption="Nowhere", usable_until=now + timedelta(days=1))

    assert shown_to(make_editor())["rights"] == ["Today", "Next week"]


def test_each_list_is_short_and_leads_to_all_of_it(client):
    for _ in range(SHOWN + 2):
        make_article(created_by=make_reporter())
    client.force_login(make_reporter())

    page = client.get("/admin/").content.decode()

    assert len(shown_to(make_reporter())["mine"]) == SHOWN
    assert "/admin/articles/article/?assigned=mine" in page
    listed = client.get("/admin/articles/article/?assigned=mine")
    assert len(listed.context["cl"].result_list) == SHOWN + 2


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("Reporter", {"mine", "waiting", "scheduled", "changes", "rights"}),
        ("Editor", {"mine", "waiting", "scheduled", "changes", "rights"}),
        ("Photo editor", {"mine", "waiting", "scheduled", "changes", "rights"}),
        ("Campaign editor", set()),
        ("Supporter care", set()),
        ("Finance", set()),
    ],
)
def test_each_role_finds_the_lists_it_has_a_use_for(client, role, names):
    user = make_user("somebody", role)
    client.force_login(user)

    assert set(shown_to(user)) == names
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("make_user", [make_reporter, make_editor])
def test_the_page_takes_few_queries_whatever_there_is(client, newsroom, make_user):
    client.force_login(make_user())
    client.get("/admin/")  # Content types are cached from now on.
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/")
    for _ in range(10):
        make_article(created_by=make_user(), stage="in_review", assigned_to=make_reporter())

    with CaptureQueriesContext(connection) as many:
        client.get("/admin/")

    assert len(many) == len(few) <= 15


def test_no_list_reads_the_text_of_a_story(newsroom):
    with CaptureQueriesContext(connection) as queries:
        lists_for(make_editor())

    assert not any('"body"' in query["sql"] for query in queries.captured_queries)
    assert Article.objects.exists()
