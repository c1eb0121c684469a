"""An older version comes back to the desk; nothing public changes and no text is lost."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Publication, Revision, Tag
from articles.models.snapshot import plain
from tests.articles.versions import address, first_version, save_again
from tests.factories import (
    make_article,
    make_author,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_section,
    make_tag,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def changed_in_every_way():
    """A story, and what all of it was before each part was changed."""
    article = make_article(
        headline="Old headline",
        section=make_section("World"),
        lead_photo=make_photo(),
        body=f'<p>Old</p><figure data-photo="{make_photo().pk}"></figure>',
        authors=["Ann Ash", "Bo Birk"],
        tags=["Water", "Dykes"],
        kind="analysis",
        text_licence_id="CC BY 4.0",
        is_sensitive=True,
    )
    picked = [make_article(), make_article()]
    then = save_again(article, picks=picked)
    save_again(
        article,
        headline="New headline",
        section=make_section("Climate"),
        lead_photo=None,
        body="<p>New</p>",
        authors=["Cy Cole"],
        tags=["Fire"],
        kind="news",
        text_licence_id=None,
        is_sensitive=False,
        picks=[],
    )
    return article, then


def without(revision, **values):
    """A version of the past that names what is there no longer."""
    snapshot = revision.snapshot | {
        name: values[name] for name in ("bylines", "tags", "picks") if name in values
    }
    fields = {name: value for name, value in values.items() if name not in snapshot}
    snapshot["fields"] = snapshot["fields"] | fields
    return Revision.objects.create(
        article=revision.article, action=Revision.Action.SAVED, snapshot=snapshot
    )


def test_all_of_a_version_comes_back():
    article, then = changed_in_every_way()

    assert article.restore(then, by=None) == []

    assert plain(article.snapshot()) == then.snapshot


def test_the_history_gets_one_line_and_keeps_the_text_of_before():
    article, then = changed_in_every_way()
    editor = make_editor()
    then.give_name("Before the flood")
    count = article.revisions.count()

    article.restore(then, by=editor)

    restored, before = article.revisions.all()[:2]
    assert article.revisions.count() == count + 1
    assert (restored.action, restored.by) == ("restored", editor)
    assert "“Before the flood”" in restored.note
    assert before.snapshot["fields"]["headline"] == "New headline"


def test_a_text_that_was_never_a_version_goes_into_the_history_first():
    article, then = changed_in_every_way()
    article.headline = "Written by nobody's save"
    article.save()

    article.restore(then, by=None)

    kept = article.revisions.all()[1]
    assert kept.snapshot["fields"]["headline"] == "Written by nobody's save"


def test_nothing_public_changes(client):
    publication = make_publication(headline="First")
    article = publication.article
    then = first_version(article)
    save_again(article, headline="Second")
    article.publish(by=None)
    before = Publication.objects.filter(pk=publication.pk).values().get()

    article.restore(then, by=None)

    assert Publication.objects.filter(pk=publication.pk).values().get() == before
    assert article.has_changes_waiting


@pytest.mark.parametrize(
    ("make_user", "stage"), [(make_reporter, "draft"), (make_editor, "approved")]
)
def test_approval_falls_as_by_any_save(make_user, stage):
    article, then = changed_in_every_way()
    article.submit(by=None)
    article.approve(by=make_editor())

    article.restore(then, by=make_user())

    assert article.stage == stage
    assert article.approved_by == (make_editor() if stage == "approved" else None)


def test_what_is_gone_is_left_out_and_said():
    article, then = changed_in_every_way()
    then = without(
        then,
        lead_photo=7_001,
        section=7_002,
        kind="verse",
        body='<p>Old</p><figure data-photo="7003"></figure>',
        bylines=[7_004, make_author("Ann Ash").pk],
        tags=["Gone", "Water"],
        picks=[7_005],
    )

    missing = article.restore(then, by=None)

    article.refresh_from_db()
    assert article.lead_photo is None
    assert article.section.name == "Climate"
    assert article.kind == "news"
    assert article.body == "<p>Old</p>"
    assert [byline.author.name for byline in article.bylines.all()] == ["Ann Ash"]
    assert set(article.tags.names()) == {"Water"}
    assert not article.picks.exists()
    said = "\n".join(missing)
    for word in ["7001", "7002", "7003", "7004", "7005", "Gone", "verse"]:
        assert word in said
    assert said in article.revisions.first().note


def test_a_tag_that_was_merged_comes_back_as_what_it_is_called_now():
    article, then = changed_in_every_way()
    make_tag("Flood").aliases.create(name="Dykes")
    Tag.objects.filter(name="Dykes").delete()

    assert article.restore(then, by=None) == []

    assert set(article.tags.names()) == {"Water", "Flood"}


def test_the_same_text_is_not_restored():
    article = make_article()

    with pytest.raises(ValidationError, match="already"):
        article.restore(first_version(article), by=None)
    assert article.revisions.count() == 1


def test_a_version_of_another_story_is_not_restored():
    with pytest.raises(ValueError, match="own history"):
        make_article().restore(first_version(make_article()), by=None)


def test_the_story_is_locked_while_it_is_restored():
    article, then = changed_in_every_way()

    with CaptureQueriesContext(connection) as queries:
        article.restore(then, by=None)

    first = next(query["sql"] for query in queries if "SELECT" in query["sql"])
    assert "FOR UPDATE" in first


# At the desk


def test_it_is_asked_once_and_shown_what_would_change(desk):
    article, then = changed_in_every_way()

    page = desk.get(address("restore", article, then.pk))

    html = page.content.decode()
    assert "Old" in html
    assert "Ann Ash" in html
    article.refresh_from_db()
    assert article.headline == "New headline"

    answer = desk.post(address("restore", article, then.pk), {"seen": page.context["seen"]})

    assert answer["Location"] == address("change", article)
    article.refresh_from_db()
    assert article.headline == "Old headline"


def test_what_cannot_be_restored_is_said_before_and_after(desk):
    article, then = changed_in_every_way()
    then = without(then, bylines=[7_004])

    page = desk.get(address("restore", article, then.pk))
    assert "Author no. 7004" in page.content.decode()

    seen = {"seen": page.context["seen"]}
    page = desk.post(address("restore", article, then.pk), seen, follow=True)
    assert "Author no. 7004" in page.content.decode()


@pytest.mark.parametrize("seen", ["", "nonsense", "2026-13-45", "earlier"])
def test_a_story_saved_meanwhile_is_looked_at_again(desk, seen):
    article, then = changed_in_every_way()
    if seen == "earlier":
        seen = (timezone.now() - timedelta(hours=1)).isoformat()

    page = desk.post(address("restore", article, then.pk), {"seen": seen})

    assert page.status_code == 200
    assert page.context["errors"]
    article.refresh_from_db()
    assert article.headline == "New headline"


def test_the_page_that_asks_has_few_queries(desk, django_assert_max_num_queries):
    article, then = changed_in_every_way()
    save_again(article, headline="Newer still")
    then = article.revisions.all()[1]
    desk.get(address("restore", article, then.pk))

    with django_assert_max_num_queries(15):
        desk.get(address("restore", article, then.pk))
