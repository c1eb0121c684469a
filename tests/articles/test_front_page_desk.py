"""Pinning stories to the front page, and what follows by itself."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import FrontPageSlot
from articles.tasks import forget_ended_slots
from tests.factories import make_article, make_editor, make_publication, make_reporter

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/articles/frontpageslot/"


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def pinned():
    """Three stories, pinned in this order."""
    stories = [make_publication(headline=name).article for name in ("Dyke", "Flood", "Storm")]
    for position, story in enumerate(stories, start=1):
        FrontPageSlot.objects.create(picked=story, position=position)
    return stories


def order():
    return [slot.picked.headline for slot in FrontPageSlot.objects.select_related("picked")]


def form_of(page):
    """What a browser would send for the page when nothing is changed."""
    html = page.content.decode()
    values = {"story": re.findall(r'name="story" value="(\d+)"', html)}
    values["begun_with"] = re.search(r'name="begun_with" value="(\w*)"', html)[1]
    for name, value in re.findall(r'name="(until-\d+)"[^>]* value="([^"]*)"', html):
        values[name] = value
    return values


def press(desk, step, **changes):
    values = form_of(desk.get(ADDRESS)) | changes
    return desk.post(ADDRESS, values | {"step": step}, follow=True)


@pytest.mark.parametrize(
    ("step", "place", "expected"),
    [
        ("up", 1, ["Flood", "Dyke", "Storm"]),
        ("up", 0, ["Dyke", "Flood", "Storm"]),
        ("down", 0, ["Flood", "Dyke", "Storm"]),
        ("down", 2, ["Dyke", "Flood", "Storm"]),
        ("lead", 2, ["Storm", "Dyke", "Flood"]),
        ("remove", 1, ["Dyke", "Storm"]),
    ],
)
def test_each_button_saves_the_new_order(desk, pinned, step, place, expected):
    response = press(desk, f"{step} {pinned[place].pk}")

    assert response.status_code == 200
    assert order() == expected
    assert "arranged anew" in response.content.decode()


def test_a_dragged_order_is_saved_as_it_is_sent(desk, pinned):
    values = form_of(desk.get(ADDRESS))
    values["story"].reverse()

    desk.post(ADDRESS, values | {"_save": "1"})

    assert order() == ["Storm", "Flood", "Dyke"]


def test_the_keyboard_stays_at_the_story_that_was_moved(desk, pinned):
    html = press(desk, f"up {pinned[2].pk}").content.decode()

    assert re.search(rf'value="up {pinned[2].pk}"[^>]* autofocus', html)


def test_visible_and_scheduled_stories_are_found_by_words_of_the_headline(desk, pinned):
    make_publication(headline="Dyke holds at Lowmark")
    make_publication(headline="Lowmark dyke: what next", at=timezone.now() + timedelta(days=1))
    make_publication(headline="Dyke at Lowmark, withdrawn").article.withdraw("Wrong.", by=None)
    make_article(headline="Dyke at Lowmark, a draft")
    values = form_of(desk.get(ADDRESS))

    page = desk.post(ADDRESS, values | {"_find": "1", "words": "lowmark dyke"})

    assert [story.headline for story in page.context["found"]] == [
        "Lowmark dyke: what next",
        "Dyke holds at Lowmark",
    ]
    assert order() == ["Dyke", "Flood", "Storm"]


def test_searching_keeps_what_is_typed(desk, pinned):
    typed = {f"until-{pinned[0].pk}": "2090-01-02T03:04"}
    values = form_of(desk.get(ADDRESS)) | typed

    page = desk.post(ADDRESS, values | {"_find": "1", "words": "x"})

    assert form_of(page) == values


def test_a_story_that_was_found_is_pinned_last(desk, pinned):
    story = make_publication(headline="Calm")

    press(desk, f"pin {story.pk}")

    assert order() == ["Dyke", "Flood", "Storm", "Calm"]


def test_a_draft_cannot_be_pinned(desk, pinned):
    press(desk, f"pin {make_article(headline='Draft').pk}")

    assert order() == ["Dyke", "Flood", "Storm"]


def test_each_story_has_an_end_time_of_its_own(desk, pinned):
    values = form_of(desk.get(ADDRESS)) | {f"until-{pinned[1].pk}": "2090-01-02T03:04"}

    desk.post(ADDRESS, values | {"_save": "1"})

    until = [slot.until for slot in FrontPageSlot.objects.all()]
    assert until == [None, datetime(2090, 1, 2, 3, 4, tzinfo=timezone.get_default_timezone()), None]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2027-03-28T02:30", "there is no 02:30"),
        ("2027-10-31T02:30", "comes twice"),
        ("2020-01-01T00:00", "has passed"),
        ("soon", "no day and time"),
    ],
)
def test_a_time_that_is_none_is_refused_and_stays_in_the_form(
    desk, pinned, settings, time_machine, typed, sentence
):
    settings.TIME_ZONE = "Europe/Amsterdam"
    time_machine.move_to(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False)
    desk.force_login(make_editor())  # The session began in another year.
    name = f"until-{pinned[1].pk}"
    values = form_of(desk.get(ADDRESS)) | {name: typed}
    values["story"].reverse()

    page = desk.post(ADDRESS, values | {"_save": "1"})

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert form_of(page) == values
    assert order() == ["Dyke", "Flood", "Storm"]


def test_one_that_has_ended_is_marked_and_may_stay(desk, pinned):
    FrontPageSlot.objects.filter(picked=pinned[0]).update(until=timezone.now())

    page = press(desk, f"up {pinned[2].pk}")

    assert order() == ["Dyke", "Storm", "Flood"]
    assert "Ended" in page.content.decode()


def test_those_that_have_ended_are_swept_at_night(pinned):
    FrontPageSlot.objects.filter(picked=pinned[0]).update(until=timezone.now())
    later = timezone.now() + timedelta(hours=1)
    FrontPageSlot.objects.filter(picked=pinned[1]).update(until=later)

    forget_ended_slots.func()

    assert order() == ["Flood", "Storm"]


def test_an_order_begun_before_a_newer_one_is_refused_with_both_shown(desk, pinned):
    mine = form_of(desk.get(ADDRESS))
    press(desk, f"lead {pinned[1].pk}")
    mine["story"].reverse()

    page = desk.post(ADDRESS, mine | {"_save": "1"})

    assert page.status_code == 409
    assert [row.article.headline for row in page.context["rows"]] == ["Storm", "Flood", "Dyke"]
    assert [row.article.headline for row in page.context["others"]] == ["Flood", "Dyke", "Storm"]
    assert order() == ["Flood", "Dyke", "Storm"]

    desk.post(ADDRESS, form_of(page) | {"_save": "1"})  # Having seen it.

    assert order() == ["Storm", "Flood", "Dyke"]


def test_an_end_time_set_meanwhile_counts_as_newer(desk, pinned):
    mine = form_of(desk.get(ADDRESS))
    FrontPageSlot.objects.filter(picked=pinned[2]).update(until=timezone.now())

    assert desk.post(ADDRESS, mine | {"_save": "1"}).status_code == 409


def test_what_follows_by_itself_is_what_readers_see(desk, pinned):
    newest = make_publication(headline="Newest", at=timezone.now())

    page = desk.get(ADDRESS)

    shown = [
        (name, [story.headline for story in stories], is_pinned)
        for name, stories, is_pinned in page.context["parts"]
    ]
    assert shown == [
        ("Lead", ["Dyke"], True),
        ("Beside the lead", ["Flood", "Storm"], True),
        ("Beside the lead", ["Newest"], False),
    ]
    assert f'value="pin {newest.pk}"' in page.content.decode()
    assert page.context["public_url"] == reverse("articles:front_page")


def test_who_may_not_change_it_does_not_see_it(client):
    client.force_login(make_reporter())

    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {"_save": "1"}).status_code == 403


def test_query_count_does_not_grow(desk, pinned, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        desk.get(ADDRESS)
    for position in range(20):
        FrontPageSlot.objects.create(picked=make_publication().article, position=position)
    with django_assert_max_num_queries(15):
        desk.get(ADDRESS)
