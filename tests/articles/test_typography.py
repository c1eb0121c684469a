import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.markup import MAXIMUM_LENGTH
from articles.typography import QUOTES, edits
from tests.factories import make_editor, make_user

N = "\u202f"
B = "\u00a0"


def typeset(text, language):
    for edit in reversed(edits(text, language)):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


@pytest.mark.parametrize(
    ("language", "typed", "printed"),
    [
        ("en", '"One," he said. "Two."', "“One,” he said. “Two.”"),
        ("en", "\"He said 'no'.\"", "“He said ‘no’.”"),
        ("en", '("One")', "(“One”)"),
        ("en-gb", '"One"', "“One”"),
        (
            "en",
            "It's the students' dog, born in the '90s",
            "It’s the students’ dog, born in the ’90s",
        ),
        ("en", "One - two -- three--four", "One – two – three—four"),
        ("en", "Wait...", "Wait…"),
        ("ru", '"Газета "Вода"" - новая', "«Газета „Вода“» — новая"),
        ("ru", "- Да, - сказал он.", "— Да, — сказал он."),
        ("uk", 'Об\'єкт "Дамба"', "Об’єкт «Дамба»"),
        ("de", '"Ja", sagte sie. "Nein, "nie"."', "„Ja“, sagte sie. „Nein, ‚nie‘.“"),
        ("fr", 'Il dit : "Quoi !"', f"Il dit{B}: «{N}Quoi{N}!{N}»"),
        ("fr", "« L'eau » monte; non?", f"«{N}L’eau{N}» monte{N}; non{N}?"),
        ("pl", '"Tak"', "„Tak”"),
        ("sv", '"Ja"', "”Ja”"),
        ("es", '"Sí"', "«Sí»"),
        ("xx", '"One"', "“One”"),
        ("", '"One"', "“One”"),
    ],
)
def test_signs_follow_the_language(language, typed, printed):
    assert typeset(typed, language) == printed


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a--b?q='c'...",
        "www.example.org/a--b",
        "o'neill@example.org",
        "5' 10\" tall",
        "2026-07-25, 10-12, well-known, -5",
        "---- and --help",
        "“Set with care” – and ‘this’…",
        "",
    ],
)
def test_what_is_no_sign_of_writing_stays(text):
    assert typeset(text, "en") == text


def test_a_quotation_set_with_care_counts_for_those_inside_it():
    assert typeset('“He said "no".”', "en") == "“He said ‘no’.”"


def test_each_change_says_where_it_is():
    text = '👍 "a" - b'

    changes = [(text[edit.start : edit.end], edit.new) for edit in edits(text, "en")]

    assert changes == [('"', "“"), ('"', "”"), ("-", "–")]


SIGNS = "\"'«»„“”‘’ .-ab1!?:;()\u202f\u00a0\n\ufffc@/"


@given(st.text(SIGNS, max_size=20), st.sampled_from(sorted(QUOTES)))
def test_set_once_is_set_for_good(text, language):
    once = typeset(text, language)

    assert typeset(once, language) == once


@given(st.text(SIGNS, max_size=20), st.sampled_from(sorted(QUOTES)))
def test_no_letter_is_ever_touched(text, language):
    def letters(words):
        return [sign for sign in words if sign.isalnum()]

    assert letters(typeset(text, language)) == letters(text)


def test_the_editor_knows_the_marks_of_every_language():
    from articles.models import Article

    rules = Article._meta.get_field("body").config["extensions"]["TypographicSigns"]["rules"]

    assert json.loads(json.dumps(rules))["ru"] == {"quotes": ["«", "»", "„", "“"], "dash": "—"}
    assert rules.keys() == QUOTES.keys()


@pytest.mark.django_db
class TestTheDesk:
    address = "/admin/articles/article/typography/"

    def test_answers_with_the_changes_of_each_text(self, client):
        client.force_login(make_editor())

        answer = client.post(self.address, {"language": "ru", "text": ['"Да"', "Нет"]})

        assert answer.json() == {"edits": [[[0, 1, "«"], [3, 4, "»"]], []]}

    def test_refuses_what_is_too_long(self, client):
        client.force_login(make_editor())

        answer = client.post(self.address, {"text": "a" * (MAXIMUM_LENGTH + 1)})

        assert answer.status_code == 413

    def test_answers_nobody_who_writes_no_text(self, client):
        client.force_login(make_user("ledger", "Finance"))

        assert client.post(self.address, {"text": "a"}).status_code == 403
