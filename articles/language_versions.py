"""The same page in other languages, for search engines to offer the right one.

A page has a version in a language where it would not be empty there; on a site of one language
nothing is asked or said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from articles.addresses import absolute
from articles.months import bounds_of

if TYPE_CHECKING:
    from articles.furniture import Furniture
    from articles.models import Page
    from articles.models.publication import PublicationQuerySet
    from articles.story import Story

ANY_OTHER = "x-default"  # What a reader of a language that is not there is offered.


@dataclass(frozen=True)
class Version:
    """A page in one language, by its full address."""

    language: str
    address: str


def codes() -> list[str]:
    """The languages of the site, in its order."""
    return [code for code, _name in settings.LANGUAGES]


def languages_of(stories: PublicationQuerySet) -> list[str]:
    """In which languages there is at least one of `stories`; one query, however many there are."""
    if len(codes()) == 1:
        return codes()
    firsts = [stories.in_language(code).order_by().values_list("language")[:1] for code in codes()]
    found = {code for (code,) in firsts[0].union(*firsts[1:], all=True)}
    return [code for code in codes() if code in found]


def versions_of(site: Furniture, thing: Any) -> list[Version]:
    """All versions of the page about `thing`, this one included; none where there is but one.

    `thing` is a story, a section, a theme, an author, a month of the archive as its first day, a
    standing page, or the name of an address that every language has. What follows in a long list
    has no counterpart in another language.
    """
    from articles.models import Author, Page, Publication, Section, Tag
    from articles.story import Story

    if site.before or len(codes()) == 1:
        return []
    match thing:
        case Story():
            versions = _of_story(thing)
        case Page():
            versions = _of_page(thing)
        case Section():
            languages = site.languages_of_section(thing)
            versions = _at(languages, thing.get_absolute_url)
        case Tag():
            stories = Publication.objects.visible().about(thing)
            versions = _at(languages_of(stories), thing.get_absolute_url)
        case Author():
            stories = Publication.objects.visible().by_author(thing)
            versions = _at(languages_of(stories), thing.get_absolute_url)
        case date():
            stories = Publication.objects.visible().between(*bounds_of(thing))
            path = partial(reverse, "articles:archive", args=[thing])
            versions = _at(languages_of(stories), path)
        case _:
            versions = _at(site.languages, lambda: reverse(thing))
    return _with_any_other(versions) if len(versions) > 1 else []


@dataclass(frozen=True)
class Choice:
    """Another language of the site, and where the reader of this page goes on in it."""

    language: str
    name: str
    path: str


def other_languages(site: Furniture) -> list[Choice]:
    """For the reader to choose from: this page where it has a version, else the front page."""
    here = translation.get_language()
    names = dict(settings.LANGUAGES)
    known = {version.language: version.address for version in site.versions}
    return [
        Choice(
            front.language,
            names[front.language],
            known.get(front.language, front.address).removeprefix(settings.SITE_URL),
        )
        for front in _at(site.languages, _front_page)
        if front.language != here
    ]


def _front_page() -> str:
    return reverse("articles:front_page")


def _of_story(story: Story) -> list[Version]:
    if not story.url:
        return []
    paths = {each.language: each.url for each in story.translations} | {story.language: story.url}
    return [Version(code, absolute(paths[code])) for code in codes() if code in paths]


def _of_page(page: Page) -> list[Version]:
    """Pages of the same address, or that tell the same, are versions of each other."""
    same = Q(slug=page.slug) | (Q(tells=page.tells) if page.tells else Q())
    others = type(page).objects.filter(same, is_public=True).order_by("-position").defer("body")
    found = {each.language: each for each in others} | {page.language: page}
    return [
        Version(code, absolute(found[code].get_absolute_url())) for code in codes() if code in found
    ]


def _at(languages: Iterable[str], path_here: Callable[[], str]) -> list[Version]:
    versions = []
    for code in languages:
        with translation.override(code):
            versions.append(Version(code, absolute(path_here())))
    return versions


def _with_any_other(versions: list[Version]) -> list[Version]:
    return [*versions, Version(ANY_OTHER, versions[0].address)]
