"""What surrounds every public page: breaking news, the outlet, its navigation, its pages."""

from typing import Self

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.functional import cached_property
from django.utils.translation import get_language

from articles.models import Banner, Outlet, Page, Publication, Section
from articles.pagination import NUMBER


class Furniture:
    """Four queries, each made when a template first asks; the desk's pages never ask."""

    def __init__(self, path: str = "", before: str = "") -> None:
        self.path = path
        self.before = before

    @classmethod
    def without_database(cls) -> Self:
        """What can be said while the database does not answer."""
        bare = cls()
        bare.outlet = Outlet.unnamed()
        bare.banner = None
        bare.sections = []
        bare.pages = []
        return bare

    @cached_property
    def outlet(self) -> Outlet:
        return Outlet.load()

    @cached_property
    def banner(self) -> Banner | None:
        """The newest that stands now, in the language of the page."""
        banners = Banner.objects.current().filter(language=get_language())
        return banners.with_addresses().first()

    @cached_property
    def sections(self) -> list[Section]:
        """Those in which a story stands that readers of this language may see."""
        stories = Publication.objects.visible().in_language(get_language())
        return list(Section.objects.filter(Exists(stories.filter(section=OuterRef("pk")))))

    @cached_property
    def pages(self) -> list[Page]:
        return list(Page.objects.filter(is_public=True, language=get_language()).defer("body"))

    @property
    def address(self) -> str:
        """The one right address of this page, for search engines and printouts."""
        query = f"?before={self.before}" if NUMBER.fullmatch(self.before) else ""
        return f"{settings.SITE_URL}{escape_uri_path(self.path)}{query}"


def furniture(request: HttpRequest) -> dict[str, Furniture]:
    """Context processor: `furniture`, for base.html."""
    return {"furniture": Furniture(request.path, request.GET.get("before", ""))}
