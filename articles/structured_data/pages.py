"""Every other page: the front page, lists, authors, standing pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from articles.addresses import absolute

from . import pictures
from .outlet import (
    breadcrumbs,
    front_page_address,
    language,
    publisher_by_name,
    publisher_id,
    publisher_in_full,
    website,
    website_by_name,
)
from .script import Node, node

if TYPE_CHECKING:
    from articles.furniture import Furniture
    from articles.models import Author, Page
    from articles.story import Figure


def front_page_nodes(site: Furniture) -> list[Node]:
    """Who publishes this, the site by its name, and this page of it.

    No SearchAction: no search engine reads it any longer.
    """
    address = front_page_address()
    page = node(
        "CollectionPage",
        **{"@id": address},
        url=address,
        name=site.outlet.name,
        description=site.outlet.description,
        inLanguage=language(),
        isPartOf=website_by_name(site.outlet),
        about={"@id": publisher_id()},
    )
    return [publisher_in_full(site), website(site.outlet), page]


def list_nodes(site: Furniture, name: str, path: str, description: str = "") -> list[Node]:
    """A list of stories, of a section, a theme or a month, and the way to it."""
    return [
        _page(site, "CollectionPage", name, path, description=description),
        breadcrumbs(site.outlet, (name, path)),
    ]


def author_nodes(site: Furniture, author: Author, portrait: Figure | None) -> list[Node]:
    """The author's page and the author, as the page shows them."""
    path = author.get_absolute_url()
    person = node(
        "Person",
        **{"@id": f"{absolute(path)}#author"},
        name=author.name,
        url=absolute(path),
        jobTitle=author.job_title,
        description=author.bio,
        image=pictures.image(portrait) if portrait else None,
        worksFor=publisher_by_name(site.outlet),
    )
    return [
        _page(site, "ProfilePage", author.name, path) | {"mainEntity": person},
        breadcrumbs(site.outlet, (author.name, path)),
    ]


def page_nodes(site: Furniture, page: Page) -> list[Node]:
    """A standing page and the way to it."""
    path = page.get_absolute_url()
    return [_page(site, "WebPage", page.title, path), breadcrumbs(site.outlet, (page.title, path))]


def _page(site: Furniture, type: str, name: str, path: str, description: str = "") -> Node:
    address = absolute(path)
    return node(
        type,
        **{"@id": address},
        url=address,
        name=name,
        description=description,
        inLanguage=language(),
        isPartOf=website_by_name(site.outlet),
    )
