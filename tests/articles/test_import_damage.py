import io

import pytest
from django.core.management import CommandError, call_command

from articles.importing import file, line
from articles.models import Publication
from tests.articles.import_lines import import_lines, lines_of, run, story

pytestmark = pytest.mark.django_db

DAMAGE = [
    (b"{not json\n", "It is not JSON: "),
    (b"[1]\n", "not an object"),
    (b"[" * 100_000 + b"\n", "nested too deep"),
    (b'{"headline": "\xff"}\n', "UTF-8"),
    (b" " * line.LINE_BYTES + b"{}\n", "longer than 4,000,000 bytes"),
    (story(headline=None), "headline: there is none"),
    (story(headline="  "), "headline: there is none"),
    (story(headline=["A"]), "headline: it must be a text"),
    (story(headline="x" * 201), "headline: it has more than 200 characters"),
    (story(headline="a\0b"), "headline: it holds U+0000"),
    (story(headline="a\ud800b"), "headline: it holds U+D800"),
    (story(kicker="x" * 61), "kicker: it has more than 60"),
    (story(standfirst="x" * 601), "standfirst: it has more than 600"),
    (story(section="x" * 61), "section: it has more than 60"),
    (story(section=7), "section: it must be a text"),
    (story(credit_line="x" * 601), "credit_line: it has more than 600"),
    (story(authors="Ida Holm"), "authors: it must be a list of texts"),
    (story(authors=["x" * 121]), "authors: it has more than 120"),
    (story(tags=[1]), "tags: it must be a list of texts"),
    (story(tags=["x" * 101]), "tags: it has more than 100"),
    (story(body="Text."), "body: it must be a list of texts"),
    (story(body=[{"p": "Text."}]), "body: it must be a list of texts"),
    (story(body=None), "body: there is no text"),
    (story(body=[" "]), "body: there is no text"),
    (story(body=["x" * 500_001]), "body: The text has more than 500000 characters"),
    (story(published="5 March 2024"), "published: “5 March 2024” is neither"),
    (story(published="2024-02-30"), "published: “2024-02-30” is neither"),
    (story(published=2024), "published: it must be a text"),
    (story(published="0024-03-05"), "published: the year must lie between 1600 and 2999"),
    (story(source_url="javascript:alert(1)"), "source_url: it is not the address"),
    (story(id=None), "neither id nor source_url"),
    (story(id=True), "id: it must be a text"),
    (story(id="x" * 201), "id: it has more than 200"),
]


@pytest.mark.parametrize(("damage", "sentence"), DAMAGE, ids=[s for _d, s in DAMAGE])
def test_a_damaged_line_is_reported_and_the_rest_goes_in(damage, sentence):
    outcome, damaged = import_lines(story("before"), b"\n", damage, story("after"))

    assert list(damaged) == [3]
    assert sentence in damaged[3]
    assert (outcome.new, outcome.damaged) == (2, 1)
    assert Publication.objects.count() == 2


def test_what_only_the_database_refuses_is_one_damaged_line(monkeypatch):
    monkeypatch.setattr(line, "_longest", lambda model, name: 10_000)

    outcome, damaged = import_lines(story(1), story(2, headline="x" * 300), story(3))

    assert "The database refuses it" in damaged[2]
    assert outcome.new == Publication.objects.count() == 2


def test_damaged_lines_fail_the_command(tmp_path, capsys):
    path = tmp_path / "stories.jsonl"
    path.write_bytes(lines_of(story(1), b"{\n", story(2), b"[]\n"))

    with pytest.raises(CommandError, match="2 lines are damaged"):
        call_command("import_articles", str(path))

    told = capsys.readouterr()
    assert "Line 2: It is not JSON" in told.err
    assert "Line 4: It is JSON, but not an object" in told.err
    assert "2 imported, 0 already here." in told.out


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.jsonl: No such file"):
        run(tmp_path / "nowhere.jsonl")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm():
    raw = b"\xef\xbb\xbf" + lines_of(story(1), story(2)).replace(b"\n", b"\r\n")

    assert import_lines(raw)[0].new == 2


def test_a_hyphen_reads_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines_of(story()))))

    assert "1 imported, 0 already here." in run("-")


def test_an_import_that_is_interrupted_says_how_to_go_on(tmp_path, monkeypatch):
    def interrupt(lines):
        raise KeyboardInterrupt

    path = tmp_path / "stories.jsonl"
    path.write_bytes(lines_of(story()))
    monkeypatch.setattr(file, "save", interrupt)

    with pytest.raises(CommandError, match="Repeat the command") as stopped:
        run(path)
    assert stopped.value.returncode == 130
