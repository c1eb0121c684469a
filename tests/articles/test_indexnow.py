"""What search engines are told at once, where the outlet wants it."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.crawlers import indexnow
from articles.crawlers.indexnow import Engine, NotTaken
from articles.models import Announcement, Correction, Outlet
from articles.tasks import announce_changes, tell_search_engine
from tests.factories import make_article, make_publication, make_user

pytestmark = pytest.mark.django_db


class SearchEngine(ThreadingHTTPServer):
    """Takes every message and keeps it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Door)
        self.told = []
        self.answers_with = 202
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/indexnow"


class _Door(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((dict(self.headers), json.loads(body)))
        self.send_response(self.server.answers_with)
        self.send_header("Location", self.server.url)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def engine(monkeypatch):
    server = SearchEngine()
    monkeypatch.setattr(indexnow, "DOORS", dict.fromkeys(Engine, server.url))
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def outlet():
    return Outlet.objects.create(pk=1, name="The Gull", indexnow_engines=["bing"])


def orders():
    """What a worker would do next: engine and addresses."""
    announce_changes()
    jobs = ProcrastinateJob.objects.filter(task_name="articles.tasks.tell_search_engine")
    found = [(job.args["engine"], job.args["addresses"]) for job in jobs.order_by("id")]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return found


def address(story):
    return f"http://testserver{story.get_absolute_url()}"


class TestOrdering:
    def test_nothing_unless_the_outlet_chose_an_engine(self):
        assert Outlet(name="x").indexnow_engines == []
        story = make_publication()
        assert not Announcement.objects.exists()

        Outlet.objects.create(pk=1, name="The Gull")
        story.article.withdraw("An error.", by=None)
        assert not Announcement.objects.exists()
        assert orders() == []

    def test_each_engine_is_told_of_all_stories_at_once(self, outlet):
        outlet.indexnow_engines = ["bing", "seznam"]
        outlet.save()
        stories = [make_publication() for _ in range(3)]

        told = [address(story) for story in stories]
        assert orders() == [("bing", told), ("seznam", told)]
        assert orders() == []

    @pytest.mark.parametrize("step", ["publish", "withdraw", "reinstate", "correct"])
    def test_of_every_change_that_readers_see(self, outlet, step):
        story = make_publication()
        article = story.article
        if step == "reinstate":
            article.withdraw("An error.", by=None)
        assert orders()

        if step == "correct":
            Correction.objects.make(article, kind="correction", text="No.", by=None)
        elif step == "withdraw":
            article.withdraw("An error.", by=None)
        else:
            getattr(article, step)(by=None)

        assert orders() == [("bing", [address(story)])]

    def test_drafts_and_what_is_saved_at_the_desk_are_no_news(self, outlet):
        make_article()
        article = make_publication().article
        orders()
        article.headline = "Another"
        article.save()

        assert orders() == []

    def test_a_scheduled_story_is_told_of_when_readers_see_it(self, outlet):
        later = timezone.now() + timedelta(hours=1)
        story = make_publication(at=later)
        assert orders() == []

        with time_machine.travel(later + timedelta(seconds=1)):
            assert orders() == [("bing", [address(story)])]

    def test_a_story_taken_from_the_schedule_is_never_told_of(self, outlet):
        later = timezone.now() + timedelta(hours=1)
        make_publication(at=later).article.unschedule(by=None)

        with time_machine.travel(later + timedelta(seconds=1)):
            assert orders() == []

    def test_a_change_that_did_not_come_about_is_not_told(self, outlet):
        with transaction.atomic():
            make_publication()
            transaction.set_rollback(True)
        assert orders() == []

    def test_a_demo_on_a_desk_tells_nobody(self, outlet, settings):
        settings.SITE_URL = "http://127.0.0.1:8000"
        make_publication()
        assert orders() == []

    def test_no_address_is_lost_when_there_are_very_many(self, outlet, monkeypatch):
        monkeypatch.setattr(indexnow, "MOST_AT_ONCE", 2)
        for _ in range(3):
            make_publication()
        assert [len(addresses) for _engine, addresses in [*orders(), *orders()]] == [2, 1]


class TestTelling:
    def test_says_addresses_and_key_and_nothing_of_anybody(self, outlet, engine):
        tell_search_engine("bing", ["http://testserver/a", "http://testserver/b"])

        ((headers, message),) = engine.told
        key = message.pop("key")
        assert message == {
            "host": "testserver",
            "keyLocation": f"http://testserver/{key}.txt",
            "urlList": ["http://testserver/a", "http://testserver/b"],
        }
        assert headers["User-Agent"] == "Newsroom"
        assert headers["Content-Type"].startswith("application/json")
        assert not {"Cookie", "Referer", "Authorization", "From"} & headers.keys()

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_is_tried_again_when_the_engine_is_busy(self, outlet, engine, status):
        engine.answers_with = status
        with pytest.raises(NotTaken, match=f"bing answered {status}"):
            tell_search_engine("bing", ["http://testserver/a"])
        assert tell_search_engine.retry_strategy.max_attempts > 3

    def test_is_tried_again_when_the_engine_is_away(self, outlet, engine, monkeypatch):
        monkeypatch.setattr(indexnow, "DOORS", {Engine.BING: "http://127.0.0.1:9/indexnow"})
        with pytest.raises(requests.ConnectionError):
            tell_search_engine("bing", ["http://testserver/a"])

    @pytest.mark.parametrize("status", [302, 403, 422])
    def test_is_given_up_with_a_word_in_the_log_when_refused(self, outlet, engine, status, caplog):
        engine.answers_with = status
        tell_search_engine("bing", ["http://testserver/a"])
        assert len(engine.told) == 1
        assert f"bing refused to be told of changes: it answered {status}" in caplog.text

    def test_ends_when_the_outlet_changes_its_mind(self, outlet, engine):
        Outlet.objects.update(indexnow_engines=["naver"])
        tell_search_engine("bing", ["http://testserver/a"])
        assert engine.told == []

    def test_waits_for_no_engine_for_long(self, outlet, monkeypatch):
        sent = []
        monkeypatch.setattr(requests, "post", lambda url, **how: sent.append(how) or Answer())
        tell_search_engine("bing", ["http://testserver/a"])
        assert max(sent[0]["timeout"]) <= 10


class Answer:
    status_code = 200


class TestTheKey:
    def test_is_at_its_address(self, client):
        key = indexnow.key()

        response = client.get(f"/{key}.txt")

        assert response.content.decode() == key
        assert response["Content-Type"] == "text/plain; charset=utf-8"

    def test_is_at_no_other(self, client):
        assert client.get(f"/{'0' * 32}.txt").status_code == 404

    def test_is_another_on_another_site(self, settings):
        here = indexnow.key()
        settings.SITE_URL = "https://other.example"
        assert indexnow.key() != here


def test_engines_are_chosen_at_the_desk(client):
    outlet = Outlet.objects.create(pk=1, name="The Gull")
    client.force_login(make_user("admin", "Administrator"))
    page = client.get("/admin/articles/outlet/1/change/")
    assert b"pass on to each" in page.content
    sent = {name: value for name, value in page.context["adminform"].form.initial.items() if value}

    response = client.post(
        "/admin/articles/outlet/1/change/",
        sent | {"indexnow_engines": ["bing", "naver"], "mark": ""},
    )

    assert response.status_code == 302
    outlet.refresh_from_db()
    assert outlet.indexnow_engines == ["bing", "naver"]
