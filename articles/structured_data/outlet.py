"""The outlet as the publisher of every page, and all it says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from articles.addresses import absolute
from articles.icons import SIZES

from .script import Node, node

if TYPE_CHECKING:
    from articles.furniture import Furniture
    from articles.models import Outlet

DEFAULT_ICONS = {
    "favicon": "articles/icons/favicon-48.png",
    "touch": "articles/icons/touch-180.png",
    "small": "articles/icons/small-192.png",
    "large": "articles/icons/large-512.png",
    "maskable": "articles/icons/maskable-512.png",
    "share": "articles/icons/share-1200.png",
}


def icon_of(outlet: Outlet, purpose: str) -> str:
    """Where an icon is found, made from the outlet's mark or else ours."""
    return outlet.icon(purpose) or static(DEFAULT_ICONS[purpose])


def publisher_id() -> str:
    return f"{settings.SITE_URL}/#publisher"


def publisher_by_name(outlet: Outlet) -> Node:
    """The outlet where it need only be known again."""
    return {
        "@type": "NewsMediaOrganization",
        "@id": publisher_id(),
        "name": outlet.name,
        "url": f"{settings.SITE_URL}/",
    }


def publisher(outlet: Outlet) -> Node:
    """The outlet as much as every story needs of it."""
    size_px = SIZES["large"]
    return publisher_by_name(outlet) | {
        "logo": {
            "@type": "ImageObject",
            "url": absolute(icon_of(outlet, "large")),
            "width": size_px,
            "height": size_px,
        },
    }


def publisher_in_full(site: Furniture) -> Node:
    """The outlet with all it says of itself: its record, and pages that tell its rules."""
    outlet = site.outlet
    full = publisher(outlet) | node(
        "NewsMediaOrganization",
        alternateName=outlet.short_name,
        slogan=outlet.tagline,
        description=outlet.description,
        email=outlet.email,
        address=outlet.postal_address,
        foundingDate=str(outlet.founded_in or ""),
    )
    for page in site.pages:
        if page.tells and page.tells != page.Tells.RIGHTS:  # Works have rights, not their maker.
            full.setdefault(page.tells, absolute(page.get_absolute_url()))
    return full


def rights_page(site: Furniture) -> str:
    """The address of the page on how others may use texts and pictures; "" without one."""
    for page in site.pages:
        if page.tells == page.Tells.RIGHTS:
            return absolute(page.get_absolute_url())
    return ""


def website_by_name(outlet: Outlet) -> Node:
    """The site where it need only be known again."""
    return {
        "@type": "WebSite",
        "@id": f"{settings.SITE_URL}/#website",
        "name": outlet.name,
        "url": f"{settings.SITE_URL}/",
    }


def website(outlet: Outlet) -> Node:
    """The site itself, by whose name search engines call it."""
    return website_by_name(outlet) | node(
        "WebSite",
        alternateName=outlet.short_name,
        inLanguage=[code for code, _name in settings.LANGUAGES],
        publisher={"@id": publisher_id()},
    )


def front_page_address() -> str:
    """Of the front page in the language of the page."""
    return absolute(reverse("articles:front_page"))


def breadcrumbs(outlet: Outlet, *steps: tuple[str, str]) -> Node:
    """The way from the front page to this one: names and paths, the page itself last."""
    trail = [(outlet.name, reverse("articles:front_page")), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(trail, start=1)
        ],
    }


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE
