import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from articles.models import Licence
from tests.factories import (
    JUNE_1,
    make_article,
    make_author,
    make_photo,
    make_publication,
    make_section,
)
from tests.reading import headlines_of, read, words_of

pytestmark = pytest.mark.django_db

REFERENCE = os.environ.get("REFERENCE_CONTENT")


def get(client, publication):
    return client.get(publication.get_absolute_url())


def test_its_elements_stand_in_their_order(client):
    photo = make_photo(
        caption="A dyke at dawn",
        creator="Inger Lund",
        source_url="https://photos.example/dyke",
        licence_id="CC BY-SA 4.0",
    )
    make_publication(headline="Four metres of water")
    publication = make_publication(
        headline="Dyke holds",
        source="WSJ",
        standfirst="For one more night.",
        dateline="LOWMARK",
        body="<p>The dyke held.</p>",
        lead_photo=photo,
        tags=["Water"],
        at=datetime(2022, 7, 25, 12, tzinfo=UTC),
    )

    words = words_of(get(client, publication))

    parts = [
        "25 July 2022",
        "Dyke holds – WSJ",
        "For one more night.",
        "By Mara Quist",
        "A dyke at dawn. Inger Lund (CC BY-SA 4.0)",
        "LOWMARK – The dyke held.",
        "Read more about: Water",
        "Read more World Four metres of water",
    ]
    places = [words.index(part) for part in parts]
    assert places == sorted(places)


def test_licence_and_creator_of_the_photo_are_links(client):
    photo = make_photo(creator="Inger Lund", source_url="https://photos.example/dyke")
    links = read(get(client, make_publication(lead_photo=photo))).all("a")

    assert {"href": "https://photos.example/dyke"} in links
    deed = Licence.objects.get(code="CC BY-SA 4.0").url
    assert {"rel": "license", "href": deed} in links


def test_a_photo_whose_rights_ended_leaves_no_gap(client):
    photo = make_photo()
    body = f'<p>Text.</p><figure data-photo="{photo.pk}" data-caption="Gone"></figure>'
    publication = make_publication(lead_photo=photo, body=body)
    photo.usable_until = timezone.now() - timedelta(days=1)
    photo.save()

    page = get(client, publication)

    assert not read(page).all("figure")
    assert photo.creator not in words_of(page)


def test_photo_in_the_text_carries_its_credit(client):
    photo = make_photo(creator="Inger Lund")
    body = f'<figure data-photo="{photo.pk}" data-caption="Seen from the air"></figure>'

    words = words_of(get(client, make_publication(body=body)))

    assert "Seen from the air. Inger Lund (CC BY-SA 4.0)" in words


def test_its_date_leads_to_its_month(client):
    assert {"href": "/archive/2026/06"} in read(get(client, make_publication())).all("a")


def test_each_author_is_a_link(client):
    publication = make_publication(authors=["Ann Ash", "Bo Birk", "Cy Cole"])

    page = get(client, publication)

    assert "By Ann Ash, Bo Birk and Cy Cole" in words_of(page)
    authors = [link["href"] for link in read(page).all("a") if link.get("rel") == "author"]
    assert authors == ["/author/ann-ash", "/author/bo-birk", "/author/cy-cole"]


def test_republished_text_says_whose_it_is(client):
    publication = make_publication(
        text_credit="By the writers of Example News.",
        text_licence_id="CC BY 2.5",
        text_source_url="https://news.example/original",
    )

    page = get(client, publication)

    words = words_of(page)
    assert "By the writers of Example News. Licence of the text: CC BY 2.5. Original" in words
    deed = Licence.objects.get(code="CC BY 2.5").url
    assert {"rel": "license", "href": deed} in read(page).all("a")
    assert {"href": "https://news.example/original"} in read(page).all("a")


def test_readers_are_warned_before_a_sensitive_text(client):
    words = words_of(get(client, make_publication(body="<p>Text</p>", is_sensitive=True)))

    assert words.index("may find distressing") < words.index("Text")


def test_only_a_significant_change_shows_as_an_update(client):
    publication = make_publication()
    article = publication.article
    article.publish(by=None)
    assert "Updated" not in words_of(get(client, publication))

    article.publish(by=None, is_significant=True)

    assert "Updated" in words_of(get(client, publication))


def test_each_related_card_has_one_kicker(client):
    opinion = make_section("Opinion")
    make_publication(headline="Live", kind="live", kicker="Label")
    make_publication(headline="View", kind="opinion", authors=["Ann Ash"], section=opinion)
    make_publication(headline="Genre", kind="analysis", kicker="Label")
    make_publication(headline="Label", kicker="‘Tasks completed’")

    html = get(client, make_publication()).content.decode()

    kickers = re.findall(r'<p class="kicker [a-z]+">(.*?)</p>', html)
    assert sorted(kickers) == sorted(
        [
            "Live",
            'Opinion <span class="author">Ann Ash</span>',
            "News Analysis",
            "‘Tasks completed’",
        ]
    )


def test_a_wrong_day_or_slug_leads_to_the_right_address(client):
    publication = make_publication(slug="right")

    for wrong in ("2020/01/01/right", "2026/06/01/wrong", "9999/99/99/wrong"):
        response = client.get(f"/{wrong}-a{publication.pk}")
        assert response.status_code == 301
        assert response["Location"] == publication.get_absolute_url()


def test_a_story_answers_at_the_address_of_its_language_only(client):
    publication = make_publication(language="ru")
    address = publication.get_absolute_url()
    assert address.startswith("/ru/")

    page = client.get(address)
    assert 'lang="ru"' in page.content.decode()
    assert page["Content-Language"] == "ru"
    assert client.get(address.removeprefix("/ru"))["Location"] == address


@pytest.mark.parametrize("number", ["0", "999999999999999", "9999999999999999999"])
def test_an_unknown_number_is_not_found(client, number):
    assert client.get(f"/2026/06/01/story-a{number}").status_code == 404


def test_a_scheduled_story_appears_at_its_minute(client, time_machine):
    make_publication(at=JUNE_1)
    publication = make_publication(headline="At nine", at=timezone.now() + timedelta(hours=1))
    moment = publication.visible_from

    time_machine.move_to(moment - timedelta(seconds=1), tick=False)
    assert get(client, publication).status_code == 404
    assert "At nine" not in words_of(client.get("/"))

    time_machine.move_to(moment, tick=False)
    assert get(client, publication).status_code == 200
    assert "At nine" in words_of(client.get("/"))


def test_query_count_is_ten_at_most(client, django_assert_max_num_queries):
    """Furniture and asks are six: breaking news, outlet, sections, pages, languages, appeals.

    The rest: the story, its tags, which are related, those, the photos in the text, bylines,
    pictures, the stories it links to, corrections, translations.
    """
    linked = make_publication()
    picked = make_publication(lead_photo=make_photo(), tags=["Water"])
    for _number in range(12):
        make_publication(lead_photo=make_photo(), tags=["Water"], authors=["Ann Ash", "Bo Birk"])
    article = make_article(
        lead_photo=make_photo(),
        tags=["Water", "Air"],
        authors=["Ann Ash", "Bo Birk"],
        body=(
            f'<p><a href="{linked.get_absolute_url()}">Before</a></p>'
            f'<figure data-photo="{make_photo().pk}"></figure>'
            f'<figure data-photo="{make_photo().pk}"></figure>'
        ),
    )
    article.picks.create(picked=picked.article)
    publication = article.publish(by=None, at=JUNE_1)

    with django_assert_max_num_queries(6 + 10):
        page = get(client, publication)

    assert len(headlines_of(page)) == 4
    assert len(read(page).all("figure")) == 3


@pytest.mark.skipif(not REFERENCE, reason="REFERENCE_CONTENT names no folder")
def test_the_model_article_is_there_word_for_word(client):
    model = json.loads(Path(REFERENCE, "seed_article.json").read_text())
    kinds = {"opinion": "opinion", "News Analysis": "analysis"}
    article = make_article(
        headline=model["headline_parts"]["text"],
        source=model["headline_parts"]["source_attribution"],
        body="".join(f"<p>{paragraph}</p>" for paragraph in model["body"]),
        without_byline=True,
        authors=(),
        tags=model["tags"],
        lead_photo=make_photo(
            caption=model["lead_photo"]["caption"],
            creator=model["lead_photo"]["credit"],
            licence_id=model["lead_photo"]["licence"],
        ),
    )
    for position, card in enumerate(model["related"]):
        related = make_publication(
            headline=card["headline"],
            teaser=card["teaser"],
            kind=kinds.get(card.get("section") or card.get("genre"), "news"),
            kicker=(f"‘{card['kicker']}’" if card.get("quoted") else card["kicker"]) or "",
            authors=[card.get("author") or make_author().name],
        )
        article.picks.create(picked=related.article, position=position)
    at = datetime.fromisoformat(f"{model['date']}T12:00:00+00:00")

    words = words_of(get(client, article.publish(by=None, at=at)))

    parts = [
        model["headline"],
        model["lead_photo"]["as_printed"],
        *model["body"],
        model["tags_as_printed"],
        model["related_heading"] + " ",
    ]
    for card in model["related"]:
        printed = card["kicker_as_printed"]
        # Capitals of labels and sections are style.
        kicker = printed[0].upper() + printed[1:] if card.get("section") else printed
        parts.append(f"{kicker} {card['headline']} {card['teaser']}")
    place = 0
    for part in parts:
        place = words.index(part, place) + len(part)
