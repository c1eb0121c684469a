"""What arrives in a story of what people copy elsewhere.

`pastes/` holds what programs put on the clipboard, sentences ours, and beside each what a story
may hold of it, with line breaks for the eye.
"""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from articles import pasting
from articles.addresses import without_trackers
from articles.markup import sanitise
from articles.pasting import read_paste
from tests.factories import make_editor, make_user

PASTES = Path(__file__).parent / "pastes"
SAMPLES = sorted(path for path in PASTES.glob("*.html") if ".clean." not in path.name)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_paste_keeps_its_structure_and_nothing_else(sample):
    expected = sample.with_suffix(".clean.html").read_text().replace("\n", "")

    assert read_paste(sample.read_text()).html == expected


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_what_a_paste_gives_may_stand_in_a_story_as_it_is(sample):
    clean = read_paste(sample.read_text()).html

    assert sanitise(clean, figures=True) == clean
    assert read_paste(clean).html == clean


def test_there_are_thirty_samples():
    assert len(SAMPLES) >= 30


@pytest.mark.parametrize(
    ("sample", "pictures", "notes"),
    [("web-article", 1, 0), ("docs-picture", 2, 0), ("word-footnotes", 0, 1)],
)
def test_what_is_left_out_is_counted(sample, pictures, notes):
    paste = read_paste((PASTES / f"{sample}.html").read_text())

    assert (paste.pictures, paste.notes) == (pictures, notes)


@pytest.mark.parametrize(
    ("pasted", "clean"),
    [
        ("", ""),
        ("<p>&nbsp;</p><p><br></p>", ""),
        ("a &lt;b&gt; &amp; c", "<p>a &lt;b&gt; &amp; c</p>"),
        ("<p><b> bold </b>not</p>", "<p><strong>bold</strong> not</p>"),
        ("<b>one</b> <b>two</b>", "<p><strong>one two</strong></p>"),
        ("<b>a</b><b style='font-weight:400'>b</b>", "<p><strong>a</strong>b</p>"),
        ("<h5>a</h5><h6>b</h6>", "<h2>a</h2><h3>b</h3>"),
        ("<li>a</li>", "<ul><li><p>a</p></li></ul>"),
        ("<ul><li>a<p>b</p></li></ul>", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("<ol start='3'><li>a</li></ol>", '<ol start="3"><li><p>a</p></li></ol>'),
        ("<ul><li><h2>a</h2></li></ul>", "<ul><li><p>a</p></li></ul>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ('<a href="/2022/07/25/slug-a78">a</a>', '<p><a href="/2022/07/25/slug-a78">a</a></p>'),
        ('<a href="x.html">a</a>', "<p>a</p>"),
        ("<s>a</s> <u>b</u>", "<p>a b</p>"),
    ],
)
def test_small_things(pasted, clean):
    assert read_paste(pasted).html == clean


def test_lists_go_three_levels_deep_and_no_item_is_lost():
    pasted = "<ul><li>1" * 5 + "</li></ul>" * 5

    clean = read_paste(pasted).html

    assert clean.count("<li>") == 5
    assert "<ul><li><p>1</p><ul><li><p>1</p><ul><li><p>1</p></li><li>" in clean


PIECES = [
    *("<p>", "</p>", "<b>", "</b>", "<br>", "<ul>", "</ul>", "<ol start=2>", "</ol>", "<li>"),
    *("<blockquote>", "</blockquote>", "<table><tr><td>", "</table>", "<h1>", "</h1>", "<pre>"),
    *("<p style='mso-list:l0 level2 lfo1'>", "<span style='mso-list:Ignore'>1.", "</span>"),
    *("<a href='https://example.org/?utm_source=x'>", "</a>", "<a href='#_ftn1'>", "<img>"),
    *("one", " ", "&nbsp;", "• ", "\n", "<script>", "<!--", "-->", "&lt;", "\x00", "<o:p>"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_is_pasted_may_stand_in_a_story(pasted):
    clean = read_paste(pasted).html

    assert sanitise(clean, figures=False) == clean
    assert "utm_" not in clean


@pytest.mark.parametrize("deep", ["<div>" * 5_000, "<div></x>" * 5_000])
def test_what_is_nested_too_deep_is_refused(deep):
    with pytest.raises(ValidationError, match="nested"):
        read_paste(deep)


def test_what_is_too_long_is_refused():
    with pytest.raises(ValidationError, match="Divide it"):
        read_paste("a" * (pasting.MAXIMUM_LENGTH + 1))


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://example.org/?utm_source=a&id=7&fbclid=b", "https://example.org/?id=7"),
        ("https://example.org/?gclid=a#part", "https://example.org/#part"),
        ("https://example.org/?a=%20b&c", "https://example.org/?a=%20b&c"),
        ("https://example.org/#:~:text=word", "https://example.org/"),
        ("https://www.google.de/url?q=https://example.org/%3Fyclid%3D1", "https://example.org/"),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3D"
            "https%253A%252F%252Fexample.org%252F",
            "https://example.org/",
        ),
        (
            "https://www.google.com/url?q=javascript:alert(1)",
            "https://www.google.com/url?q=javascript:alert(1)",
        ),
        (
            "https://google.example.org/url?q=https://other.example/",
            "https://google.example.org/url?q=https://other.example/",
        ),
        ("mailto:dykes@example.org", "mailto:dykes@example.org"),
        ("/2022/07/25/slug-a78", "/2022/07/25/slug-a78"),
        ("//other.example/a", ""),
        ("javascript:alert(1)", ""),
        ("file:///C:/notes.docx", ""),
        ("#part", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_an_address_loses_its_trackers_and_its_wrapping(address, page):
    assert without_trackers(address) == page


@pytest.mark.django_db
class TestTheDesk:
    address = "/admin/articles/article/paste/"

    def test_answers_with_what_may_stand_in_a_story(self, client):
        client.force_login(make_editor())

        answer = client.post(self.address, {"html": "<p class=x>a<img></p>"})

        assert answer.json() == {"html": "<p>a</p>", "pictures": 1, "notes": 0}
        assert "no-store" in answer["Cache-Control"]

    def test_refuses_in_words_what_it_cannot_clean(self, client):
        client.force_login(make_editor())

        answer = client.post(self.address, {"html": "<div>" * 5_000})

        assert answer.status_code == 413
        assert "Paste it without formatting" in answer.json()["refusal"]

    def test_answers_nobody_who_writes_no_text(self, client):
        client.force_login(make_user("ledger", "Finance"))

        assert client.post(self.address, {"html": "a"}).status_code == 403

    def test_takes_nothing_from_other_pages(self):
        from django.test import Client

        client = Client(enforce_csrf_checks=True)
        client.force_login(make_editor())

        assert client.post(self.address, {"html": "a"}).status_code == 403

    def test_its_address_is_the_one_the_editor_knows(self):
        assert reverse("admin:articles_article_paste") == self.address
