"""What every answer tells browsers, whoever gives it."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import override_settings

from articles.models import Rendition
from tests.factories import make_photo, make_publication

pytestmark = pytest.mark.django_db


def answers(client):
    """One answer of each kind: a page, a list, a file, an error, a refusal, the desk."""
    photo = make_photo()
    story = make_publication(lead_photo=photo, tags=["Water"])
    client.raise_request_exception = False
    picture = Rendition.objects.filter(photo=photo).first()
    yield client.get("/")
    yield client.get(story.get_absolute_url())
    yield client.get("/theme/water")
    yield client.get(f"/media/{picture.file.name}")
    yield client.get("/media/nothing.jpeg")
    yield client.get("/nothing-here")
    yield client.post("/")
    yield client.get("/healthz")
    yield client.get("/admin/")
    yield client.get("/", headers={"host": "elsewhere.example"})


def test_every_answer_carries_the_headers(client):
    for answer in answers(client):
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy, answer
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]


def test_static_files_carry_them_too(client, settings):
    assert finders.find("admin/css/base.css")
    with override_settings(WHITENOISE_USE_FINDERS=True, WHITENOISE_AUTOREFRESH=True):
        client.handler.load_middleware()
        answer = client.get("/static/admin/css/base.css")

    assert answer.status_code == 200
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


def test_public_pages_are_the_same_for_every_reader(client):
    story = make_publication(tags=["Water"])
    for path in ["/", story.get_absolute_url(), "/theme/water", "/nothing-here"]:
        answer = client.get(path)
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert "Accept-Language" not in answer.get("Vary", "")
        assert not re.search("nonce", answer["Content-Security-Policy"] + answer.content.decode())


def test_accept_language_changes_nothing(client):
    make_publication()

    for path in ["/", "/nothing-here"]:
        english = client.get(path)
        asked_for_russian = client.get(path, headers={"accept-language": "ru"})
        assert english.content == asked_for_russian.content
        assert asked_for_russian["Content-Language"] == "en"
