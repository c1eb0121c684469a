"""What a page offers a browser of a photo."""

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from articles.models import Photo
from articles.picture import picture_of
from tests.factories import jpeg, make_photo, make_publication

pytestmark = pytest.mark.django_db


def printed(photo: Photo, arguments: str = '"full"') -> str:
    template = Template(f"{{% load picture_tags %}}{{% picture photo {arguments} %}}")
    return template.render(Context({"photo": photo}))


def test_every_format_is_offered_the_smallest_files_first():
    photo = make_photo()
    photo.make_modern_renditions()
    picture = picture_of(photo, "card")
    assert [each.type for each in picture.alternatives] == ["image/avif", "image/webp"]
    html = printed(photo, '"card"')
    assert html.index("image/avif") < html.index("image/webp") < html.index("<img")


def test_only_what_exists_is_offered():
    picture = picture_of(make_photo(), "card")
    assert picture.alternatives == ()
    assert picture.url.endswith(".jpg")


def test_a_format_that_lacks_a_width_is_not_offered():
    photo = make_photo(content=jpeg(900, 600))
    photo.make_modern_renditions()
    photo.renditions.filter(format="avif", crop="card", width_px=400).delete()
    picture = picture_of(photo, "card")
    assert [each.type for each in picture.alternatives] == ["image/webp"]


def test_widths_and_measures_are_those_of_the_files():
    photo = make_photo(content=jpeg(900, 600))
    picture = picture_of(photo, "full")
    assert [part.split()[1] for part in picture.srcset.split(", ")] == ["480w", "800w"]
    assert (picture.width_px, picture.height_px) == (800, 533)
    assert picture.url in picture.srcset


def test_the_page_gives_sizes_and_the_words_for_what_is_to_be_seen():
    photo = make_photo(alt="A boat & a <quay>")
    html = printed(photo, '"full" sizes="50vw"')
    assert 'alt="A boat &amp; a &lt;quay&gt;"' in html
    assert 'sizes="50vw"' in html
    assert 'alt="Of this use"' in printed(photo, '"full" alt="Of this use"')
    assert 'alt=""' in printed(photo, '"full" alt=""')


def test_only_the_first_picture_of_a_page_is_loaded_at_once():
    photo = make_photo()
    assert 'loading="lazy"' in printed(photo)
    assert "fetchpriority" not in printed(photo)
    assert 'fetchpriority="high"' in printed(photo, '"full" priority=True')
    assert "lazy" not in printed(photo, '"full" priority=True')


def test_a_photo_without_copies_prints_nothing():
    photo = make_photo()
    photo.renditions.all().delete()
    assert printed(photo).strip() == ""


def test_a_photo_whose_rights_are_not_in_force_prints_nothing():
    photo = make_photo()
    photo.usable_until = timezone.now()
    assert printed(photo).strip() == ""
    photo.usable_until, photo.usable_from = None, timezone.now() + timedelta(minutes=1)
    assert printed(photo).strip() == ""


def test_prefetched_copies_cost_no_query(django_assert_num_queries):
    for _number in range(3):
        make_publication(lead_photo=make_photo())
    photos = list(Photo.objects.with_sizes())
    with django_assert_num_queries(0):
        for photo in photos:
            assert "<picture>" in printed(photo, '"card"')


def test_machines_are_given_one_file():
    photo = make_photo()
    template = Template(
        '{% load picture_tags %}{% picture_file photo "full" as file %}{{ file.url }}'
    )
    assert template.render(Context({"photo": photo})) == picture_of(photo, "full").url
