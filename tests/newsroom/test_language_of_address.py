"""Which language an address is answered in; what a browser prefers does not count."""

import pytest

from articles.models import Outlet
from donations.models import ContributionRules
from tests.factories import make_publication

pytestmark = pytest.mark.django_db


def test_the_front_page_of_a_language_is_found_without_its_stroke(client):
    answer = client.get("/ru")

    assert answer.status_code == 301
    assert answer["Location"] == "/ru/"


def test_the_language_is_that_of_the_address_whatever_the_browser_prefers(client):
    make_publication(headline="A ship came in", language="en")
    make_publication(headline="Пришёл корабль", language="ru")

    root = client.get("/", headers={"accept-language": "ru"})
    russian = client.get("/ru/", headers={"accept-language": "en"})

    assert root["Content-Language"] == "en"
    assert '<html lang="en"' in root.content.decode()
    assert "Пришёл корабль" not in root.content.decode()
    assert russian["Content-Language"] == "ru"
    assert '<html lang="ru"' in russian.content.decode()
    assert "Поддержать" in russian.content.decode()
    assert "Accept-Language" not in russian.get("Vary", "")


def test_the_code_of_a_language_the_site_does_not_have_is_no_page(client):
    assert client.get("/en").status_code == 404  # It lives at the root.
    assert client.get("/fr").status_code == 404
    assert client.get("/fr/").status_code == 404


def test_who_gives_reads_the_notice_in_their_language(client):
    Outlet.objects.create(pk=1, name="The Estuary")
    rules = ContributionRules.objects.create(pk=1, safety_notice="Stay safe.", small_print="Small.")
    rules.texts.create(language="ru", safety_notice="Берегите себя.")

    assert "Stay safe." in client.get("/contribute").content.decode()
    russian = client.get("/ru/contribute").content.decode()
    assert "Берегите себя." in russian
    assert "Stay safe." not in russian
