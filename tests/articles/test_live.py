"""Live coverage: entries written at the desk, published one by one, read newest first."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.live import PAGE_SIZE
from articles.models import LiveEntry, PublishedEntry
from tests.factories import (
    JUNE_1,
    make_article,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
)

pytestmark = pytest.mark.django_db


def make_live(**fields):
    return make_publication(kind="live", headline="The river rises", **fields)


def write(story, text="Water is at the door.", minutes=0, **fields):
    return LiveEntry.objects.create(
        article=story.article,
        body=f"<p>{text}</p>",
        happened_at=JUNE_1 + timedelta(minutes=minutes),
        **fields,
    )


def page_of(client, story, query=""):
    return client.get(story.get_absolute_url() + query).content.decode()


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


# What readers see


def test_entries_appear_once_published_newest_first(client):
    story = make_live()
    write(story, "First.", 1).publish(by=None)
    write(story, "Second.", 2).publish(by=None)
    write(story, "Unpublished.", 3)

    page = page_of(client, story)

    assert page.index("Second.") < page.index("First.")
    assert "Unpublished." not in page


def test_a_change_at_the_desk_is_public_only_when_published(client):
    story = make_live()
    entry = write(story, "Wrong.")
    entry.publish(by=None)
    entry.body = "<p>Right.</p>"
    entry.save()
    assert entry.has_changes_waiting
    assert "Wrong." in page_of(client, story)

    entry.correction = "An earlier version was wrong."
    entry.save()
    entry.publish(by=None)

    page = page_of(client, story)
    assert "Right." in page
    assert "An earlier version was wrong." in page
    assert "Wrong." not in page


def test_one_taken_down_is_gone_and_kept_at_the_desk(client):
    story = make_live()
    entry = write(story)
    entry.publish(by=None)

    entry.take_down(by=None)

    assert "at the door" not in page_of(client, story)
    assert LiveEntry.objects.get().public is None


def test_a_story_of_another_kind_shows_none(client):
    story = make_publication()
    write(story).publish(by=None)

    assert "at the door" not in page_of(client, story)
    assert client.get(f"{story.get_absolute_url()}/entries").status_code == 404


def test_entries_of_a_scheduled_story_wait_with_it(client):
    story = make_live(at=timezone.now() + timedelta(hours=1))
    write(story).publish(by=None)

    assert client.get(story.get_absolute_url()).status_code == 404
    assert client.get(f"{story.get_absolute_url()}/entries").status_code == 404


def test_long_coverage_comes_in_pieces(client):
    story = make_live()
    for number in range(PAGE_SIZE + 1):
        write(story, f"Number {number}.", number).publish(by=None)
    second = PublishedEntry.objects.order_by("happened_at")[1]

    first_page = page_of(client, story)
    assert f"?before={second.pk}" in first_page
    assert "Number 0." not in first_page
    assert "Number 0." in page_of(client, story, f"?before={second.pk}")
    for nonsense in ("x", "0", "99999999"):
        assert client.get(f"{story.get_absolute_url()}?before={nonsense}").status_code == 404


def test_new_entries_are_asked_for_cheaply(client):
    story = make_live()
    write(story).publish(by=None)
    address = f"{story.get_absolute_url()}/entries"

    answer = client.get(address)
    assert "at the door" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    with CaptureQueriesContext(connection) as queries:
        unchanged = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert unchanged.status_code == 304
    assert len(queries) == 2

    write(story, "More.").publish(by=None)
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_taking_an_entry_down_is_noticed_by_pages_that_ask(client):
    story = make_live()
    older, newer = write(story, minutes=1), write(story, minutes=2)
    for entry in (newer, older):
        entry.publish(by=None)
    address = f"{story.get_absolute_url()}/entries"
    etag = client.get(address)["ETag"]

    newer.take_down(by=None)

    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_the_page_asks_no_more_with_many_entries(client):
    story = make_live()
    linked = make_publication()

    def add():
        text = (
            f'See <a href="{linked.get_absolute_url()}">before</a>.</p>'
            f'<figure data-photo="{make_photo().pk}"></figure><p>'
        )
        write(story, text).publish(by=None)

    def queries():
        with CaptureQueriesContext(connection) as made:
            client.get(story.get_absolute_url())
        return len(made)

    add()
    with_one = queries()
    for _more in range(4):
        add()

    assert queries() == with_one


def test_photos_of_entries_are_open_to_readers(client):
    story = make_live()
    photo = make_photo()
    entry = LiveEntry.objects.create(
        article=story.article, body=f'<figure data-photo="{photo.pk}"></figure>', headline="A"
    )
    size = photo.renditions.first().file.url
    assert client.get(size).status_code == 404

    entry.publish(by=None)

    assert client.get(size).status_code == 200


def test_photos_of_entries_stay_open_when_their_story_is_scheduled_anew(client):
    story = make_live(at=timezone.now() + timedelta(hours=1))
    photo = make_photo()
    entry = LiveEntry.objects.create(
        article=story.article, body=f'<figure data-photo="{photo.pk}"></figure>', headline="A"
    )
    entry.publish(by=None)

    story.article.publish(by=None)

    assert client.get(photo.renditions.first().file.url).status_code == 200


# What may be published


def test_a_photo_without_rights_keeps_an_entry_back():
    story = make_live()
    photo = make_photo(usable_until=timezone.now() - timedelta(days=1))
    entry = LiveEntry.objects.create(
        article=story.article, body=f'<figure data-photo="{photo.pk}"></figure>', headline="A"
    )

    with pytest.raises(ValidationError, match="rights"):
        entry.publish(by=None)


def test_an_entry_waits_for_its_story():
    article = make_article(kind="live")
    entry = LiveEntry.objects.create(article=article, body="<p>Now.</p>")

    with pytest.raises(ValidationError, match="Publish the story first"):
        entry.publish(by=None)


def test_the_history_of_the_story_tells_of_entries():
    story = make_live()
    entry = write(story, headline="At the door")
    entry.publish(by=make_editor())
    entry.publish(by=make_editor())
    entry.take_down(by=make_editor())

    actions = story.article.revisions.values_list("action", "note")[:3]
    assert [action for action, _note in actions] == ["entry_down", "entry_changed", "entry"]
    story.article.refresh_from_db()
    assert story.article.standing == "Live"


# At the desk


def address(story, entry=None):
    end = f"{entry.pk}/" if entry else ""
    return f"/admin/articles/article/{story.pk}/live/{end}"


def values(text="Now.", **more):
    moment = {"happened_at_0": "2026-06-01", "happened_at_1": "12:00"}
    return moment | {"headline": "", "body": f"<p>{text}</p>"} | more


def test_one_button_writes_and_publishes(desk):
    story = make_live()

    response = desk.post(address(story), values(_publish="1"), follow=True)

    assert "The entry is published." in response.content.decode()
    assert PublishedEntry.objects.get().body == "<p>Now.</p>"


def test_an_entry_can_be_kept_for_later(desk):
    story = make_live()

    desk.post(address(story), values(_keep="1"))

    entry = LiveEntry.objects.get()
    assert (entry.public, entry.by.username) == (None, "editor")


def test_an_empty_entry_is_refused(desk):
    story = make_live()

    response = desk.post(address(story), values(_publish="1") | {"body": ""})

    assert "Write what happened." in response.content.decode()
    assert not LiveEntry.objects.exists()


def test_the_text_is_sanitised(desk):
    story = make_live()
    desk.post(address(story), values("<script>alert(1)</script>Now.", _publish="1"))

    assert "script" not in PublishedEntry.objects.get().body


def test_whoever_saves_an_entry_second_is_told_what_the_first_wrote(desk):
    story = make_live()
    entry = write(story)
    loaded = entry.saved_at.isoformat()
    entry.body = "<p>Olga was here.</p>"
    entry.save()

    response = desk.post(address(story, entry), values("Mine.", loaded_version=loaded))

    page = response.content.decode()
    assert "Olga was here." in page
    assert "Mine." in page
    entry.refresh_from_db()
    assert entry.body == "<p>Olga was here.</p>"
    again = values("Mine.", loaded_version=entry.saved_at.isoformat(), correction="")
    desk.post(address(story, entry), again)
    entry.refresh_from_db()
    assert entry.body == "<p>Mine.</p>"


def test_a_reporter_writes_entries_and_publishes_none(client):
    reporter = make_reporter()
    client.force_login(reporter)
    story = make_live(created_by=reporter)

    assert client.post(address(story), values(_keep="1")).status_code == 302
    assert client.post(address(story), values(_publish="1")).status_code == 403
    assert not PublishedEntry.objects.exists()


def test_the_preview_shows_the_entries_of_the_desk(desk):
    story = make_live()
    write(story, "Not published yet.")

    page = desk.get(f"/admin/articles/article/{story.pk}/preview/").content.decode()

    assert "Not published yet." in page
    assert "data-entries" not in page or 'data-entries=""' in page


def test_an_entry_of_another_story_is_not_found(desk):
    entry = write(make_live())

    assert desk.get(address(make_live(), entry)).status_code == 404


def test_the_page_asks_at_most_fifteen_questions(desk):
    story = make_live()
    for number in range(20):
        write(story, minutes=number).publish(by=None)
    desk.get(address(story))

    with CaptureQueriesContext(connection) as queries:
        desk.get(address(story))

    assert len(queries) <= 15
