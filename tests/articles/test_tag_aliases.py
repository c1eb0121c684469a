"""Other names of a tag: whoever types one means that tag."""

import pytest
from django.core.exceptions import ValidationError

from articles.admin.widgets import TagsField
from articles.importing.names import find_or_make
from articles.models import Publication, Redirect, Tag, TagAlias
from tests.articles.import_lines import imported
from tests.desk import press
from tests.factories import make_article, make_editor, make_publication, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def make_alias(name, tag):
    return TagAlias.objects.create(name=name, tag=make_tag(tag))


def rows(*names):
    """The rows of other names in the form of a tag."""
    values = {"aliases-TOTAL_FORMS": len(names), "aliases-INITIAL_FORMS": 0}
    return values | {f"aliases-{number}-name": name for number, name in enumerate(names)}


def save_tag(desk, tag, *aliases, **changes):
    values = {"name": tag.name, "slug": tag.slug, "kind": tag.kind, "description": ""}
    return desk.post(f"/admin/articles/tag/{tag.pk}/change/", values | changes | rows(*aliases))


class TestInTheTagsField:
    def test_it_means_its_tag_whatever_its_capitals(self):
        make_alias("SLR", "Sea level")

        assert TagsField().clean(["slr", "Water", "sea level"]) == ["Sea level", "Water"]

    def test_who_may_not_add_tags_may_type_it(self):
        make_alias("SLR", "Sea level")

        assert TagsField(may_add=False).clean(["SLR"]) == ["Sea level"]

    def test_a_story_gets_the_tag(self, desk):
        make_alias("SLR", "Sea level")
        article = make_article()

        press(desk, "_save", article, tags=["SLR"])

        assert [tag.name for tag in article.tags.all()] == ["Sea level"]
        assert not Tag.objects.filter(name="SLR").exists()

    def test_it_is_offered_with_its_tag(self, desk):
        make_alias("Fog", "Mist")

        results = desk.get("/admin/articles/article/tags/", {"term": "fo"}).json()["results"]

        assert results == [{"id": "Mist", "text": "Mist (Fog)"}]


class TestInAnImport:
    def test_it_means_its_tag(self):
        tag = make_alias("SLR", "Sea level").tag

        assert find_or_make(Tag, ["slr"])["slr"].number == tag.pk

    def test_a_line_with_both_names_gets_the_tag_once(self):
        make_alias("SLR", "Sea level")

        imported(tags=["SLR", "Sea level", "Water"])

        names = [tag.name for tag in Publication.objects.get().tags.all()]
        assert sorted(names) == ["Sea level", "Water"]


class TestInTheFormOfATag:
    def test_an_address_that_no_page_could_have_is_refused(self, desk):
        tag = make_tag("Water")

        page = save_tag(desk, tag, slug="вода")

        assert "slug" in page.context["adminform"].form.errors
        assert Tag.objects.get().slug == "water"

    def test_it_is_kept(self, desk):
        save_tag(desk, make_tag("Mist"), "Fog", "Haze")

        assert [alias.name for alias in TagAlias.objects.all()] == ["Fog", "Haze"]

    @pytest.mark.parametrize(
        ("names", "sentence"),
        [
            (["water"], "There is a tag of this name"),
            (["mist"], "the name of the tag itself"),
            (["Fog", "fog"], "stands here twice"),
            (["SLR"], "stands for a tag already"),
        ],
    )
    def test_a_name_that_means_something_else_is_refused(self, desk, names, sentence):
        make_tag("Water")
        make_alias("slr", "Sea level")

        response = save_tag(desk, make_tag("Mist"), *names)

        assert sentence in response.content.decode()
        assert TagAlias.objects.count() == 1

    def test_a_tag_cannot_be_called_what_means_another(self, desk):
        make_alias("Fog", "Mist")

        response = save_tag(desk, make_tag("Water"), name="fog")

        assert "another name of “Mist”" in response.content.decode()

    def test_a_tag_may_be_renamed_and_keep_its_old_name_as_another(self, desk):
        tag = make_tag("Mist")

        save_tag(desk, tag, "Mist", name="Fog")

        tag.refresh_from_db()
        assert (tag.name, [str(alias) for alias in tag.aliases.all()]) == ("Fog", ["Mist"])


class TestMerging:
    def test_makes_the_name_another_name_of_the_other(self):
        mist = make_alias("Haze", "Mist").tag
        fog = make_tag("Fog")
        publication = make_publication(tags=["Mist"])

        mist.merge_into(fog)

        assert [alias.name for alias in fog.aliases.all()] == ["Haze", "Mist"]
        assert list(publication.tags.all()) == [fog]
        assert Redirect.objects.target_of("/theme/mist") == "/theme/fog"
        assert TagsField().clean(["mist"]) == ["Fog"]

    def test_of_two_spellings_leaves_no_other_name(self):
        other = make_tag("Mist")
        double = Tag.objects.create(name="MIST")

        double.merge_into(other)

        assert not TagAlias.objects.exists()


def test_an_alias_is_unique_whatever_its_capitals():
    make_alias("Fog", "Mist")

    with pytest.raises(ValidationError, match="stands for a tag already"):
        TagAlias(name="FOG", tag=make_tag("Water")).full_clean()
