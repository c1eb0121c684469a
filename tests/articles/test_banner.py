"""Breaking news on top of every public page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Banner
from tests.factories import make_article, make_editor, make_publication, make_reporter

pytestmark = pytest.mark.django_db

FORM = "/admin/articles/banner/add/"


def make_banner(**fields):
    now = timezone.now()
    values = {
        "text": "Dyke breaks",
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(hours=1),
    }
    return Banner.objects.create(**values | fields)


def banner_of(response):
    """What stands in the banner of a page; None where there is none."""
    found = re.search(r'<aside class="breaking".*?</aside>', response.content.decode(), re.DOTALL)
    return found[0] if found else None


@pytest.mark.parametrize("address", ["/", "/world", "/nowhere", "/corrections"])
def test_it_stands_on_every_page(client, address):
    make_publication()
    make_banner()

    assert "Dyke breaks" in banner_of(client.get(address))


def test_it_comes_and_goes_by_the_clock(client, time_machine):
    now = timezone.now()
    make_banner(starts_at=now, ends_at=now + timedelta(hours=1))

    for minutes, stands in [(-1, False), (0, True), (59, True), (60, False)]:
        time_machine.move_to(now + timedelta(minutes=minutes), tick=False)
        assert bool(banner_of(client.get("/"))) == stands


def test_of_two_the_newest_stands(client):
    make_banner(text="Before", starts_at=timezone.now() - timedelta(hours=2))
    make_banner()

    assert "Dyke breaks" in banner_of(client.get("/"))


def test_it_stands_in_its_language_only(client):
    make_banner(language="ru")

    assert banner_of(client.get("/")) is None
    assert "Dyke breaks" in banner_of(client.get("/ru/"))


def test_it_leads_to_its_story_once_readers_may_see_that(client, time_machine):
    moment = timezone.now() + timedelta(minutes=30)
    publication = make_publication(at=moment)
    make_banner(picked=publication.article)

    assert "href" not in banner_of(client.get("/"))
    time_machine.move_to(moment, tick=False)
    assert f'href="{publication.get_absolute_url()}"' in banner_of(client.get("/"))

    publication.article.withdraw("Wrong.", by=None)
    assert "href" not in banner_of(client.get("/"))


def test_it_names_no_draft(client):
    make_banner(picked=make_article(headline="Secret", slug="secret"))

    assert "href" not in banner_of(client.get("/"))
    assert "ecret" not in banner_of(client.get("/"))


def test_an_editor_sets_it(client):
    client.force_login(make_editor())
    tomorrow = timezone.localtime() + timedelta(days=1)

    response = client.post(
        FORM,
        {
            "text": "Dyke breaks",
            "language": "en",
            "starts_at_0": "2026-01-01",
            "starts_at_1": "12:00",
            "ends_at_0": tomorrow.strftime("%Y-%m-%d"),
            "ends_at_1": "12:00",
        },
    )

    assert response.status_code == 302
    assert "Dyke breaks" in banner_of(client.get("/"))
    assert "On every page" in client.get("/admin/articles/banner/").content.decode()


def test_it_must_end_after_it_starts(client):
    client.force_login(make_editor())

    response = client.post(
        FORM,
        {
            "text": "Dyke breaks",
            "language": "en",
            "starts_at_0": "2026-01-02",
            "starts_at_1": "12:00",
            "ends_at_0": "2026-01-01",
            "ends_at_1": "12:00",
        },
    )

    assert "must end after it starts" in response.content.decode()


def test_a_reporter_does_not(client):
    client.force_login(make_reporter())

    assert client.get(FORM).status_code == 403


@pytest.mark.parametrize("nonsense", ["a\x00b", "nobody", "9" * 30])
def test_a_story_that_is_none_is_refused(client, nonsense):
    client.force_login(make_editor())

    response = client.post(FORM, {"text": "Dyke breaks", "picked": nonsense})

    assert response.status_code == 200
    assert "picked" in response.context["adminform"].form.errors
