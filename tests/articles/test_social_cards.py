"""What is shown elsewhere for a link to a page: Open Graph and cards."""

import io

import pytest
from django.core.management import call_command
from PIL import Image

from articles.models import Outlet, Photo, Rendition
from articles.social_card import locale_of
from articles.tasks import make_sharing_renditions
from tests.articles.machine_readable import shared_by
from tests.factories import JUNE_1, jpeg, make_author, make_photo, make_publication
from tests.pictures import mark_png
from tests.reading import read

pytestmark = pytest.mark.django_db

NEEDED = {"og:type", "og:title", "og:url", "og:image", "og:image:alt", "og:locale", "og:site_name"}


def get(client, publication):
    return client.get(publication.get_absolute_url())


def test_a_story_is_shared_with_all_that_is_known_of_it(client, settings):
    photo = make_photo(content=jpeg(1500, 1000), alt="A dyke")
    publication = make_publication(
        headline="Dyke “holds” & stands",
        standfirst="For one more night.",
        lead_photo=photo,
        tags=["Water", "Dykes"],
        authors=["Ann Ash", "Bo Birk"],
    )
    publication.article.publish(by=None, is_significant=True)
    publication.refresh_from_db()

    said = shared_by(get(client, publication))

    share = photo.renditions.get(crop="share")
    assert {name: said[name] for name in said if name.startswith(("og:", "article:"))} == {
        "og:type": ["article"],
        "og:site_name": ["Newsroom"],
        "og:title": ["Dyke “holds” & stands"],
        "og:description": ["For one more night."],
        "og:url": [f"{settings.SITE_URL}{publication.get_absolute_url()}"],
        "og:locale": ["en_US"],
        "og:image": [f"{settings.SITE_URL}{share.file.url}"],
        "og:image:width": ["1200"],
        "og:image:height": ["630"],
        "og:image:alt": ["A dyke"],
        "article:published_time": [JUNE_1.isoformat()],
        "article:modified_time": [publication.updated_at.isoformat(timespec="seconds")],
        "article:section": ["World"],
        "article:tag": ["Dykes", "Water"],
        "article:author": [
            f"{settings.SITE_URL}/author/ann-ash",
            f"{settings.SITE_URL}/author/bo-birk",
        ],
    }
    assert said["twitter:card"] == ["summary_large_image"]


def test_every_page_is_shared_with_title_address_and_picture(client, settings):
    make_publication(tags=["Water"])
    paths = ["/", "/world", "/theme/water", "/author/mara-quist", "/archive/2026/06"]
    for path in [*paths, "/corrections", "/contribute", "/newsletter"]:
        response = client.get(path)
        said = shared_by(response)
        assert said.keys() >= NEEDED
        assert said["og:url"] == [f"{settings.SITE_URL}{path}"]
        assert all(len(said[name]) == 1 and said[name][0] for name in NEEDED)
        [picture] = said["og:image"]
        assert picture.startswith(f"{settings.SITE_URL}/static/")


def test_an_author_is_shared_with_their_portrait(client, settings):
    photo = make_photo(alt="Mara at work")
    make_author("Mara Quist", photo=photo)
    make_publication()

    said = shared_by(client.get("/author/mara-quist"))

    square = photo.renditions.get(crop="square")
    assert said["og:type"] == ["profile"]
    assert said["og:image"] == [f"{settings.SITE_URL}{square.file.url}"]
    assert said["twitter:card"] == ["summary"]


def test_a_story_without_a_photo_is_shared_with_the_outlets_mark(client, settings):
    outlet = Outlet.objects.create(pk=1, name="The Tide", mark=mark_png())

    said = shared_by(get(client, make_publication()))

    assert said["og:image"] == [f"{settings.SITE_URL}{outlet.icon('share')}"]
    assert said["og:image:alt"] == ["The Tide"]
    assert (said["og:image:width"], said["og:image:height"]) == (["1200"], ["630"])


def test_a_photo_that_may_distress_is_not_sent_into_feeds(client):
    photo = make_photo()
    said = shared_by(get(client, make_publication(lead_photo=photo, is_sensitive=True)))

    assert f"/media/{photo.pk}/" not in said["og:image"][0]
    assert said["twitter:card"] == ["summary"]
    assert said["robots"] == ["max-image-preview:none"]


def test_other_pages_let_search_engines_show_a_large_picture(client):
    assert shared_by(get(client, make_publication()))["robots"] == ["max-image-preview:large"]


def test_a_card_names_the_other_languages_of_a_story(client):
    english = make_publication()
    russian = make_publication(language="ru", translation_key=english.translation_key)

    said = shared_by(get(client, russian))

    assert (said["og:locale"], said["og:locale:alternate"]) == (["ru_RU"], ["en_US"])


@pytest.mark.parametrize(
    ("language", "locale"), [("en", "en_US"), ("ru", "ru_RU"), ("pt-br", "pt_BR"), ("ar", "ar_EG")]
)
def test_a_language_is_named_with_a_country(language, locale):
    assert locale_of(language) == locale


def test_the_preview_of_a_story_has_no_card(admin_client):
    article = make_publication().article

    page = admin_client.get(f"/admin/articles/article/{article.pk}/preview/")

    assert page.status_code == 200
    assert not [name for name in shared_by(page) if name.startswith("og:")]
    assert not [link for link in read(page).all("link") if link["rel"] == "canonical"]


class TestOlderPhotos:
    def make(self) -> Photo:
        """A photo as it was taken in before there was a copy for links."""
        photo = make_photo(content=jpeg(1500, 1000))
        for rendition in photo.renditions.filter(crop="share"):
            rendition.delete()
        return photo

    def test_until_they_have_their_copy_the_whole_photo_is_shared(self, client):
        photo = self.make()
        said = shared_by(get(client, make_publication(lead_photo=photo)))

        assert said["og:image"][0].endswith(photo.renditions.filter(crop="full").last().file.url)

    def test_the_command_makes_their_copy_once(self, client):
        photo, whole = self.make(), make_photo()
        call_command("make_sharing_renditions")
        [made] = photo.renditions.filter(crop="share")
        assert (made.format, made.width_px, made.height_px) == ("jpeg", 1200, 630)
        with Image.open(io.BytesIO(made.file.read())) as picture:
            assert picture.size == (1200, 630)
        before = set(Rendition.objects.values_list("pk", flat=True))

        make_sharing_renditions()

        assert set(Rendition.objects.values_list("pk", flat=True)) == before
        assert whole.renditions.filter(crop="share").count() == 1

    def test_one_whose_original_is_lost_keeps_no_other_from_its_copy(self):
        lost, photo = self.make(), self.make()
        lost.original.storage.delete(lost.original.name)

        make_sharing_renditions()

        assert photo.renditions.filter(crop="share").exists()
        assert not lost.renditions.filter(crop="share").exists()
