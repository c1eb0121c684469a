"""What changed between two versions: every word of every field, and nothing that did not."""

import pytest

from articles import differences
from articles.differences import Labels, Piece, compare, entries, lines_of, texts, words
from articles.models.copy import copy_fields
from articles.models.snapshot import plain
from tests.factories import (
    make_article,
    make_author,
    make_photo,
    make_section,
)

pytestmark = pytest.mark.django_db


def snapshots_of(article, **changes):
    before = plain(article.snapshot())
    for name, value in changes.items():
        setattr(article, name, value)
    return [before, plain(article.snapshot())]


def changes_of(old, new):
    return {change.name: change for change in compare(old, new, Labels([old, new]))}


def told(change):
    """Pieces as a line: -taken out-, +added+."""
    signs = {"same": "", "gone": "-", "new": "+"}
    return "".join(f"{signs[piece.kind]}{piece.text}{signs[piece.kind]}" for piece in change.pieces)


def test_words_that_stayed_are_not_marked():
    assert words("The dyke held", "The dyke broke") == [
        Piece("same", "The dyke "),
        Piece("gone", "held"),
        Piece("new", "broke"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "New"),
        ("Gone", ""),
        ("Дамба стоит", "Дамба стояла"),
        ("水が来た", "水が来ない"),
        ("a\n\nb", "a\nb"),
        ("one, two", "one; two"),
        ("x" * 50_000, "y" * 50_000),
    ],
)
def test_both_texts_can_be_read_back_from_the_pieces(old, new):
    pieces = words(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


def test_every_field_of_a_story_is_compared():
    section, photo = make_section("Climate"), make_photo()
    others = {
        "section": section,
        "lead_photo": photo,
        "text_licence_id": "CC BY 4.0",
        "kind": "analysis",
        "language": "ru",
        "translation_key": "5a8ff1c4-7d8b-4bf0-9e55-b2b4b2f2d6a1",
        "without_byline": True,
        "hide_asks": True,
        "exclude_from_related": True,
        "is_sensitive": True,
        "body": "<p>Other.</p>",
        "text_source_url": "https://other.example/",
    }
    names = {field.name for field in copy_fields()}
    text = dict.fromkeys(names - others.keys() - {"text_licence"}, "Other")
    old, new = snapshots_of(make_article(), **others, **text)

    assert changes_of(old, new).keys() == names


def test_names_are_shown_and_not_numbers():
    old, new = snapshots_of(
        make_article(section=make_section("World")),
        section=make_section("Climate"),
        lead_photo=make_photo(title="The dyke from above"),
        kind="opinion",
        hide_asks=True,
    )

    changes = changes_of(old, new)

    assert told(changes["section"]) == "-World-+Climate+"
    assert told(changes["lead_photo"]) == "+The dyke from above+"
    assert told(changes["kind"]) == "-News-+Opinion+"
    assert told(changes["hide_asks"]) == "-no-+yes+"
    assert changes["hide_asks"].label == "Hide calls to action"


def test_bylines_tags_and_picks_are_compared_by_entry():
    article = make_article(authors=["Ann Ash", "Bo Birk"], tags=["Water"])
    before = plain(article.snapshot())
    article.bylines.first().delete()
    article.bylines.create(author=make_author("Cy Cole"), position=9)
    article.tags.add("Dykes")
    picked = make_article(headline="Picked")
    article.picks.create(picked=picked)

    changes = changes_of(before, plain(article.snapshot()))

    assert changes["bylines"].pieces == [
        Piece("gone", "Ann Ash"),
        Piece("same", "Bo Birk"),
        Piece("new", "Cy Cole"),
    ]
    assert changes["tags"].pieces == [Piece("new", "Dykes"), Piece("same", "Water")]
    assert changes["picks"].pieces == [Piece("new", "Picked")]


def test_another_order_of_authors_is_a_change():
    pieces = entries(["Ann", "Bo"], ["Bo", "Ann"])

    assert [piece for piece in pieces if piece.kind != "same"]


def test_a_record_that_is_gone_is_told_by_its_number():
    article = make_article()
    author = make_author("Gone Girl")
    article.bylines.create(author=author, position=5)
    old = plain(article.snapshot())
    article.bylines.filter(author=author).delete()
    number = author.pk
    author.delete()

    changes = changes_of(old, plain(article.snapshot()))

    assert f"no. {number}, which is there no longer" in told(changes["bylines"])


def test_photos_in_the_text_are_told_by_name_and_caption():
    first, second = make_photo(title="Night"), make_photo(title="Day <1>")
    old, new = snapshots_of(
        make_article(body=f'<figure data-photo="{first.pk}" data-caption="A &amp; B"></figure>'),
        body=f'<figure data-photo="{second.pk}"></figure>',
    )

    line = told(changes_of(old, new)["body"])

    assert "Night" in line
    assert "A & B" in line
    assert "Day <1>" in line


def test_changes_that_no_word_shows_are_told():
    plain_words = "<p>The dyke held</p>"

    for other in [
        "<p>The <strong>dyke</strong> held</p>",
        "<p>The <em>dyke</em> held</p>",
        '<p>The <a href="https://a.example/">dyke</a> held</p>',
        "<h2>The dyke held</h2>",
        "<h3>The dyke held</h3>",
        "<ul><li>The dyke held</li></ul>",
        "<blockquote><p>The dyke held</p></blockquote>",
        '<blockquote class="pullquote"><p>The dyke held</p></blockquote>',
        '<p class="link-card">The dyke held</p>',
        '<ol start="3"><li>The dyke held</li></ol>',
    ]:
        assert [piece.kind for piece in texts(plain_words, other)] != ["same"], other
    assert lines_of("<h2>A</h2>") != lines_of("<h3>A</h3>")


def test_a_field_that_was_not_there_yet_is_no_change_while_it_is_empty():
    old, new = snapshots_of(make_article())
    del old["fields"]["is_sensitive"], old["fields"]["dateline"]
    del old["tags"]

    assert changes_of(old, new) == {}


def test_a_field_that_is_no_more_is_told_by_its_own_name():
    old, new = snapshots_of(make_article())
    old["fields"]["strapline"] = "Words of then"

    change = changes_of(old, new)["strapline"]

    assert (change.label, told(change)) == ("Strapline", "-Words of then-")


def test_one_word_in_a_long_text_is_found():
    paragraphs = [f"<p>{' '.join(f'word{i}-{j}' for j in range(100))}</p>" for i in range(100)]
    changed = [*paragraphs]
    changed[50] = changed[50].replace("word50-7 ", "other ")

    pieces = texts("".join(paragraphs), "".join(changed))

    assert [piece.kind for piece in pieces] == ["same", "gone", "new", "same"]
    assert pieces[2].text == "other"


def test_a_word_in_each_paragraph_of_a_long_text_is_found():
    paragraphs = [f"<p>{' '.join(f'word{i}-{j}' for j in range(100))}</p>" for i in range(100)]

    pieces = texts("".join(paragraphs), "".join(p.replace("-7 ", "-x ") for p in paragraphs))

    assert {piece.text for piece in pieces if piece.kind == "new"} == {"x"}


def test_more_than_can_be_compared_is_told_as_wholes(monkeypatch):
    monkeypatch.setattr(differences, "MAXIMUM_PAIRS", 10)

    pieces = words("a b a b a b a b c", "b a b a b a b a c")

    assert [piece.kind for piece in pieces] == ["gone", "new", "same"]


def test_names_of_many_records_cost_four_queries(django_assert_num_queries):
    article = make_article(
        authors=[f"Author {number}" for number in range(9)],
        lead_photo=make_photo(),
        body=f'<figure data-photo="{make_photo().pk}"></figure>',
    )
    for _ in range(4):
        article.picks.create(picked=make_article())
    snapshot = plain(article.snapshot())
    nothing = {"fields": {}, "bylines": [], "tags": [], "picks": []}

    with django_assert_num_queries(4):
        changes_of(nothing, snapshot)


def test_names_are_not_asked_for_where_nothing_changed(django_assert_num_queries):
    old, new = snapshots_of(make_article(lead_photo=make_photo()), headline="Other")

    with django_assert_num_queries(0):
        changes_of(old, new)
