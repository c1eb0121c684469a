"""Many photos at once: each taken in or refused by itself, then completed together."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles.admin import photo_upload
from articles.models import Photo
from tests.factories import (
    jpeg,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_user,
)
from tests.pictures import BY_LINE, iptc, picture, xmp

pytestmark = pytest.mark.django_db

UPLOAD = "admin:articles_photo_upload"
COMPLETE = "admin:articles_photo_complete"


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def file(content: bytes, name: str = "x.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(desk, content: bytes, **more):
    """The answer to one file sent by the script."""
    answer = desk.post(
        reverse(UPLOAD),
        {"pictures": file(content)} | more,
        headers={"Accept": "application/json"},
    )
    return json.loads(answer.content)


def complete(desk, photos, for_all=None, **typed):
    """Fill in the form for `photos`: the same words for all, and by `form-0-creator` others."""
    address = f"{reverse(COMPLETE)}?photos={','.join(str(photo.pk) for photo in photos)}"
    page = desk.get(address)
    values = {}
    for form in [page.context["formset"].management_form, *page.context["formset"].forms]:
        for field in form:
            value = field.value()
            values[field.html_name] = "" if value is None else value
    values |= {f"all-{name}": value for name, value in (for_all or {}).items()} | typed
    return desk.post(address, values)


# Taking in


def test_several_files_go_in_at_once_and_the_rest_is_named(desk):
    answer = desk.post(
        reverse(UPLOAD),
        {
            "pictures": [
                file(picture(iptc_block=iptc([(BY_LINE, b"A. Name")])), "one.jpg"),
                file(b"no picture", "broken.jpg"),
                file(jpeg(colour="red"), "two.jpg"),
            ]
        },
        follow=True,
    )

    assert [photo.creator for photo in Photo.objects.order_by("pk")] == ["A. Name", ""]
    assert len(answer.context["formset"].forms) == 2
    [told] = [str(message) for message in answer.context["messages"]]
    assert told.startswith("“broken.jpg”: The file is not a picture")


def test_a_script_sends_one_file_and_hears_what_became_of_it(desk):
    answer = send(desk, picture(iptc_block=iptc([(BY_LINE, b"A. Name")])))

    photo = Photo.objects.get()
    assert answer["photo"]["number"] == photo.pk
    assert answer["photo"]["line"] == "A. Name"
    assert any("no licence" in sentence for sentence in answer["photo"]["problems"])


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(desk):
    answer = send(desk, b"no picture")

    assert answer["photo"] is None
    assert answer["errors"][0].startswith("The file is not a picture")
    assert not Photo.objects.exists()


def test_without_a_file_the_form_says_so(desk):
    page = desk.post(reverse(UPLOAD))

    assert page.status_code == 200
    assert "Choose at least one picture." in page.content.decode()


def test_a_licence_whose_demands_the_file_does_not_meet_is_not_set_but_said(desk):
    answer = send(
        desk, picture(packet=xmp(rights_url="https://creativecommons.org/licenses/by/4.0/"))
    )

    assert Photo.objects.get().licence is None
    assert answer["said"] == ["The file says its licence is CC BY 4.0."]


# The same picture twice


def test_a_picture_of_the_library_is_offered_and_not_taken_in_again(desk):
    there = make_photo(content=jpeg(90, 60), caption="A dam")

    answer = send(desk, jpeg(90, 60))

    assert [card["number"] for card in answer["same"]] == [there.pk]
    assert answer["same"][0]["thumbnail"]
    assert Photo.objects.count() == 1


def test_a_picture_of_the_library_is_taken_in_again_on_demand(desk):
    make_photo(content=jpeg(90, 60))

    assert send(desk, jpeg(90, 60), anyway="1")["photo"]
    assert Photo.objects.count() == 2


def test_without_script_a_picture_of_the_library_is_offered_too(desk):
    there = make_photo(content=jpeg(90, 60), caption="A dam")

    page = desk.post(reverse(UPLOAD), {"pictures": [file(jpeg(90, 60), "dam.jpg")]}, follow=True)

    text = page.content.decode()
    assert "“dam.jpg”: This picture is in the library already." in text
    assert reverse("admin:articles_photo_change", args=[there.pk]) in text
    assert Photo.objects.count() == 1


def test_the_form_for_one_photo_offers_the_same_picture(desk):
    there = make_photo(content=jpeg(90, 60), caption="A dam")
    typed = {"original": file(jpeg(90, 60)), "focal_x": "0.5", "focal_y": "0.5", "alt": "Typed"}

    page = desk.post(reverse("admin:articles_photo_add"), typed)

    assert f'data-number="{there.pk}"' in page.content.decode()
    assert page.context["adminform"].form["alt"].value() == "Typed"
    assert Photo.objects.count() == 1
    again = typed | {"original": file(jpeg(90, 60)), "anyway": "on"}
    desk.post(reverse("admin:articles_photo_add"), again)
    assert Photo.objects.count() == 2


def test_a_photo_may_keep_its_own_picture(desk):
    photo = make_photo(content=jpeg(90, 60))
    address = reverse("admin:articles_photo_change", args=[photo.pk])
    values = {
        "focal_x": "0.5",
        "focal_y": "0.5",
        "creator": "A. Name",
        "original": file(jpeg(90, 60)),
    }

    assert desk.post(address, values).status_code == 302


# Completing


def test_the_same_credit_goes_into_all_photos_that_have_none(desk):
    photos = [make_photo(creator="", source_url="", licence_id=None), make_photo(creator="Kept")]

    complete(desk, photos, {"creator": "A. Name", "licence": "Own work"})

    first, second = Photo.objects.order_by("pk")
    assert (first.creator, first.licence_id) == ("A. Name", "Own work")
    assert (second.creator, second.licence_id) == ("Kept", "CC BY-SA 4.0")


def test_the_same_credit_replaces_another_when_asked_to(desk):
    photos = [make_photo(), make_photo()]

    complete(desk, photos, {"creator": "A. Name", "is_for_all": "on"})

    assert set(Photo.objects.values_list("creator", flat=True)) == {"A. Name"}


def test_each_photo_has_its_own_words(desk):
    photos = [make_photo(), make_photo()]

    complete(desk, photos, **{"form-0-alt": "A dam", "form-1-alt": "A dyke"})

    assert list(Photo.objects.order_by("pk").values_list("alt", flat=True)) == ["A dam", "A dyke"]


def test_what_a_licence_demands_is_asked_for_and_nothing_typed_is_lost(desk):
    photos = [make_photo(creator="", source_url="", licence_id=None)]

    page = complete(desk, photos, **{"form-0-licence": "CC BY 4.0", "form-0-alt": "Typed"})

    [form] = page.context["formset"].forms
    assert set(form.errors) == {"creator", "source_url"}
    assert form["alt"].value() == "Typed"
    assert Photo.objects.get().licence is None


def test_a_licence_the_file_names_is_chosen_beforehand_and_saved(desk):
    packet = xmp(rights_url="https://creativecommons.org/licenses/by/4.0/")
    number = send(desk, picture(packet=packet))["photo"]["number"]
    photo = Photo.objects.get(pk=number)

    typed = {"form-0-creator": "A. Name", "form-0-source_url": "https://photos.example/1"}
    assert complete(desk, [photo], **typed).status_code == 302

    photo.refresh_from_db()
    assert photo.licence_id == "CC BY 4.0"


def test_photos_past_those_of_one_form_follow_in_the_next(desk, monkeypatch):
    monkeypatch.setattr(photo_upload, "AT_ONCE", 2)
    photos = [make_photo() for _ in range(3)]

    answer = complete(desk, photos)

    assert answer.url == f"{reverse(COMPLETE)}?photos={photos[2].pk}"


@pytest.mark.parametrize("number", [2, 12])
def test_the_form_for_many_takes_the_same_queries(desk, django_assert_max_num_queries, number):
    photos = [make_photo() for _ in range(number)]
    address = f"{reverse(COMPLETE)}?photos={','.join(str(photo.pk) for photo in photos)}"
    desk.get(address)

    with django_assert_max_num_queries(10):
        desk.get(address)


@pytest.mark.parametrize("listed", ["", "x", "1,2,", "99999999999999999999", "-1", "٣", "1" * 5000])
def test_an_address_that_names_no_photo_says_so(desk, listed):
    page = desk.get(reverse(COMPLETE), {"photos": listed})

    assert "There is no photo here that you may change." in page.content.decode()


# Who may


@pytest.mark.parametrize("name", [UPLOAD, COMPLETE, "admin:articles_photo_read"])
def test_only_those_with_the_library_get_in(client, name):
    assert client.get(reverse(name)).status_code == 302
    client.force_login(make_user("guest"))
    assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse(name), {"pictures": file(jpeg())}).status_code == 403
    assert not Photo.objects.exists()


def test_what_is_typed_of_other_photos_outlives_one_that_is_deleted_meanwhile(desk):
    gone, photo = make_photo(), make_photo()
    address = f"{reverse(COMPLETE)}?photos={gone.pk},{photo.pk}"
    values = {
        "form-TOTAL_FORMS": 2,
        "form-INITIAL_FORMS": 2,
        "form-0-id": gone.pk,
        "form-0-alt": "Gone",
        "form-1-id": photo.pk,
        "form-1-alt": "A dyke",
        "form-1-source_url": "nonsense",
    }
    gone.delete()

    page = desk.post(address, values)

    assert [form["alt"].value() for form in page.context["formset"]] == ["A dyke"]
    assert "no longer there" in page.content.decode()


def test_a_reporter_does_not_complete_photos_that_readers_get(client):
    client.force_login(make_reporter())
    public, own = make_photo(), make_photo()
    make_publication(lead_photo=public)

    page = client.get(reverse(COMPLETE), {"photos": f"{public.pk},{own.pk}"})

    assert [form.instance for form in page.context["formset"].forms] == [own]


def test_an_upload_needs_the_token_of_the_form():
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(make_editor())

    assert desk.post(reverse(UPLOAD), {"pictures": file(jpeg())}).status_code == 403
    assert not Photo.objects.exists()
