"""What is shown elsewhere for a link to a page of ours: Open Graph, which X reads as well.

Source: https://ogp.me/
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from babel.core import get_global
from django.utils.translation import get_language, to_locale

from articles.addresses import absolute
from articles.icons import SHARE_PX
from articles.picture import picture_of
from articles.structured_data.outlet import icon_of

if TYPE_CHECKING:
    from articles.furniture import Furniture
    from articles.models import Author
    from articles.story import Figure, Story


@dataclass(frozen=True)
class CardImage:
    address: str
    width_px: int
    height_px: int
    alt: str
    is_large: bool  # Wide enough to stand above the words, not beside them.


@dataclass(frozen=True)
class SocialCard:
    type: str
    site_name: str
    title: str
    description: str
    address: str
    image: CardImage
    locale: str
    other_locales: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    updated_at: datetime | None = None
    section: str = ""
    tags: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)  # Their pages, as Open Graph wants it.


def card_of_page(
    site: Furniture, title: str, description: str, portrait: Figure | None = None
) -> SocialCard:
    """The card of any page that is not a story; `portrait` makes it that of an author."""
    image = _photo(portrait, "square") if portrait else None
    return SocialCard(
        type="profile" if portrait else "website",
        site_name=site.outlet.name,
        title=title,
        description=description or site.outlet.description,
        address=site.address,
        image=image or _mark(site),
        locale=locale_of(get_language() or ""),
    )


def card_of_story(site: Furniture, story: Story) -> SocialCard:
    """The card of a story, with its photo; a photo that may distress is not sent into feeds."""
    image = _photo(story.lead, "share") if story.lead and not story.is_sensitive else None
    return SocialCard(
        type="article",
        site_name=site.outlet.name,
        title=story.headline,
        description=story.teaser,
        address=absolute(story.url),
        image=image or _mark(site),
        locale=locale_of(story.language),
        other_locales=[locale_of(each.language) for each in story.translations],
        published_at=story.published_at,
        updated_at=story.updated_at,
        section=story.section.name if story.section else "",
        tags=[tag.name for tag in story.tags],
        authors=[_page_of(author) for author in story.authors],
    )


def _page_of(author: Author) -> str:
    return absolute(author.get_absolute_url())


def _photo(figure: Figure, crop: str) -> CardImage | None:
    """The photo in this crop; uncropped where it has none yet, None where it has no copies."""
    picture = picture_of(figure.photo, crop) or picture_of(figure.photo, "full")
    if picture is None:
        return None
    return CardImage(
        absolute(picture.url),
        picture.width_px,
        picture.height_px,
        figure.alt,
        is_large=picture.width_px > picture.height_px,
    )


def _mark(site: Furniture) -> CardImage:
    """The outlet's mark, for pages without a photo."""
    address = absolute(icon_of(site.outlet, "share"))
    return CardImage(address, *SHARE_PX, alt=site.outlet.name, is_large=False)


@cache
def locale_of(language: str) -> str:
    """A language with the country where most speak it, as Open Graph wants it: "en" is en_US."""
    likely = get_global("likely_subtags").get(to_locale(language))
    if likely is None:
        return to_locale(language)
    parts = likely.split("_")
    return f"{parts[0]}_{parts[-1]}"
