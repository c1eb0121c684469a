"""What surrounds every public page: breaking news, the outlet, its navigation, its pages."""

from typing import Self

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.functional import cached_property
from django.utils.translation import get_language

from articles.caching import is_continued
from articles.language_versions import Choice, Version, languages_of, other_languages
from articles.models import Banner, Outlet, Page, Publication, Section
from articles.newsletter import consent
from articles.pagination import NUMBER


class Shared:
    """What every page of a language has; four queries, each made when a template first asks."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def outlet(self) -> Outlet:
        return Outlet.load().in_language(self.language)

    @cached_property
    def banner(self) -> Banner | None:
        """The newest that stands now, in the language of the page."""
        banners = Banner.objects.current().filter(language=self.language)
        return banners.with_addresses().first()

    @cached_property
    def sections(self) -> list[Section]:
        """Those in which a story stands that readers of this language may see."""
        stories = Publication.objects.visible().in_language(self.language)
        sections = Section.objects.filter(Exists(stories.filter(section=OuterRef("pk"))))
        return [section.in_language(self.language) for section in sections]

    @cached_property
    def pages(self) -> list[Page]:
        return list(Page.objects.filter(is_public=True, language=self.language).defer("body"))

    @cached_property
    def languages(self) -> list[str]:
        """Those in which there is a story to read; no query on a site of one language."""
        return languages_of(Publication.objects.visible())

    @cached_property
    def languages_of_section(self) -> dict[int, list[str]]:
        """The languages of each section asked for so far, by its number."""
        return {}


class Furniture:
    """What surrounds one page; the desk's pages ask nothing of it, and so nothing is loaded."""

    def __init__(self, shared: Shared, path: str = "", before: str = "") -> None:
        self.shared = shared
        self.path = path
        self.before = before
        self.versions: list[Version] = []  # Of this page, once its head has asked for them.

    @classmethod
    def without_database(cls) -> Self:
        """What can be said while the database does not answer."""
        bare = Shared(get_language() or "")
        bare.outlet = Outlet.unnamed()
        bare.banner = None
        bare.sections = []
        bare.pages = []
        bare.languages = []
        return cls(bare)

    @property
    def outlet(self) -> Outlet:
        return self.shared.outlet

    @property
    def banner(self) -> Banner | None:
        return self.shared.banner

    @property
    def sections(self) -> list[Section]:
        return self.shared.sections

    @property
    def pages(self) -> list[Page]:
        return self.shared.pages

    @property
    def languages(self) -> list[str]:
        return self.shared.languages

    @property
    def other_languages(self) -> list[Choice]:
        return other_languages(self)

    def languages_of_section(self, section: Section) -> list[str]:
        """The languages in which a story stands in `section`; asked for once, like the rest."""
        known = self.shared.languages_of_section
        if section.pk not in known:
            known[section.pk] = languages_of(Publication.objects.visible().in_section(section))
        return known[section.pk]

    @property
    def newsletter_consent(self) -> str:
        """The words beside every form that asks for the newsletter."""
        return consent.wording(self.outlet)

    @property
    def address(self) -> str:
        """The one right address of this page, for search engines and printouts."""
        query = f"?before={self.before}" if NUMBER.fullmatch(self.before) else ""
        return f"{settings.SITE_URL}{escape_uri_path(self.path)}{query}"


# By language: the version of the site, and what was loaded under it.
_of_version: dict[str, tuple[str, Shared]] = {}


def shared_under(version: str, language: str) -> Shared:
    """What pages of this version of the site have, loaded once; anew for one without a version."""
    known = _of_version.get(language)
    if version and known and known[0] == version:
        return known[1]
    shared = Shared(language)
    if version:
        _of_version[language] = (version, shared)
    return shared


def furniture(request: HttpRequest) -> dict[str, Furniture]:
    """Context processor: `furniture`, for base.html."""
    language = get_language() or ""
    shared = shared_under(getattr(request, "site_version", ""), language)
    match = request.resolver_match
    before = request.GET.get("before", "") if match and is_continued(match.func) else ""
    return {"furniture": Furniture(shared, request.path, before)}
