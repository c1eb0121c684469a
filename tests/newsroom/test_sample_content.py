"""The outlet of the demo: put in once, by the same rules as any other, and complete."""

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from articles.models import (
    Article,
    Author,
    FrontPageSlot,
    Outlet,
    Page,
    Photo,
    Publication,
    Section,
    Standing,
    Tag,
)
from articles.publishing import problems_of
from donations.models import Appeal, ContributionRules, CurrencyRule
from newsroom import sample_content

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    pass


@pytest.fixture
def _without_sized_copies(monkeypatch):
    monkeypatch.setattr(Photo, "_sized_copies", lambda *args: [])


def counts() -> list[int]:
    stories = [Article, Author, FrontPageSlot, Outlet, Page, Photo, Publication, Section, Tag, User]
    giving = [Appeal, ContributionRules, CurrencyRule]
    return [model.objects.count() for model in [*stories, *giving]]


@pytest.mark.usefixtures("_without_sized_copies")
def test_it_goes_in_once_and_whole_even_when_a_start_was_killed(monkeypatch):
    publish = sample_content._publish

    def publish_some(story, *args):
        if Publication.objects.count() == 3:
            raise Killed
        publish(story, *args)

    with monkeypatch.context() as patch:
        patch.setattr(sample_content, "_publish", publish_some)
        with pytest.raises(Killed):
            sample_content.load()
    assert not sample_content.is_loaded()
    sample_content.load()

    assert not Outlet.load().needs_second_factor  # Its logins are a name and a password.
    stories = Publication.objects.visible()
    assert stories.count() >= 24
    assert Photo.objects.count() >= 20
    assert stories.values("section").distinct().count() >= 6
    assert set(stories.values_list("kind", flat=True)) >= {
        "news",
        "opinion",
        "analysis",
        "explainer",
        "interview",
        "gallery",
        "live",
    }
    assert not stories.filter(tags=None).exists()
    assert not stories.filter(body__contains="story:").exists()
    assert stories.filter(body__contains="<figure").exists()
    assert {article.state for article in Article.objects.all()} == set(Standing) - {"withdrawn"}
    assert Article.objects.filter(Standing.with_changes()).count() == 1
    assert not any(problems_of(article) for article in Article.objects.exclude(stage="draft"))
    assert set(Appeal.objects.current().values_list("placement", flat=True)) == {
        "strip",
        "top",
        "article_end",
        "front_page",
    }
    assert ContributionRules.load().safety_notice
    assert_russian_is_there()
    assert sample_content.is_loaded()

    before = counts()
    sample_content.load()
    assert counts() == before


def assert_russian_is_there():
    """Stories, some of them translations, and all that surrounds them."""
    russian = Publication.objects.visible().in_language("ru")
    english = Publication.objects.visible().in_language("en")
    assert russian.count() >= 4
    assert russian.filter(translation_key__in=english.values("translation_key")).count() == 3
    assert Outlet.load().said("tagline", "ru") != Outlet.load().tagline
    assert all(section.said("name", "ru") != section.name for section in Section.objects.all())
    assert set(Page.objects.filter(language="ru").values_list("slug", flat=True)) >= {
        "about",
        "ethics",
        "privacy",
    }
    assert set(Appeal.objects.current().in_language("ru").values_list("placement", flat=True)) == {
        *Appeal.Placement.values
    }
    with translation.override("ru"):
        assert ContributionRules.load().words().safety_notice.startswith("В Орлении")


def test_the_printed_logins_open_the_desk(client):
    sample_content._add_users()

    for name, password, groups in sample_content.LOGINS:
        assert client.login(username=name, password=password)
        assert client.get("/admin/").status_code == 200
        user = User.objects.get(username=name)
        assert user.is_superuser == (not groups)
