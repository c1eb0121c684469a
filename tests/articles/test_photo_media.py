"""Who gets a file under /media/, and when."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from articles.models import Photo
from tests.factories import (
    JUNE_1,
    jpeg,
    make_article,
    make_author,
    make_editor,
    make_photo,
    make_publication,
    make_user,
)

pytestmark = pytest.mark.django_db


def address(photo: Photo) -> str:
    return photo.renditions.first().file.url


@pytest.fixture
def status(client):
    """What a reader gets for the copies of a photo: one status for all of them."""

    def ask(photo: Photo) -> int:
        found = {client.get(each.file.url).status_code for each in photo.renditions.all()}
        assert len(found) == 1
        return found.pop()

    return ask


class TestReaders:
    def test_get_the_photo_of_a_live_story(self, status):
        photo = make_photo()
        make_publication(lead_photo=photo)
        assert status(photo) == 200

    def test_get_a_photo_in_the_text(self, status):
        photo = make_photo()
        make_publication(body=f'<figure data-photo="{photo.pk}"></figure>')
        assert status(photo) == 200

    def test_do_not_get_a_photo_nobody_used(self, status):
        assert status(make_photo()) == 404

    def test_do_not_get_the_photo_of_a_draft(self, status):
        photo = make_photo()
        make_article(lead_photo=photo)
        assert status(photo) == 404

    def test_do_not_get_a_photo_of_changes_that_wait(self, status):
        story = make_publication()
        photo = make_photo()
        story.article.lead_photo = photo
        story.article.save()
        assert status(photo) == 404
        story.article.publish(by=make_editor())
        assert status(photo) == 200

    def test_get_the_photo_of_a_scheduled_story_from_its_minute_on(self, status):
        photo = make_photo()
        with time_machine.travel(JUNE_1, tick=False) as clock:
            make_publication(lead_photo=photo, at=JUNE_1 + timedelta(minutes=1))
            assert status(photo) == 404
            clock.shift(timedelta(seconds=59))
            assert status(photo) == 404
            clock.shift(timedelta(seconds=1))
            assert status(photo) == 200

    def test_do_not_get_the_photo_of_a_withdrawn_story(self, status):
        photo = make_photo()
        story = make_publication(lead_photo=photo)
        story.article.withdraw("Wrong.", by=make_editor())
        assert status(photo) == 404
        story.article.refresh_from_db()
        story.article.reinstate(by=make_editor())
        assert status(photo) == 200

    def test_still_get_a_photo_that_was_exchanged_in_a_live_story(self, status):
        photo = make_photo()
        story = make_publication(lead_photo=photo)
        story.article.lead_photo = make_photo()
        story.article.save()
        story.article.publish(by=make_editor())
        assert status(photo) == 200  # Pages that somebody keeps still show it.

    def test_get_the_photo_of_an_author_while_a_visible_story_bears_the_name(self, status):
        photo = make_photo()
        make_author("Vera Lund", photo=photo)
        assert status(photo) == 404
        draft = make_article(authors=["Vera Lund"])
        assert status(photo) == 404
        draft.publish(by=make_editor())
        assert status(photo) == 200

    def test_do_not_get_a_photo_whose_rights_are_not_in_force(self, status):
        photo = make_photo()
        make_publication(lead_photo=photo)
        now = timezone.now()
        for field, moment in (("usable_until", now), ("usable_from", now + timedelta(hours=1))):
            Photo.objects.update(usable_from=None, usable_until=None)
            assert status(photo) == 200
            Photo.objects.update(**{field: moment})
            assert status(photo) == 404

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "x",
            "1/full-480-0123456789ab.jpg",
            "99999999999999999999/full-480-0123456789ab.jpg",
            "1/full-480-0123456789ab.jpg%00",
            "%00",
            "../secret_key",
            "%2e%2e/secret_key",
            "..%2f..%2fsecret_key",
            "/etc/passwd",
            "1/../../secret_key",
            "\N{ARABIC-INDIC DIGIT ONE}/full-480-0123456789ab.jpg",
        ],
    )
    def test_get_nothing_for_other_names(self, name, client):
        assert client.get(f"/media/{name}").status_code == 404

    def test_get_nothing_for_a_file_that_no_row_names(self, client, settings):
        photo = make_photo()
        make_publication(lead_photo=photo)
        stray = settings.MEDIA_ROOT / str(photo.pk) / "full-480-0123456789ab.jpg"
        stray.write_bytes(jpeg())
        assert client.get(f"/media/{photo.pk}/{stray.name}").status_code == 404

    def test_get_nothing_for_a_row_without_file(self, client):
        photo = make_photo()
        make_publication(lead_photo=photo)
        rendition = photo.renditions.first()
        rendition.file.storage.delete(rendition.file.name)
        assert client.get(rendition.file.url).status_code == 404


class TestResponse:
    @pytest.fixture
    def photo(self):
        photo = make_photo()
        make_publication(lead_photo=photo)
        photo.make_modern_renditions()
        return photo

    def test_has_the_type_of_the_copy(self, photo, client):
        for rendition in photo.renditions.all():
            response = client.get(rendition.file.url)
            assert response["Content-Type"] == f"image/{rendition.format}"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert len(b"".join(response)) == rendition.size_bytes

    def test_may_be_kept_for_ever_by_any_cache(self, photo, client):
        response = client.get(address(photo))
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert not response.has_header("Vary")
        assert not response.cookies

    def test_may_not_be_kept_beyond_the_rights(self, photo, client):
        with time_machine.travel(JUNE_1 + timedelta(days=1), tick=False):
            Photo.objects.update(usable_until=timezone.now() + timedelta(minutes=1))
            response = client.get(address(photo))
        assert response["Cache-Control"] == "public, max-age=60, immutable"

    def test_of_head_has_no_body(self, photo, client):
        response = client.head(address(photo))
        assert response.status_code == 200
        assert response["Content-Length"] == str(photo.renditions.first().size_bytes)
        assert b"".join(response) == b""

    def test_of_another_method_is_an_error(self, photo, client):
        assert client.post(address(photo)).status_code == 405

    def test_takes_two_queries_even_with_a_session(self, photo, client, django_assert_num_queries):
        client.force_login(make_editor())
        url = address(photo)
        with django_assert_num_queries(2):
            response = client.get(url)
        assert not response.has_header("Vary")

    def test_that_refuses_is_small_and_never_kept(self, photo, client, django_assert_num_queries):
        url = address(photo)
        Photo.objects.update(usable_until=JUNE_1)
        with django_assert_num_queries(3):  # The third asks whether the address has moved.
            response = client.get(url)
        assert (response.status_code, response.content) == (404, b"")
        assert response["Cache-Control"] == "no-store"


class TestDesk:
    def test_sees_a_photo_that_readers_may_not(self, client):
        photo = make_photo()
        client.force_login(make_user("reporter", "Reporter"))
        response = client.get(address(photo))
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"

    def test_sees_it_only_with_the_right_to(self, client):
        photo = make_photo()
        client.force_login(make_user("guest"))
        assert client.get(address(photo)).status_code == 404
