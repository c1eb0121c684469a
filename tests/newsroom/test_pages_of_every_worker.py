"""Several processes, one truth: what is published is on every page of each within a second."""

import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests
from django.conf import settings

from articles.models import Section
from tests.factories import make_publication
from tests.whole_site import Database, MailServer, WholeSite, address_of_test_database, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(tmp_path, transactional_db):
    """Two workers on the database of this test, without static files by names with hashes."""
    mail = MailServer()
    site = WholeSite(
        tmp_path, database=address_of_test_database(), stripe="http://127.0.0.1:9", mail=mail
    )
    site.manage("collectstatic", "--no-input", "--verbosity", "0")
    site.start_web("--workers", "2")
    yield site
    site.end()
    mail.stop()


def many(site, path, count=12):
    """The page by as many connections, so that each worker has some."""
    return [requests.get(f"{site.url}{path}", timeout=10) for _number in range(count)]


def workers(site):
    return psutil.Process(site.programs["web"].pid).children()


def test_a_change_is_on_every_page_of_every_worker_within_a_second(site):
    path = make_publication(headline="First").get_absolute_url()
    assert {page.status_code for page in many(site, path)} == {200}

    for name in ("Abroad", "Elsewhere"):
        Section.objects.update(name=name)
        time.sleep(1)
        assert all(name in page.text for page in many(site, path))
    etags = {page.headers["ETag"] for page in many(site, path)}
    assert len(etags) == 1


def test_a_worker_killed_at_any_moment_leaves_no_half_page(site):
    path = make_publication(headline="First").get_absolute_url()
    right = many(site, path)[0].text
    for _time in range(3):
        Section.objects.update(name="Abroad")
        Section.objects.update(name="World")
        time.sleep(1)
        readers = [threading.Thread(target=_read, args=[site, path]) for _number in range(4)]
        for reader in readers:
            reader.start()
        workers(site)[0].kill()
        for reader in readers:
            reader.join()
        wait_until(lambda: len(workers(site)) == 2, "a new worker")
    assert all(page.text == right for page in many(site, path))


def _read(site, path):
    with suppress(requests.RequestException):  # Its worker was killed.
        requests.get(f"{site.url}{path}", timeout=10)


@pytest.fixture
def own_database():
    made = Database(Path(tempfile.mkdtemp(prefix="stopping-")))
    yield made
    made.remove()


@pytest.fixture
def site_of_its_own(tmp_path, own_database):
    mail = MailServer()
    site = WholeSite(tmp_path, database=own_database.url, stripe="http://127.0.0.1:9", mail=mail)
    site.manage("migrate", "--verbosity", "0")
    site.manage("collectstatic", "--no-input", "--verbosity", "0")
    site.start_web("--workers", "2")
    yield site
    site.end()
    mail.stop()


def test_pages_once_read_answer_while_postgresql_is_stopped(site_of_its_own, own_database):
    site = site_of_its_own
    assert {page.status_code for page in many(site, "/")} == {200}
    answers = []
    is_over = threading.Event()

    def load():
        while not is_over.is_set():
            answers.append(requests.get(f"{site.url}/", timeout=10).status_code)

    readers = [threading.Thread(target=load) for _number in range(4)]
    for reader in readers:
        reader.start()
    own_database.server._stop()
    time.sleep(3)
    assert requests.get(f"{site.url}/corrections", timeout=10).status_code == 503
    own_database.server.ensure_postgres_running()
    wait_until(
        lambda: requests.get(f"{site.url}/corrections", timeout=10).status_code == 200, "recovery"
    )
    is_over.set()
    for reader in readers:
        reader.join()
    assert set(answers) == {200}
    assert len(answers) > settings.WEB_THREADS


def test_pages_once_read_answer_while_postgresql_hangs(site_of_its_own, own_database):
    site = site_of_its_own
    assert {page.status_code for page in many(site, "/")} == {200}

    with own_database.hanging():
        time.sleep(1)  # What was asked in the second of the last reading would wait for it.
        assert {page.status_code for page in many(site, "/")} == {200}
        # More of them than there are threads: none is held.
        for path in ("/search?q=x", "/nowhere", "/admin/", "/contribute", "/corrections"):
            assert {page.status_code for page in many(site, path)} == {503}
        assert {page.status_code for page in many(site, "/")} == {200}
        assert {page.status_code for page in many(site, "/healthz")} == {200}
    wait_until(
        lambda: requests.get(f"{site.url}/corrections", timeout=10).status_code == 200, "recovery"
    )


SENT = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Proto": "evil"},
    {"X-Forwarded-Ssl": "on"},
    {"X-Forwarded-Port": "666"},
    {"X-Forwarded-Prefix": "/evil"},
    {"X-Forwarded-For": "6.6.6.6"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-Url": "/evil"},
    {"X-Rewrite-Url": "/evil"},
    {"SCRIPT_NAME": "/evil"},
    {"Script-Name": "/evil"},
    {"PATH_INFO": "/evil"},
    {"REMOTE_USER": "evil"},
    {"HTTP_HOST": "evil.example"},
]


def test_nothing_a_reader_sends_changes_a_stored_page(site):
    """As it comes through the real web server, from an address it would believe."""
    stories = [make_publication(headline="Headline", teaser="Teaser") for _sent in [None, *SENT]]
    right, *others = (story.get_absolute_url() for story in stories)
    headers = set(requests.get(f"{site.url}{right}", timeout=10).headers.items())
    own = {"ETag", "Date", "Content-Length", "X-Accel-Expires"}
    for path, sent in zip(others, SENT, strict=True):
        requests.get(f"{site.url}{path}", headers=sent, timeout=10)
        after = requests.get(f"{site.url}{path}", timeout=10)
        assert after.status_code == 200, sent
        assert f'<link rel="canonical" href="{site.url}{path}"' in after.text, sent
        assert "evil" not in after.text, sent
        differing = {name for name, _value in headers ^ set(after.headers.items())}
        assert differing <= own, sent


def test_no_page_is_stored_as_another_one(site):
    abroad = Section.objects.create(name="Abroad", slug="water")
    make_publication(tags=["Water"], section=abroad)

    for headers in ({"SCRIPT_NAME": "/theme"}, {"PATH_INFO": "/water"}):
        requests.get(f"{site.url}/theme/water", headers=headers, timeout=10)

    assert "<title>Water" in requests.get(f"{site.url}/theme/water", timeout=10).text
    assert "<title>Abroad" in requests.get(f"{site.url}/water", timeout=10).text
