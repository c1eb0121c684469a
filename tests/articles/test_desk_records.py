"""Photos, tags and the other records at the desk."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from articles.models import Author, Licence, Outlet, Photo, Redirect, Tag
from tests.desk import form_values
from tests.factories import (
    jpeg,
    make_article,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_tag,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def reporters_desk(client):
    client.force_login(make_reporter())
    return client


# Photos


def test_a_photo_is_uploaded_with_its_attribution(desk):
    desk.post(
        reverse("admin:articles_photo_add"),
        {
            "original": SimpleUploadedFile("x.jpg", jpeg(900, 600)),
            "caption": "A dam",
            "alt": "A dam seen from above",
            "creator": "Kalabaha1969",
            "source_url": "https://photos.example/dam",
            "licence": "CC BY-SA 4.0",
            "focal_x": "0.5",
            "focal_y": "0.5",
        },
    )

    photo = Photo.objects.get()
    assert (photo.width_px, photo.height_px) == (900, 600)
    page = desk.get(reverse("admin:articles_photo_change", args=[photo.pk])).content.decode()
    assert "A dam. Kalabaha1969 (CC BY-SA 4.0)" in page
    assert 'class="preview"' in page


def test_a_file_that_is_no_picture_is_refused_at_its_field(desk):
    page = desk.post(
        reverse("admin:articles_photo_add"),
        {
            "original": SimpleUploadedFile("x.jpg", b"no picture at all"),
            "focal_x": "0.5",
            "focal_y": "0.5",
        },
    )

    assert page.context["adminform"].form.errors["original"]
    assert not Photo.objects.exists()


def test_a_published_photo_keeps_its_credit_and_licence(desk):
    photo = make_photo()
    address = reverse("admin:articles_photo_change", args=[photo.pk])
    without = {"creator": "", "agency": "", "licence": "", "source_url": ""}
    make_publication(lead_photo=photo)

    page = desk.post(address, form_values(desk.get(address)) | without)

    assert page.context["adminform"].form.errors.keys() == {"creator", "licence"}
    photo.refresh_from_db()
    assert photo.licence is not None


def test_the_form_of_a_photo_says_where_it_is_used(desk):
    photo = make_photo()
    make_publication(headline="Rivers rise", lead_photo=photo)
    Author.objects.create(name="Mara Quist", slug="mara", photo=photo)

    page = desk.get(reverse("admin:articles_photo_change", args=[photo.pk])).content.decode()

    assert "Rivers rise</a> (lead photo, published with it; Live)" in page
    assert "Mara Quist</a> (author)" in page


@pytest.mark.parametrize("in_text", [True, False])
def test_a_photo_in_use_cannot_be_deleted(desk, in_text):
    photo = make_photo()
    figure = f'<figure data-photo="{photo.pk}"></figure>'
    make_article(**({"body": figure} if in_text else {"lead_photo": photo}))
    address = reverse("admin:articles_photo_delete", args=[photo.pk])

    page = desk.post(address, {"post": "yes"}, follow=True)

    assert Photo.objects.exists()
    assert "would require deleting the following protected" in page.content.decode()


def test_a_photo_nobody_uses_can_be_deleted(desk):
    photo = make_photo()

    desk.post(reverse("admin:articles_photo_delete", args=[photo.pk]), {"post": "yes"})

    assert not Photo.objects.exists()


def test_photos_are_found_by_rights_and_words(desk):
    listed = reverse("admin:articles_photo_changelist")
    ended = make_photo(usable_until=timezone.now() - timedelta(days=1))
    later = make_photo(usable_from=timezone.now() + timedelta(days=1))
    plain = make_photo(agency="AP / TASS")
    nameless = make_photo(creator="", source_url="", licence_id=None)

    def found(**query):
        return set(desk.get(listed, query).context["cl"].result_list)

    assert found(rights="ended") == {ended}
    assert found(rights="later") == {later}
    assert found(rights="usable") == {plain, nameless}
    assert found(rights="no-credit") == {nameless}
    assert found(q="TASS") == {plain}


def test_the_card_of_a_photo_says_what_is_wrong_with_it(desk):
    photo = make_photo(creator="", source_url="", licence_id=None)

    card = desk.get(reverse("admin:articles_photo_card", args=[photo.pk])).json()

    assert card["thumbnail"].startswith("/media/")
    assert "has no credit" in card["problems"][0]


# Tags


def test_merging_a_tag_moves_its_stories_and_its_address(desk, client):
    old, new = make_tag("Kazakstan"), make_tag("Kazakhstan")
    publication = make_publication(tags=["Kazakstan"])
    old_address = old.get_absolute_url()

    page = desk.post(reverse("admin:articles_tag_merge", args=[old.pk]), {"other": new.pk})

    assert page.status_code == 302
    assert list(publication.tags.all()) == [new]
    client.logout()
    response = client.get(old_address)
    assert (response.status_code, response["Location"]) == (301, new.get_absolute_url())


def test_a_tag_is_not_merged_into_itself(desk):
    tag = make_tag("Water")

    page = desk.post(reverse("admin:articles_tag_merge", args=[tag.pk]), {"other": tag.pk})

    assert "cannot be merged into itself" in page.content.decode()
    assert Tag.objects.exists()


def test_a_tag_of_the_same_name_in_other_capitals_is_refused(desk):
    Tag.objects.create(name="Water", slug="water")
    values = {"name": "WATER", "slug": "water-2", "kind": "topic"}

    page = desk.post(reverse("admin:articles_tag_add"), values)

    assert "There is a tag of this name already." in page.content.decode()
    assert Tag.objects.count() == 1


def test_a_reporter_merges_nothing(client):
    client.force_login(make_reporter())
    tag = make_tag("Water")

    assert client.get(reverse("admin:articles_tag_merge", args=[tag.pk])).status_code == 403


# The others


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_list_could_show_is_refused(desk, settings, day):
    settings.TIME_ZONE = "America/New_York"
    address = reverse("admin:articles_frontpageslot_add")
    values = {"picked": make_article().pk, "position": "1", "until_0": day, "until_1": "23:59"}

    page = desk.post(address, values)

    assert "The year must lie between" in page.content.decode()
    assert desk.get(reverse("admin:articles_frontpageslot_changelist")).status_code == 200


def test_there_is_one_outlet_and_its_list_is_its_form(client):
    client.force_login(User.objects.create_superuser("admin"))
    listed = reverse("admin:articles_outlet_changelist")
    Outlet.objects.all().delete()

    first = client.get(listed)
    assert first["Location"] == reverse("admin:articles_outlet_add")
    client.post(first["Location"], form_values(client.get(first["Location"])) | {"name": "Ours"})

    assert client.get(listed)["Location"] == reverse("admin:articles_outlet_change", args=[1])
    assert client.get(reverse("admin:articles_outlet_add")).status_code == 403
    assert Outlet.load().name == "Ours"


def test_a_redirect_without_target_is_refused(desk):
    page = desk.post(reverse("admin:articles_redirect_add"), {"old_path": "/old"})

    assert "exactly one target" in page.content.decode()
    assert not Redirect.objects.exists()


def test_the_code_of_a_licence_is_not_changed(client):
    client.force_login(User.objects.create_superuser("admin"))
    licence = Licence.objects.first()

    page = client.get(reverse("admin:articles_licence_change", args=[licence.pk]))

    assert 'name="code"' not in page.content.decode()


def test_background_jobs_are_not_shown_to_the_newsroom(desk):
    assert "procrastinate" not in desk.get("/admin/").content.decode().lower()


def test_a_reporter_cannot_change_a_photo_that_readers_get(reporters_desk):
    photo = make_photo(caption="Before")
    make_publication(lead_photo=photo)
    address = reverse("admin:articles_photo_change", args=[photo.pk])

    assert reporters_desk.post(address, {"caption": "After"}).status_code == 403
    assert 'name="caption"' not in reporters_desk.get(address).content.decode()


def test_a_reporter_can_change_a_photo_that_nobody_gets_yet(reporters_desk):
    photo = make_photo()
    make_article(lead_photo=photo)

    page = reporters_desk.get(reverse("admin:articles_photo_change", args=[photo.pk]))

    assert 'name="caption"' in page.content.decode()


@pytest.mark.parametrize("query", ["?kind=%00", "?q=%00"])
def test_a_nul_in_a_query_of_the_desk_is_refused(desk, query):
    assert desk.get(f"/admin/articles/article/{query}").status_code == 400
