"""A session or a token that ends in mid-text does not cost the text."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse

from articles.models import Article
from tests.desk import form_values, story_address
from tests.factories import make_article, make_editor

pytestmark = pytest.mark.django_db

OURS = {"origin": "http://testserver"}


@pytest.fixture
def desk():
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(make_editor())
    return desk


def typed_text(desk, article):
    """The form of a story with something typed into it, ready to be sent."""
    page = desk.get(story_address(article))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
    return form_values(page) | {
        "headline": "Typed",
        "body": "<p>Typed &amp; kept.</p>",
        "csrfmiddlewaretoken": token,
        "_save": "1",
    }


@pytest.mark.parametrize("is_new", [True, False])
def test_a_page_without_script_gives_the_text_back_after_signing_in(desk, is_new):
    article = None if is_new else make_article(headline="Before")
    values = typed_text(desk, article)
    Session.objects.all().delete()

    page = desk.post(story_address(article), values)
    assert "You have been signed out. Your text is not lost." in page.content.decode()
    assert "&lt;p&gt;Typed &amp;amp; kept.&lt;/p&gt;" in page.content.decode()
    assert "no-store" in page["Cache-Control"]

    sent = {}
    for name, value in page.context["sent"]:
        sent.setdefault(name, []).append(value)
    assert "csrfmiddlewaretoken" not in sent
    early = desk.post(page.context["action"], sent, headers=OURS)
    assert "You have been signed out" in early.content.decode()

    desk.force_login(make_editor())
    form = desk.post(page.context["action"], sent, headers=OURS)
    assert form_values(form)["headline"] == "Typed"
    assert form_values(form)["body"] == "<p>Typed &amp; kept.</p>"
    assert not Article.objects.filter(headline="Typed").exists()


def test_a_browser_that_has_kept_the_text_is_led_to_sign_in_and_back(desk, settings):
    article = make_article()
    values = typed_text(desk, article) | {"kept_in_browser": "1", "tab": "one"}
    Session.objects.all().delete()

    response = desk.post(story_address(article), values)

    assert response.status_code == 302
    assert response.url.startswith(resolve_url(settings.LOGIN_URL))
    assert f"next={story_address(article)}%3Ftake%3Done" in response.url


def test_a_token_that_a_new_sign_in_has_ended_costs_no_text(desk):
    article = make_article(headline="Before")
    values = typed_text(desk, article)
    desk.logout()  # Its cookies go too.
    desk.force_login(make_editor())
    desk.get(story_address(article))

    refusal = desk.post(story_address(article), values, headers=OURS)
    assert refusal.status_code == 403
    assert "Your text is not lost." in refusal.content.decode()

    form = desk.post(refusal.context["action"], dict(refusal.context["sent"]), headers=OURS)
    assert form_values(form)["headline"] == "Typed"
    article.refresh_from_db()
    assert article.headline == "Before"


def test_a_page_of_another_site_gets_nothing_back(desk):
    article = make_article()

    response = desk.post(
        story_address(article), {"headline": "Typed"}, headers={"origin": "https://evil.example"}
    )

    assert response.status_code == 403
    assert "Typed" not in response.content.decode()


def test_other_forms_of_the_desk_are_refused_as_ever(desk):
    response = desk.post(reverse("admin:articles_author_add"), {"name": "x"}, headers=OURS)

    assert response.status_code == 403
    assert "CSRF" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, {"origin": "https://elsewhere.example"}])
def test_another_site_cannot_show_its_words_to_who_is_signed_out(client, headers):
    address = reverse("admin:articles_article_typed_new")

    response = client.post(address, {"headline": "Call this number"}, headers=headers)

    assert response.status_code == 403
    assert "Call this number" not in response.content.decode()
