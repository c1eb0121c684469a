"""Corrections: made at the desk, shown to readers with the story, kept for ever."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Correction
from articles.pagination import PAGE_SIZE
from tests.factories import JUNE_1, make_article, make_editor, make_publication, make_reporter

pytestmark = pytest.mark.django_db


def correct(story, text="The dyke is 12 km long, not 21.", **fields):
    values = {"kind": "correction", "by": None} | fields
    return Correction.objects.make(story.article, text=text, **values)


def address(story):
    return f"/admin/articles/article/{story.pk}/corrections/"


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


# What readers see


def test_a_correction_stands_under_its_story_and_in_the_list(client):
    story = make_publication(headline="The dyke")
    correct(story)

    page = client.get(story.get_absolute_url()).content.decode()
    listed = client.get("/corrections").content.decode()

    for html in (page, listed):
        assert "The dyke is 12 km long, not 21." in html
    assert f'href="{story.get_absolute_url()}#corrections"' in listed


def test_the_list_says_when_there_are_none(client):
    assert "There are none yet." in client.get("/corrections").content.decode()


def test_corrections_of_a_scheduled_story_appear_with_it(client):
    story = make_publication(at=timezone.now() + timedelta(hours=1))
    correct(story)

    assert "12 km" not in client.get("/corrections").content.decode()

    story.visible_from = timezone.now()
    story.save()
    assert "12 km" in client.get("/corrections").content.decode()


def test_corrections_of_a_withdrawn_story_go_with_it(client):
    story = make_publication()
    correct(story)
    story.article.withdraw("Not true.", by=None)

    assert "12 km" not in client.get("/corrections").content.decode()


def test_one_taken_back_is_seen_no_more_and_stays_on_record(client):
    story = make_publication()
    correction = correct(story)
    correction.take_back("It was right.", by=make_editor())

    assert "12 km" not in client.get("/corrections").content.decode()
    assert "12 km" not in client.get(story.get_absolute_url()).content.decode()
    assert Correction.objects.get().taken_back_reason == "It was right."


def test_the_text_is_escaped(client):
    story = make_publication()
    correct(story, text="<script>alert(1)</script>")

    assert "<script>alert" not in client.get(story.get_absolute_url()).content.decode()


def test_long_lists_come_in_pieces(client):
    story = make_publication()
    for number in range(PAGE_SIZE + 1):
        correct(story, text=f"Number {number}.", made_at=JUNE_1 + timedelta(minutes=number))

    first = client.get("/corrections").content.decode()
    last = Correction.objects.order_by("made_at")[1]
    second = client.get(f"/corrections?before={last.pk}").content.decode()

    assert f'href="?before={last.pk}"' in first
    assert "Number 0." not in first
    assert "Number 0." in second
    assert client.get("/corrections?before=x").status_code == 404
    assert client.get("/corrections?before=999999").status_code == 404


def test_the_list_asks_no_more_with_many(client):
    def queries():
        with CaptureQueriesContext(connection) as made:
            client.get("/corrections")
        return len(made)

    correct(make_publication())
    with_one = queries()
    for _more in range(5):
        correct(make_publication())

    assert queries() == with_one == 8


# What makes one


def test_updated_changes_only_when_the_change_is_significant():
    story = make_publication()
    correct(story)
    story.refresh_from_db()
    assert story.updated_at is None

    correct(story, is_significant=True)
    story.refresh_from_db()
    assert story.updated_at is not None


def test_a_story_readers_never_had_is_changed_instead():
    article = make_article()

    with pytest.raises(ValidationError, match="change its text"):
        Correction.objects.make(article, kind="correction", text="No.", by=None)


def test_a_correction_must_say_something():
    with pytest.raises(ValidationError):
        correct(make_publication(), text="  ")


def test_the_history_of_the_story_tells_of_it():
    story = make_publication()
    correction = correct(story, by=make_editor())
    correction.take_back("It was right.", by=make_editor())

    actions = story.article.revisions.values_list("action", "note")[:2]
    assert list(actions) == [
        ("taken_back", "It was right."),
        ("corrected", "The dyke is 12 km long, not 21."),
    ]


def test_no_change_is_left_waiting_by_it():
    story = make_publication()
    correct(story)
    story.article.refresh_from_db()

    assert story.article.standing == "Live"


def test_nothing_deletes_one():
    correction = correct(make_publication())

    with pytest.raises(TypeError):
        correction.delete()
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Correction.objects.all()._raw_delete("default")


# At the desk


def test_an_editor_adds_one(desk):
    story = make_publication()
    today = timezone.localdate()

    desk.post(
        address(story),
        {"kind": "clarification", "text": "Both banks were meant.", "made_on": today},
        follow=True,
    )

    correction = Correction.objects.get()
    assert correction.get_kind_display() == "Clarification"
    assert correction.by.username == "editor"


@pytest.mark.parametrize(
    ("field", "value"), [("text", ""), ("kind", "lie"), ("made_on", "2999-01-01"), ("text", "a\0b")]
)
def test_what_cannot_be_is_refused_with_a_sentence(desk, field, value):
    story = make_publication()
    values = {"kind": "correction", "text": "Right.", "made_on": "2026-06-02"}

    response = desk.post(address(story), values | {field: value})

    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not Correction.objects.exists()


def test_taking_back_wants_a_reason(desk):
    story = make_publication()
    correction = correct(story)
    step = f"{address(story)}{correction.pk}/take-back/"

    assert "Say why" in desk.post(step, {"reason": " "}).content.decode()
    desk.post(step, {"reason": "It was right."})

    correction.refresh_from_db()
    assert correction.taken_back_at is not None
    assert "taken back before" in desk.post(step, {"reason": "Again."}).content.decode()


def test_a_reporter_sees_them_and_makes_none(client):
    reporter = make_reporter()
    client.force_login(reporter)
    story = make_publication(created_by=reporter)
    correction = correct(story)
    values = {"kind": "correction", "text": "Right.", "made_on": "2026-06-02"}

    assert "12 km" in client.get(address(story)).content.decode()
    assert client.post(address(story), values).status_code == 403
    assert client.post(f"{address(story)}{correction.pk}/take-back/").status_code == 403
    assert Correction.objects.count() == 1


def test_that_of_another_story_is_not_found(desk):
    correction = correct(make_publication())
    other = make_publication()

    assert desk.post(f"{address(other)}{correction.pk}/take-back/").status_code == 404
