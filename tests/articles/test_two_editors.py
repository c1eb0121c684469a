"""Two editors save one story at random moments, over HTTP: no text goes unseen."""

import itertools
import random
import re
import threading
from dataclasses import dataclass, field

import pytest
import requests
from django.test import Client

from articles.admin.article_form import ArticleForm
from articles.models import Article
from tests.desk import story_address
from tests.factories import make_article, make_user
from tests.html_forms import form_in

pytestmark = pytest.mark.django_db(transaction=True)

PARTS = 4  # So that processes can share the two hundred rounds.
ROUNDS = 50
TEXT = re.compile(r"text-[a-z]+-[0-9]+")
MARKS = re.compile("</?(?:ins|del)>")


@dataclass
class Editor:
    """Somebody who opens a story, types and saves, and remembers all texts the desk has shown."""

    name: str
    address: str
    luck: random.Random
    web: requests.Session = field(default_factory=requests.Session)
    seen: set[str] = field(default_factory=set)
    known_when_saving: dict[str, set[str]] = field(default_factory=dict)

    def sign_in(self):
        desk = Client()
        desk.force_login(make_user(self.name, "Editor"))
        self.web.cookies.set("sessionid", desk.cookies["sessionid"].value)

    def read(self, response):
        assert response.status_code == 200
        words = MARKS.sub("", response.text)  # Marks of a difference stand within words.
        self.seen |= set(TEXT.findall(words))
        return response.text

    def write(self, number):
        """Open the story, type a text of one's own, and save until the desk has decided."""
        text = f"text-{self.name}-{number}"
        values = form_in(self.read(self.web.get(self.address)), "article_form")
        values |= {"standfirst": [text], "body": [f"<p>Body of {text}.</p>"], "_save": ["1"]}
        threading.Event().wait(self.luck.random() / 50)
        while True:
            known = set(self.seen)
            response = self.web.post(self.address, values, allow_redirects=False)
            if response.status_code == 302:
                if values.get("all") != ["theirs"]:
                    self.known_when_saving[text] = known
                return
            page = self.read(response)
            values = form_in(page, "conflict_form")
            assert values["standfirst"] == [text]  # What is refused is given back.
            assert values["body"] == [f"<p>Body of {text}.</p>"]
            values["all"] = [self.luck.choice(["mine", "theirs"])]


def work(address, rounds, part=0):
    """Let two editors work on one story; gives both once they are done."""
    editors = [Editor(name, address, random.Random(f"{name} {part}")) for name in ("olga", "ivan")]
    together = threading.Barrier(2)
    failures = []

    def run(editor):
        try:
            for number in range(rounds):
                together.wait(120)
                editor.write(number)
        except BaseException as failure:
            failures.append(failure)
            together.abort()
        finally:
            editor.web.close()

    threads = [threading.Thread(target=run, args=[editor]) for editor in editors]
    for editor in editors:
        editor.sign_in()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return editors


def unseen(article, editors):
    """The texts that somebody replaced without having been shown them."""
    known = editors[0].known_when_saving | editors[1].known_when_saving
    saved = [
        revision.snapshot["fields"]["standfirst"] for revision in article.revisions.order_by("pk")
    ]
    assert known.keys() <= set(saved)  # All that was accepted is in the history.
    return [
        before
        for before, after in itertools.pairwise(saved)
        if before != after and before not in known[after] and before
    ]


@pytest.fixture
def story(live_server):
    article = make_article(body="<p>Before.</p>")
    return article, f"{live_server.url}{story_address(article)}"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_text_is_lost_without_being_shown_to_somebody(story, part):
    article, address = story

    editors = work(address, ROUNDS, part)

    assert unseen(article, editors) == []
    both = editors[0].seen & editors[1].seen
    assert len(both) > ROUNDS / 10  # They have met, else this would prove nothing.
    current = Article.objects.get().standfirst
    assert current in editors[0].known_when_saving | editors[1].known_when_saving


def test_without_the_guard_texts_are_lost_unseen(story, monkeypatch):
    article, address = story
    monkeypatch.setattr(ArticleForm, "_refuse_to_overwrite", lambda form, values: None)

    editors = work(address, 20)

    assert unseen(article, editors) != []
