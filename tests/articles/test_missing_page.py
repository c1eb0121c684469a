"""Addresses that lead nowhere, stories taken back, and a site that is broken."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.test import Client

from articles.models import Redirect
from tests.factories import make_publication
from tests.reading import Reader, headlines_of, read, words_of

UNKNOWN = ["/nothing", "/a/b/c", "/ru/nothing", "/xx/", "/%00", "/world/", "/%F0"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", UNKNOWN)
def test_an_unknown_address_helps_on(client, address):
    publication = make_publication(headline="Newest")

    response = client.get(address)

    assert response.status_code == 404
    is_russian = address.startswith("/ru/")
    said = "По этому адресу нет страницы" if is_russian else "There is no page at this address"
    assert said in words_of(response)
    front_page = "/ru/" if is_russian else "/"
    links = [link["href"] for link in read(response).all("a")]
    assert front_page in links
    if front_page == "/":
        assert headlines_of(response) == ["Newest"]
        assert "/world" in links
        assert publication.get_absolute_url() in links


@pytest.mark.django_db
def test_an_unknown_address_needs_no_database(client):
    class Away(DatabaseError):
        pass

    def refuse(*args, **kwargs):
        raise Away

    with connection.execute_wrapper(refuse):
        response = client.get("/media-which-is-none/at/all")

    assert response.status_code == 404
    assert "There is no page at this address" in words_of(response)


@pytest.mark.django_db
def test_a_withdrawn_story_says_why_and_no_more(client):
    publication = make_publication(headline="Secret headline", slug="secret")
    address = publication.get_absolute_url()
    publication.article.withdraw("A court <b>forbids</b> it.", by=None)

    response = client.get(address)

    assert response.status_code == 410
    assert "A court <b>forbids</b> it." in words_of(response)
    assert "Secret" not in response.content.decode()
    wrong = client.get(f"/2020/01/01/other-a{publication.pk}")
    assert wrong.status_code == 410
    assert "secret" not in wrong.content.decode()


@pytest.mark.django_db
def test_an_unscheduled_story_was_never_there(client):
    publication = make_publication()
    assert client.get(publication.get_absolute_url()).status_code == 200
    Redirect.objects.create(old_path="/old", article=publication.article)
    assert client.get("/old").status_code == 301

    publication.article.withdraw("Wrong.", by=None)

    assert client.get("/old").status_code == 404


@pytest.mark.django_db
def test_an_error_of_ours_shows_a_page_that_needs_nothing(monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr("articles.views.visible_here", fail)
    client = Client(raise_request_exception=False)

    response = client.get("/")

    assert response.status_code == 500
    assert "Something went wrong on our side" in words_of(response)


def test_the_error_page_is_static_and_its_files_exist(settings):
    text = Path(settings.BASE_DIR, "templates", "500.html").read_text()
    assert "{%" not in text
    assert "{{" not in text

    page = Reader(text)

    assert page.faults == []
    for link in page.all("link"):
        assert finders.find(link["href"].removeprefix("/static/"))
