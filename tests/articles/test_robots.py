"""What crawlers are asked to leave alone."""

from urllib.robotparser import RobotFileParser

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from articles.crawlers.robots import TRAINING_CRAWLERS, check_rules
from articles.models import Outlet
from newsroom import site_version
from tests.factories import make_publication, make_user

pytestmark = pytest.mark.django_db

PRIVATE = [
    "/admin/",
    "/preview/x",
    "/ru/preview/x",
    "/search?q=x",
    "/ru/search?q=x",
    "/contribute/manage/x",
    "/newsletter/unsubscribe?x",
]


def fail(*args):
    raise DatabaseError


@pytest.fixture
def outlet():
    return Outlet.objects.create(pk=1, name="The Gull")


def asked(client):
    """The file as a crawler reads it."""
    response = client.get("/robots.txt")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    parser = RobotFileParser()
    parser.parse(response.content.decode().splitlines())
    return parser


def test_all_may_read_what_is_public_and_nothing_else(client):
    story = make_publication()
    robots = asked(client)

    public = ["/", story.get_absolute_url(), "/world", "/contribute", "/feed.xml", "/media/1/x.jpg"]
    assert all(robots.can_fetch("AnyBot", path) for path in public)
    assert not any(robots.can_fetch("AnyBot", path) for path in PRIVATE)
    assert robots.can_fetch("GPTBot", "/")


def test_the_sitemaps_are_named(client):
    assert asked(client).site_maps() == [
        "http://testserver/sitemap.xml",
        "http://testserver/sitemap-news.xml",
    ]


def test_the_outlet_may_refuse_to_train_models(client, outlet):
    outlet.refuses_training = True
    outlet.save()

    robots = asked(client)

    assert not any(robots.can_fetch(name, "/") for name in TRAINING_CRAWLERS)
    assert robots.can_fetch("Googlebot", "/")


def test_the_outlet_may_add_rules(client, outlet):
    outlet.robots_rules = "# Ours\r\nUser-agent: NoisyBot\r\nDisallow: /world\r\n"
    outlet.full_clean()
    outlet.save()

    robots = asked(client)

    assert not robots.can_fetch("NoisyBot", "/world")
    assert robots.can_fetch("NoisyBot", "/sport")
    assert b"\r" not in client.get("/robots.txt").content


@pytest.mark.parametrize(
    "text", ["Go away", "<p>Disallow: /</p>", "Disallow: /a\x00", "User agent: x"]
)
def test_what_no_crawler_understands_is_refused(text):
    with pytest.raises(ValidationError, match="no rule"):
        check_rules(f"# Fine\n\n{text}")


def test_the_strictest_rules_hold_while_the_database_is_away(client, monkeypatch):
    monkeypatch.setattr(Outlet, "load", fail)

    response = client.get("/robots.txt")

    assert response.status_code == 200
    assert "User-agent: GPTBot" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_rules_that_were_stored_hold_while_the_database_is_away(
    client, outlet, stored_pages, monkeypatch
):
    outlet.robots_rules = "User-agent: NoisyBot"
    outlet.save()
    first = client.get("/robots.txt").content
    monkeypatch.setattr(site_version, "read", fail)
    monkeypatch.setattr(Outlet, "load", fail)

    assert client.get("/robots.txt").content == first


def test_none_being_stored_the_strictest_hold(client, stored_pages, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(site_version, "read", fail)
        patch.setattr(Outlet, "load", lambda: pytest.fail("The database was asked."))
        response = client.get("/robots.txt")

    assert response.status_code == 200
    assert "User-agent: GPTBot" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert "GPTBot" not in client.get("/robots.txt").content.decode()


def test_the_strictest_are_not_stored_when_the_database_goes_while_the_file_is_made(
    client, stored_pages, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(Outlet, "load", fail)
        assert "GPTBot" in client.get("/robots.txt").content.decode()

    assert "GPTBot" not in client.get("/robots.txt").content.decode()


def test_the_switch_and_the_rules_are_set_at_the_desk(client, outlet):
    client.force_login(make_user("admin", "Administrator"))
    page = client.get("/admin/articles/outlet/1/change/")
    assert b'name="refuses_training"' in page.content

    sent = {name: value for name, value in page.context["adminform"].form.initial.items() if value}
    sent |= {"refuses_training": "on", "robots_rules": "User-agent: X", "mark": ""}
    response = client.post("/admin/articles/outlet/1/change/", sent)

    assert response.status_code == 302
    outlet.refresh_from_db()
    assert (outlet.refuses_training, outlet.robots_rules) == (True, "User-agent: X")
