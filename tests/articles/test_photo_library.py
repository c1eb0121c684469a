"""The library of photos: found while typing, narrowed, marked, and where each is used."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, ArticlePhoto, Author, LiveEntry, LiveEntryPhoto, Photo
from tests.factories import (
    jpeg,
    make_article,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
)
from tests.pictures import BY_LINE, iptc, picture

pytestmark = pytest.mark.django_db

LISTED = "admin:articles_photo_changelist"


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def figure(photo: Photo) -> str:
    return f'<figure data-photo="{photo.pk}"></figure>'


def listed(desk, **query) -> list[Photo]:
    return list(desk.get(reverse(LISTED), query).context["cl"].result_list)


# Found by words


@pytest.mark.parametrize(
    "words",
    ["dam", "DAM", "river dam", "riv", "Müller", "muller", "MUL zoe", "reuters", "flood", "AFP/"],
)
def test_a_photo_is_found_by_the_beginnings_of_its_words(desk, words):
    photo = make_photo(
        caption="The river behind the dam",
        creator="Zoë Müller",
        agency="Reuters / AFP",
        keywords=["High flood"],
    )
    make_photo(caption="Another")

    assert listed(desk, q=words) == [photo]


@pytest.mark.parametrize("words", ["iver", "dam lake", "' | !x:* &", "\\", "a" * 5_000, "&", "<->"])
def test_other_words_find_nothing_or_all_and_break_nothing(desk, words):
    photo = make_photo(caption="The river behind the dam")

    assert listed(desk, q=words) in ([], [photo])


def test_what_was_typed_anew_is_found_by_it(desk):
    photo = make_photo(caption="Before")
    photo.caption = "After"
    photo.save(update_fields=["caption"])

    assert listed(desk, q="after") == [photo]
    assert listed(desk, q="before") == []


def test_the_search_goes_by_its_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    photos = Photo.objects.found_by("dam river").order_by()

    assert "photo_searched" in photos.explain()


# Narrowed


def test_photos_are_narrowed_by_use(desk):
    unused, lead, in_text, in_entry, published, portrait = [make_photo() for _ in range(6)]
    article = make_article(lead_photo=lead, body=figure(in_text))
    LiveEntry.objects.create(article=article, body=figure(in_entry))
    make_publication(lead_photo=published)
    Author.objects.update(photo=portrait)

    assert listed(desk, use="unused") == [unused]
    assert listed(desk, use="used") == [portrait, published, in_entry, in_text, lead]


def test_photos_are_narrowed_by_agency(desk):
    photo = make_photo(agency="AP / TASS")
    make_photo(agency="Reuters")

    page = desk.get(reverse(LISTED), {"agency": "AP / TASS"})

    assert list(page.context["cl"].result_list) == [photo]
    assert "?agency=Reuters" in page.content.decode()


def test_photos_whose_rights_end_soon_are_listed(desk):
    soon = make_photo(usable_until=timezone.now() + timedelta(days=13))
    make_photo(usable_until=timezone.now() + timedelta(days=15))

    assert listed(desk, rights="soon") == [soon]


def test_what_keeps_a_photo_from_being_printed_stands_in_the_chooser(desk):
    make_photo(
        creator="", source_url="", licence_id=None, usable_until=timezone.now() - timedelta(days=1)
    )

    page = desk.get(reverse(LISTED), {"_popup": "1"}).content.decode()

    assert "has no credit: fill in its creator or agency." in page
    assert "has no licence: choose one for it." in page
    assert "are not in force today" in page


@pytest.mark.parametrize("number", [2, 20])
def test_list_chooser_and_form_take_fifteen_queries_at_most(
    desk, django_assert_max_num_queries, number
):
    for _ in range(number):
        photo = make_photo(agency="AP")
        make_publication(lead_photo=photo)
    desk.get(reverse(LISTED))

    for query in ("", "?_popup=1&q=cap", "?use=used&agency=AP&rights=usable"):
        with django_assert_max_num_queries(15):
            assert desk.get(reverse(LISTED) + query).status_code == 200
    with django_assert_max_num_queries(15):
        desk.get(reverse("admin:articles_photo_change", args=[photo.pk]))


# Where it is used


def test_the_texts_of_the_desk_note_the_photos_they_show():
    first, second = make_photo(), make_photo()
    article = make_article(
        body=figure(first) + figure(second) + '<figure data-photo="999999"></figure>'
    )
    assert set(ArticlePhoto.objects.values_list("photo", flat=True)) == {first.pk, second.pk}

    article.body = figure(second)
    article.save()

    assert list(ArticlePhoto.objects.values_list("photo", flat=True)) == [second.pk]


def test_saving_other_fields_leaves_the_notes_alone(django_assert_num_queries):
    article = make_article()
    article.desk_label = "Water"

    with django_assert_num_queries(3):  # The row, between the ends of a savepoint.
        article.save(update_fields=["desk_label"])


def test_a_photo_in_a_text_or_an_entry_is_not_deleted(desk):
    in_text, in_entry = make_photo(), make_photo()
    article = make_article(headline="Rivers rise", body=figure(in_text))
    LiveEntry.objects.create(article=article, headline="The dam", body=figure(in_entry))

    for photo, words in ((in_text, "Rivers rise"), (in_entry, "The dam")):
        with pytest.raises(ProtectedError):
            photo.delete()
        address = reverse("admin:articles_photo_delete", args=[photo.pk])
        assert words in desk.get(address).content.decode()
        desk.post(address, {"post": "yes"})
        assert Photo.objects.filter(pk=photo.pk).exists()


def test_a_story_takes_its_notes_with_it():
    article = make_article(body=figure(make_photo()))
    LiveEntry.objects.create(article=article, body=figure(make_photo()))

    Article.objects.filter(pk=article.pk).delete()

    assert not ArticlePhoto.objects.exists()
    assert not LiveEntryPhoto.objects.exists()


def test_the_form_says_where_a_photo_is_used(desk):
    photo = make_photo()
    article = make_article(headline="Rivers rise", body=figure(photo))
    LiveEntry.objects.create(article=article, headline="The dam", body=figure(photo))

    page = desk.get(reverse("admin:articles_photo_change", args=[photo.pk])).content.decode()

    assert "Rivers rise</a> (in the text; Draft)" in page
    assert "The dam</a> (live entry of “Rivers rise”)" in page


def test_a_reporter_is_told_of_no_draft_or_entry_of_others(client):
    client.force_login(make_reporter())
    photo = make_photo()
    article = make_article(created_by=make_editor(), headline="Secret words", body=figure(photo))
    LiveEntry.objects.create(article=article, headline="Secret entry", body=figure(photo))

    page = client.get(reverse("admin:articles_photo_change", args=[photo.pk])).content.decode()

    assert "Secret" not in page


# What a licence demands


def test_what_each_licence_demands_is_explained_where_it_is_asked(desk):
    page = desk.get(reverse("admin:articles_photo_add")).content.decode()

    assert "Creative Commons" in page
    assert "CC BY 4.0 demands the creator&#x27;s name and the source." in page.replace(
        "&amp;#x27;", "&#x27;"
    )


def test_a_new_original_of_a_photo_is_read_anew():
    photo = make_photo(content=picture(iptc_block=iptc([(BY_LINE, b"A. Name")])))
    assert photo.file_says == {"creator": [["IPTC", "A. Name"]]}

    photo.original = SimpleUploadedFile("x.jpg", jpeg())
    photo.save()

    assert Photo.objects.get().file_says == {}
