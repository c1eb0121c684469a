"""Slugs, and old addresses that live on."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.models import Redirect, Section, Tag
from articles.slugs import SLUG_LENGTH, slug_of
from tests.factories import (
    make_article,
    make_author,
    make_editor,
    make_publication,
    make_section,
    make_tag,
)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Rivers Rise, Again", "rivers-rise-again"),
        ("Москва", "moskva"),
        ("Ўзбекистон", "uzbekiston"),
        ("東京", "dongjing"),
        ("Łódź – naïve", "lodz-naive"),
        ("!!!", "story"),
        ("a_b", "a-b"),
    ],
)
def test_a_slug_is_made_from_any_script(text, slug):
    assert slug_of(text, fallback="story") == slug


def test_a_long_slug_is_cut_at_a_word():
    slug = slug_of("dyke " * 60, fallback="story")

    assert len(slug) <= SLUG_LENGTH
    assert slug.endswith("dyke")


@pytest.mark.django_db
class TestTags:
    def test_merging_keeps_stories_and_the_old_address_alive(self, client):
        old, new = make_tag("Floods"), make_tag("Flood")
        publication = make_publication(tags=["Floods"])
        both = make_publication(tags=["Floods", "Flood"])

        old.merge_into(new)

        assert not Tag.objects.filter(name="Floods").exists()
        assert list(publication.tags.all()) == [new]
        assert list(both.tags.all()) == [new]
        assert set(publication.article.tags.all()) == {new}
        response = client.get("/theme/floods")
        assert (response.status_code, response["Location"]) == (301, "/theme/flood")

    def test_merging_twice_leads_to_the_last_one(self, client):
        first, second, third = make_tag("One"), make_tag("Two"), make_tag("Three")
        make_publication(tags=["One"])
        first.merge_into(second)
        second.merge_into(third)

        assert client.get("/theme/one")["Location"] == "/theme/three"
        assert client.get("/theme/two")["Location"] == "/theme/three"

    def test_a_tag_cannot_be_merged_into_itself(self):
        tag = make_tag("Floods")
        with pytest.raises(ValueError, match="itself"):
            tag.merge_into(tag)

    def test_two_tags_whose_names_read_alike_get_addresses_of_their_own(self):
        assert make_tag("Москва").slug == "moskva"
        assert make_tag("Moskva").slug == "moskva-1"


@pytest.mark.django_db
class TestOldAddresses:
    def test_a_renamed_section_answers_at_its_old_address(self, client):
        section = make_section("World")
        make_publication(section=section)
        section.slug = "abroad"
        section.save()

        assert client.get("/world")["Location"] == "/abroad"
        assert client.get("/ru/world")["Location"] == "/ru/abroad"

    def test_a_renamed_author_answers_at_the_old_address(self, client):
        author = make_author("Ada Zorn")
        make_publication(authors=["Ada Zorn"])
        author.slug = "a-zorn"
        author.save()

        assert client.get("/author/ada-zorn")["Location"] == "/author/a-zorn"

    def test_an_address_of_the_time_before_leads_to_its_story(self, client):
        publication = make_publication()
        Redirect.objects.create(old_path="/news.php?id=7", article=publication.article)

        response = client.get("/news.php?id=7")

        assert response.status_code == 301
        assert response["Location"] == publication.get_absolute_url()
        assert client.get("/news.php?id=8").status_code == 404

    def test_an_old_address_of_what_nobody_can_see_is_unknown(self, client):
        article = make_article(tags=["Secret"])
        withdrawn = make_publication().article
        withdrawn.withdraw("Reason", by=make_editor())
        make_tag("Secret").merge_into(make_tag("Secrets"))
        Redirect.objects.create(old_path="/draft", article=article)
        Redirect.objects.create(old_path="/gone", article=withdrawn)

        section, author = make_section("Secret"), make_author("Secret")
        for record in (section, author):
            record.slug = "renamed"
            record.save()

        for path in ("/theme/secret", "/draft", "/gone", "/secret", "/author/secret"):
            assert client.get(path).status_code == 404

    def test_only_reading_is_led_on(self, client):
        Redirect.objects.create(old_path="/old", article=make_publication().article)

        assert client.head("/old").status_code == 301
        assert client.post("/old").status_code == 405

    def test_an_old_address_has_exactly_one_target(self):
        with pytest.raises(ValidationError, match="exactly one target"):
            Redirect(old_path="/x").full_clean()
        with pytest.raises(IntegrityError), transaction.atomic():
            Redirect.objects.create(old_path="/x", tag=make_tag("A"), section=make_section())


@pytest.mark.parametrize("slug", ["admin", "theme", "search", "ru", "en", "feed", "media"])
def test_a_section_cannot_take_an_address_of_the_site(slug):
    with pytest.raises(ValidationError, match="Choose another"):
        Section(name="World", slug=slug).clean_fields()
