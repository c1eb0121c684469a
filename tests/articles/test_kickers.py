import pytest

from articles.kicker import Kicker
from articles.models import Article, Kind
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db


def kicker_of(**fields):
    return make_article(**fields).kicker_line


def test_a_live_story_says_so_whatever_its_label():
    assert kicker_of(kind=Kind.LIVE, kicker="The War") == Kicker("Live", "live")


def test_opinion_bears_the_names_of_its_authors():
    authors = ["Mara Quist", "Ilo Brandt"]

    kicker = kicker_of(kind=Kind.OPINION, kicker="The War", authors=authors)
    assert kicker == Kicker("Opinion", "opinion", author="Mara Quist, Ilo Brandt")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.ANALYSIS, "News Analysis"),
        (Kind.EXPLAINER, "Explainer"),
        (Kind.INTERVIEW, "Interview"),
        (Kind.GALLERY, "Gallery"),
    ],
)
def test_a_genre_goes_before_the_theme_label(kind, text):
    assert kicker_of(kind=kind, kicker="The War") == Kicker(text, "genre")


@pytest.mark.parametrize("kind", [Kind.NEWS, Kind.FEATURE])
def test_the_theme_label_is_printed_as_typed(kind):
    assert kicker_of(kind=kind, kicker="the WAR in Kherson") == Kicker(
        "the WAR in Kherson", "label"
    )


@pytest.mark.parametrize("kind", [Kind.NEWS, Kind.FEATURE])
def test_where_nothing_else_applies_the_section_stands(kind):
    assert kicker_of(kind=kind, section=make_section("Sport")) == Kicker("Sport", "section")


def test_a_draft_without_section_has_none():
    assert Article(headline="Begun").kicker_line is None


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_exactly_one(kind):
    kicker = kicker_of(kind=kind)

    assert isinstance(kicker, Kicker)
    assert kicker.text
