"""What the search knows of stories, and that it keeps knowing it."""

import pytest
from django.db import connection

from articles.models import Author, PublicationSearch, StoryToIndex, Tag
from articles.search.folding import fold
from articles.search.index import READ_CHARACTERS, index_waiting
from articles.tasks import index_changed_stories
from tests.factories import make_article, make_publication, make_tag

pytestmark = pytest.mark.django_db


def is_found(story, query, configuration="english"):
    """Whether the index of the story has these words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT found_by @@ websearch_to_tsquery(%s::regconfig, %s)"
            " FROM articles_publicationsearch WHERE publication_id = %s",
            [configuration, query, story.pk],
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ёлка-1, L’ÉTÉ", "елка 1 l ete"),
        ("Чай, йод, Київ", "чай йод київ"),
        ("зна́ния", "знания"),
        ("ﬁne ３５ straße Łódź", "fine 35 strasse lodz"),
        ("soft\u00adhyphen", "softhyphen"),
        ("東京都", "東 京 都"),
        ("हिन्दी", "हिन्दी"),
        ("a/b.c@d:e_f", "a b c d e f"),
        ("\x00\ud800😀", ""),
    ],
)
def test_words_are_read_without_accents_and_signs(text, read):
    assert fold(text) == read


def test_a_story_is_found_by_everything_that_is_printed_with_it():
    story = make_publication(
        headline="Dam",
        standfirst="Holds",
        kicker="Estuary",
        dateline="LOWMARK",
        source="WSJ",
        body="<p>Concrete</p>",
        tags=["Water"],
        authors=["Mara Quist"],
    )

    for word in ("dams", "holding", "estuary", "lowmark", "wsj", "concrete", "water", "quist"):
        assert is_found(story, word), word
    assert not StoryToIndex.objects.exists()


def test_a_change_is_found_and_what_it_replaced_is_not():
    article = make_publication(headline="Dam", tags=["Water"]).article
    article.headline = "Dyke"
    article.save()
    article.tags.set([make_tag("Concrete")])
    article.publish(by=None)

    assert is_found(article, "dyke concrete")
    assert not is_found(article, "dam")
    assert not is_found(article, "water")


def test_renaming_a_tag_or_an_author_reaches_their_stories():
    story = make_publication(tags=["Kiev"], authors=["Mara Quist"])
    other = make_publication(tags=["Lviv"], authors=["Bo Birk"])
    tag = Tag.objects.get(name="Kiev")
    tag.name = "Kyiv"
    tag.save()
    Author.objects.filter(name="Mara Quist").update(name="Mara Ash")
    tag.aliases.create(name="Kieff")

    assert {row.number for row in StoryToIndex.objects.all()} == {story.pk}
    index_changed_stories()

    assert is_found(story, "kyiv ash kieff")
    assert not is_found(story, "quist")
    assert not is_found(other, "kyiv")
    assert index_waiting() == 0


def test_a_merged_tag_reaches_the_stories_it_brings():
    story = make_publication(tags=["Kiev"])
    make_tag("Kiev").merge_into(make_tag("Kyiv"))

    index_changed_stories()

    assert is_found(story, "kyiv")
    assert is_found(story, "kiev")  # Now another name of the tag.


def test_entries_of_live_coverage_are_found():
    story = make_publication(kind="live")
    entry = story.article.live_entries.create(headline="Water rises", body="<p>By a metre.</p>")
    entry.publish(by=None)
    index_changed_stories()
    assert is_found(story, "rising metres")

    entry.take_down(by=None)
    index_changed_stories()
    assert not is_found(story, "rising")


def test_what_may_be_seen_is_told_by_the_database_itself():
    story = make_publication()
    entry = PublicationSearch.objects.get(pk=story.pk)
    assert entry.visible_from == story.visible_from

    story.article.withdraw("Wrong.", by=None)
    entry.refresh_from_db()
    assert entry.is_withdrawn

    story.article.reinstate(by=None)
    entry.refresh_from_db()
    assert not entry.is_withdrawn


def test_a_story_taken_back_leaves_nothing(django_assert_num_queries):
    from datetime import timedelta

    from django.utils import timezone

    article = make_publication(at=timezone.now() + timedelta(days=1), tags=["Water"]).article
    article.unschedule(by=None)

    assert not PublicationSearch.objects.exists()
    index_changed_stories()  # Its rows went one by one; they may still wait here.
    assert not StoryToIndex.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        " ".join(chr(0x20000 + number) for number in range(40_000)),
        " ".join(f"word{number}" for number in range(60_000)),
        " ".join("Ж" * 30 + str(number) for number in range(15_000)),
        "x" * 400_000,
    ],
    ids=["one sign", "short words", "long words", "one word"],
)
def test_no_text_is_too_much_for_it(text):
    story = make_article(body=f"<p>{text[:490_000]}</p>").publish(by=None)

    with connection.cursor() as cursor:
        cursor.execute("SELECT length(found_by::text) FROM articles_publicationsearch")
        assert cursor.fetchone()[0] < 12 * READ_CHARACTERS
    assert is_found(story, "quist")
