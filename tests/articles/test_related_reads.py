from itertools import islice, product

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import ArticlePick, Publication, Word
from articles.models.word import COUNTING, EVERY_STORY, set_telling_words
from articles.related import SPARE, Candidate, candidates_for, nearest, related_reads
from articles.words import KEPT
from tests.factories import JUNE_1, make_article, make_publication, make_section

pytestmark = pytest.mark.django_db

DAM = "<p>The dam above the valley burst; engineers had warned that the dam was leaking.</p>"
DAM_REPAIRED = "<p>Engineers repaired the dam. Water stands behind the dam again.</p>"
CHESS = "<p>The grandmaster offered a draw; her opponent declined and lost the endgame.</p>"


def days_later(days):
    return JUNE_1 + timezone.timedelta(days=days)


def make_picking(*picked, **fields):
    """A published story whose editor picked these, in this order."""
    article = make_article(**fields)
    ArticlePick.objects.bulk_create(
        ArticlePick(article=article, picked_id=story.pk, position=position)
        for position, story in enumerate(picked)
    )
    return article.publish(by=None, at=JUNE_1)


def read(publication):
    """What a reader of the story is offered, as its page loads it."""
    cards = related_reads(Publication.objects.for_page().get(pk=publication.pk))
    stories = Publication.objects.in_bulk(card.number for card in cards)
    return [stories[card.number] for card in cards]


def test_the_editors_picks_come_first_and_in_their_order():
    near = make_publication(tags=["water"], body=DAM)
    first, second = make_publication(body=CHESS), make_publication(body=CHESS)
    story = make_picking(second, first, tags=["water"], body=DAM)

    assert read(story)[:3] == [second, first, near]


def test_a_pick_shows_once_its_number_is_visible():
    draft, other = make_article(), make_publication()
    story = make_picking(draft, other)
    assert read(story) == [other]

    draft.publish(by=None, at=timezone.now() + timezone.timedelta(days=1))
    assert read(story) == [other]

    draft.unschedule(by=None)
    draft.publish(by=None)
    assert [card.pk for card in read(story)] == [draft.pk, other.pk]


def test_a_pick_shows_though_other_stories_are_not_offered_it():
    hidden = make_publication(exclude_from_related=True)

    assert read(make_picking(hidden)) == [hidden]
    assert hidden not in read(make_publication())


def test_more_than_four_picks_are_cut_and_gaps_closed():
    picked = [make_publication() for _ in range(6)]
    picked[1].article.withdraw("It was wrong.", by=None)

    assert read(make_picking(*picked)) == [picked[0], *picked[2:5]]


def test_nothing_is_shown_that_readers_may_not_see_and_never_the_story_itself():
    story = make_publication(tags=["water"], body=DAM)
    make_article(tags=["water"], body=DAM)
    make_publication(tags=["water"], body=DAM, at=timezone.now() + timezone.timedelta(hours=1))
    make_publication(tags=["water"], body=DAM).article.withdraw("It was wrong.", by=None)

    assert read(story) == []


def test_stories_of_another_language_stay_out():
    story = make_publication(tags=["water"], body=DAM)
    make_publication(tags=["water"], body=DAM, language="ru")

    assert read(story) == []


def test_a_rare_tag_says_more_than_a_common_one():
    rare = make_publication(tags=["sluices"], at=JUNE_1, body="")
    common = [make_publication(tags=["water"], at=days_later(n), body="") for n in range(1, 20)]
    story = make_publication(tags=["sluices", "water"], body="")

    assert read(story) == [rare, *reversed(common[-3:])]


def test_words_are_enough_without_tags():
    near = make_publication(headline="The dam holds", body=DAM_REPAIRED, section=make_section("B"))
    for day in range(1, 2 + SPARE):
        make_publication(headline="A game of chess", body=CHESS, at=days_later(day))
    story = make_publication(headline="A dam bursts", body=DAM)

    assert read(story)[0] == near


def test_words_match_in_all_their_forms_and_in_any_script():
    near = make_publication(
        language="ru", headline="Плотину восстановили", body="<p>Инженеры у плотины.</p>"
    )
    make_publication(language="ru", headline="Шахматы", body="<p>Ничья.</p>", at=days_later(1))
    story = make_publication(
        language="ru", headline="Плотина прорвана", body="<p>Инженер видел.</p>"
    )

    assert read(story)[0] == near


def test_the_same_theme_label_draws_stories_together():
    labelled = make_publication(kicker="Cold case", headline="Kite", body="")
    for day in range(1, 6):
        make_publication(headline="Soup", body="", at=days_later(day))
    story = make_publication(kicker="Cold case", headline="Rowing", body="")

    assert read(story)[0] == labelled


def test_without_likeness_the_newest_of_the_section_fill_up_then_the_newest():
    sport, world = make_section("Sport"), make_section("World")
    in_section = [
        make_publication(section=sport, headline=f"Kite {n}", body="", at=days_later(n))
        for n in range(2)
    ]
    elsewhere = [
        make_publication(section=world, headline="Soup", body="", at=days_later(n))
        for n in range(5, 9)
    ]
    story = make_publication(section=sport, headline="Rowing", body=CHESS)

    assert read(story) == [*reversed(in_section), elsewhere[-1], elsewhere[-2]]


def test_a_weak_likeness_counts_for_nothing():
    def text(letter):
        vowels = islice(product("aeiou", repeat=2), KEPT - 2)
        own = " ".join(f"{letter}{one}{letter}{two}" for one, two in vowels)
        return f"<p>{own} {own} thunder</p>"

    weak = make_publication(headline="Kite", body=text("k"))
    newer = make_publication(headline="Soup", body="", at=days_later(1))
    story = make_publication(headline="Rowing", body=text("r"))
    assert weak.words[-1] == story.words[-1] == "thunder"

    assert read(story) == [newer, weak]


def test_of_two_stories_equally_alike_the_newer_comes_first():
    old, new = (make_publication(tags=["water"], body="", at=days_later(n)) for n in (1, 9))

    assert read(make_publication(tags=["water"], body="")) == [new, old]


def test_there_are_four_and_nothing_twice():
    stories = [make_publication(tags=["water", "dams"], body=DAM) for _ in range(8)]
    story = make_picking(stories[3], tags=["water", "dams"], body=DAM)

    cards = read(story)
    assert len({card.pk for card in cards}) == 4
    assert cards[0] == stories[3]


@pytest.mark.parametrize("stories", [10, 60])
def test_query_count_does_not_grow_with_stories(stories, django_assert_num_queries):
    for number in range(stories):
        make_publication(tags=["water", f"theme {number % 7}"], body=DAM)
    story = make_publication(tags=["water", "theme 1", "theme 2"], body=DAM)
    story = Publication.objects.for_page().get(pk=story.pk)

    # What may be alike; the four.
    with django_assert_num_queries(2):
        cards = related_reads(story)
        assert all(card.kicker and card.teaser for card in cards)
    assert len(cards) == 4


def test_the_most_telling_words_are_kept_and_the_emptiest_never():
    for number in range(5):
        make_publication(headline="Engineers speak", body=f"<p>Engineers said number {number}.</p>")
    story = make_publication(headline="Engineers, engineers: the dam of engineers", body=DAM)

    assert story.words.index("dam") < story.words.index("engin")
    assert not {"the", "that", "had"} & set(story.words)


def test_a_story_gets_words_whatever_its_length():
    empty = make_publication(headline="—", body="")
    assert empty.words == []
    assert read(empty) == []

    odd = make_publication(headline="Odd", body=f"<p>dam {'x' * 3_000} {'y' * 50}</p>")
    assert set(odd.words) == {"odd", "dam"}
    assert read(odd) == [empty]

    # More different words than a tsvector holds.
    many = " ".join(map("".join, islice(product("бвгджзклмнпрст", repeat=6), 70_000)))
    long = make_publication(headline="Плотина", body=f"<p>{many}</p>", language="ru")
    assert len(long.words) == KEPT
    assert read(long) == []


def test_a_language_unknown_to_postgresql_is_read_word_by_word():
    story = Publication(article=make_article(headline="Dam", body="", language="ka"))
    story.language, story.headline = "ka", "კაშხალი"
    set_telling_words([story])

    assert story.words == ["კაშხალი"]


def test_stories_are_counted_once_and_not_while_they_are_drafts():
    article = make_article(headline="Dam", body="")
    assert not Word.objects.exists()

    article.publish(by=None)
    article.publish(by=None)
    assert Word.objects.users_of("en", ["dam", EVERY_STORY]) == {"dam": 1, EVERY_STORY: 1}


def test_a_batch_takes_as_many_queries_as_one_story(django_assert_num_queries):
    batch = [make_article(headline=f"Dam {n}", body=DAM) for n in range(30)]
    publications = [Publication(article=article) for article in batch]
    for article, publication in zip(batch, publications, strict=True):
        article.copy_text_to(publication)

    with django_assert_num_queries(3):
        set_telling_words(publications)
    assert all("dam" in publication.words for publication in publications)
    assert Word.objects.users_of("en", ["dam"]) == {"dam": 30}


@pytest.mark.django_db(transaction=True)
def test_publishing_does_not_wait_for_another_that_is_counting():
    article = make_article(headline="Dam", body=DAM)
    another = connection.copy()
    try:
        another.set_autocommit(False)
        with another.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTING])
        words = article.publish(by=None).words
    finally:
        another.close()

    assert "dam" in words
    assert not Word.objects.exists()


def test_how_new_a_story_is_counts_beside_the_others_and_not_by_the_clock():
    def candidate(number, *tags, at):
        return Candidate(number, [], set(tags), "", None, at.timestamp())

    older = candidate(2, 1, at=days_later(-365))
    newer = candidate(3, 2, at=JUNE_1)
    common = candidate(4, 2, at=days_later(-730))  # Its tag is the newer one's too, and says less.
    story = candidate(1, 1, 2, at=JUNE_1)

    assert nearest(story, [older, newer, common])[0] == newer


def test_stories_are_compared_by_what_their_records_say():
    pick = make_publication(tags=["Dykes"], exclude_from_related=True)
    make_publication(tags=["water", "Dykes"], body=DAM, kicker="The dam")
    make_publication(body=CHESS, section=make_section(name="Sport"))
    make_publication(at=timezone.now() + timezone.timedelta(hours=1))
    make_publication(language="ru")
    story = make_picking(pick, tags=["water"], body=DAM_REPAIRED)
    tags = set(story.tags.values_list("pk", flat=True))

    expected = {
        other.pk: Candidate(
            number=other.pk,
            words=other.words,
            tags=set(other.tags.values_list("pk", flat=True)),
            kicker=other.kicker,
            section=other.section_id,
            visible_from=other.visible_from.timestamp(),
            pick_position=0 if other == pick else None,
        )
        for other in Publication.objects.visible().in_language("en").exclude(pk=story.pk)
    }
    assert len(expected) == 3
    assert {one.number: one for one in candidates_for(story, tags)} == expected
