"""Who else has a story open."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from articles.models import Presence
from tests.desk import form_values, press, story_address
from tests.factories import make_article, make_editor, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def olgas_desk():
    desk = Client()
    desk.force_login(make_user("olga", "Editor"))
    return desk


def report(desk, article, tab, **more):
    return desk.post(
        reverse("admin:articles_article_presence", args=[article.pk]), {"tab": tab} | more
    )


@time_machine.travel("2026-03-20 13:05Z", tick=False)
def test_others_are_named_with_the_time_they_came(desk, olgas_desk):
    article = make_article()
    report(olgas_desk, article, "olgas")

    assert report(desk, article, "mine").json()["lines"] == ["olga is editing since 13:05."]
    page = desk.get(story_address(article)).content.decode()
    assert "olga is editing since 13:05." in page


def test_another_window_of_ones_own_is_said(desk):
    article = make_article()
    report(desk, article, "one")

    lines = report(desk, article, "two").json()["lines"]

    assert lines == ["You have this story open in another window."]
    assert "another window" not in desk.get(story_address(article)).content.decode()


def test_one_who_leaves_is_gone_at_once(desk, olgas_desk):
    article = make_article()
    report(olgas_desk, article, "olgas")
    report(olgas_desk, article, "olgas", leaving="1")

    assert report(desk, article, "mine").json()["lines"] == []


def test_one_who_is_no_longer_heard_of_is_gone_after_a_while(desk, olgas_desk):
    article = make_article()
    with time_machine.travel("2026-03-20 13:05Z", tick=False) as clock:
        report(olgas_desk, article, "olgas")
        clock.shift(timedelta(seconds=30))
        assert report(desk, article, "mine").json()["lines"] != []
        clock.shift(timedelta(seconds=30))
        assert report(desk, article, "other").json()["lines"] == [
            "You have this story open in another window."
        ]
        assert not Presence.objects.filter(tab="olgas").exists()


def test_a_save_by_somebody_else_is_told(desk, olgas_desk):
    article = make_article()
    values = form_values(desk.get(story_address(article)))
    loaded = {name: values[name] for name in ("loaded_version", "loaded_revision")}
    press(olgas_desk, "_save", article, headline="Olga's")

    (line,) = report(desk, article, "mine", **loaded).json()["lines"]

    assert line.startswith("olga saved this story at ")


def test_a_report_takes_few_queries(desk, olgas_desk, django_assert_max_num_queries):
    article = make_article()
    report(olgas_desk, article, "olgas")
    report(desk, article, "mine")

    # Who is asking and what they may do, the story; then one to report, one for the others.
    with django_assert_max_num_queries(7):
        report(desk, article, "mine")
