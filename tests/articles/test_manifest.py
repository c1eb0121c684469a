"""The web app manifest: the outlet's record, as a phone wants it."""

import json

import pytest

from articles.models import Outlet
from tests.factories import make_publication
from tests.pictures import mark_png
from tests.reading import read

pytestmark = pytest.mark.django_db


def manifest(client):
    response = client.get("/manifest.webmanifest")
    assert response.status_code == 200
    return json.loads(response.content)


def test_it_says_what_the_record_says(client):
    outlet = Outlet.objects.create(
        pk=1, name="The Morning Tide", description="News.", mark=mark_png()
    )

    assert manifest(client) == {
        "id": "/",
        "name": "The Morning Tide",
        "short_name": "The Morning",
        "description": "News.",
        "lang": "en",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "theme_color": "#ffffff",
        "background_color": "#ffffff",
        "categories": ["news"],
        "icons": [
            {
                "src": outlet.icon(purpose),
                "sizes": size,
                "type": "image/png",
                "purpose": shape,
            }
            for purpose, size, shape in (
                ("small", "192x192", "any"),
                ("large", "512x512", "any"),
                ("maskable", "512x512", "maskable"),
            )
        ],
    }


def test_the_short_name_is_the_desks_where_there_is_one(client):
    Outlet.objects.create(pk=1, name="The Morning Tide", short_name="Tide")

    assert manifest(client)["short_name"] == "Tide"


def test_a_language_from_right_to_left_is_said(client, settings):
    settings.LANGUAGE_CODE = "ar"

    said = manifest(client)

    assert (said["lang"], said["dir"]) == ("ar", "rtl")


def test_its_icons_are_there_without_a_mark(client, settings):
    settings.WHITENOISE_USE_FINDERS = True

    for icon in manifest(client)["icons"]:
        assert client.get(icon["src"]).status_code == 200


def test_pages_name_it_and_caches_may_hold_it(client):
    make_publication()
    Outlet.objects.create(pk=1, name="The Tide")
    assert {"rel": "manifest", "href": "/manifest.webmanifest"} in read(client.get("/")).all("link")

    response = client.get("/manifest.webmanifest")

    assert response["Content-Type"] == "application/manifest+json"
    assert "public" in response["Cache-Control"]
    assert not response.cookies
