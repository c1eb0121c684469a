"""What a card says of a story, and of which stories there are cards."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from articles.cards import cards_of
from articles.models import Author, Kind, Publication
from articles.picture import picture_of
from tests.factories import (
    make_article,
    make_author,
    make_photo,
    make_publication,
    make_section,
)

pytestmark = pytest.mark.django_db


def card_of(publication):
    [card] = cards_of([publication.pk])
    return card


def test_they_come_in_the_order_asked_for_and_in_one_query(django_assert_num_queries):
    numbers = [make_publication(lead_photo=make_photo()).pk for _ in range(4)]
    order = [numbers[2], numbers[0], numbers[3], numbers[1]]
    with django_assert_num_queries(1):
        assert [card.number for card in cards_of(order)] == order
    with django_assert_num_queries(0):
        assert cards_of([]) == []


def test_there_are_none_of_stories_readers_may_not_see():
    visible = make_publication()
    scheduled = make_publication(at=timezone.now() + timedelta(days=1))
    withdrawn = make_publication()
    Publication.objects.filter(pk=withdrawn.pk).update(
        withdrawn_at=timezone.now(), withdrawn_reason="Wrong"
    )
    hidden = [scheduled.pk, withdrawn.pk, make_article().pk, 10**9]
    assert [card.number for card in cards_of([*hidden, visible.pk])] == [visible.pk]


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("label", ["", "The War"])
def test_they_say_of_a_story_what_the_story_says(kind, label):
    authors = [make_author("Ann Ash"), make_author("Ben Birch")]
    story = make_publication(
        kind=kind,
        kicker=label,
        authors=[author.name for author in authors],
        lead_photo=make_photo(),
    )
    card = card_of(story)
    assert card.kicker == story.kicker_line
    assert card.url == story.get_absolute_url()
    assert card.headline == story.headline
    assert card.published_at == story.first_published_at
    assert card.picture == picture_of(story.lead_photo, "card")


@pytest.mark.parametrize(
    ("fields", "teaser"),
    [
        ({"teaser": "Short.", "standfirst": "Longer."}, "Short."),
        ({"teaser": "", "standfirst": "Longer."}, "Longer."),
        ({"teaser": "", "standfirst": "", "body": "<p>First.</p><p>Second.</p>"}, "First."),
    ],
)
def test_the_teaser_is_the_standfirst_or_the_first_paragraph_where_none_was_written(fields, teaser):
    story = make_publication(**fields)
    assert card_of(story).teaser == story.teaser_text == teaser


def test_a_section_has_its_name_in_the_language_of_the_story():
    section = make_section("World")
    section.in_languages = {"ru": {"name": "Мир"}, "ar": {"name": ""}}
    section.save()
    names = {}
    for language in ("en", "ru", "ar"):
        with translation.override("en"):
            story = make_publication(section=section, language=language)
            names[language] = card_of(story).kicker.text
    assert names == {"en": "World", "ru": "Мир", "ar": "World"}


@pytest.mark.parametrize(
    "rights",
    [
        {"usable_until": timezone.now() - timedelta(minutes=1)},
        {"usable_from": timezone.now() + timedelta(hours=1)},
    ],
)
def test_photos_show_only_while_their_rights_are_in_force(rights):
    photo, portrait = make_photo(), make_photo()
    author = make_author("Ann Ash", photo=portrait)
    story = make_publication(kind="opinion", authors=["Ann Ash"], lead_photo=photo)
    assert card_of(story).picture == picture_of(photo, "card")
    assert card_of(story).portrait == picture_of(portrait, "square")

    for one in (photo, portrait):
        for name, moment in rights.items():
            setattr(one, name, moment)
        one.save()
    assert (card_of(story).picture, card_of(story).portrait) == (None, None)
    assert Author.objects.get(pk=author.pk).photo == portrait


def test_only_opinions_show_who_wrote_them():
    make_author("Ann Ash", photo=make_photo())
    assert card_of(make_publication(authors=["Ann Ash"])).portrait is None
