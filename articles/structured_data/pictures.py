"""Photos with whose they are, as the page prints it under them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from articles.addresses import absolute
from articles.models.licence import OWN_WORK
from articles.picture import picture_of

from .script import Node, node

if TYPE_CHECKING:
    from articles.models import Author, Photo
    from articles.story import Figure


def image(figure: Figure, rights_page: str = "") -> Node | None:
    """A photo as a story shows it; None for one that has no copies or may not be shown.

    `rights_page` says how to come by photos of the outlet's own, which name no source.

    Source: https://developers.google.com/search/docs/appearance/structured-data/image-license-metadata
    """
    photo, credit = figure.photo, figure.credit
    picture = picture_of(photo, "full")
    if picture is None:
        return None
    address = absolute(picture.url)
    rights = rights_page if photo.licence_id == OWN_WORK else ""
    return node(
        "ImageObject",
        url=address,
        contentUrl=address,
        width=picture.width_px,
        height=picture.height_px,
        caption=credit.caption,
        creator=_creators(photo),
        creditText=credit.agents_text,
        copyrightNotice=str(replace(credit, caption="")),
        license=credit.licence_url or rights,
        acquireLicensePage=photo.source_url or photo.creator_url or rights,
    )


def _creators(photo: Photo) -> list[Node]:
    creators = [node("Person", name=photo.creator, url=photo.creator_url)] if photo.creator else []
    agencies = (name.strip() for name in photo.agency.split("/"))
    return creators + [node("Organization", name=name) for name in agencies if name]


def portrait(author: Author, figure: Figure | None) -> str:
    """The address of an author's photo; "" without one."""
    picture = picture_of(figure.photo, "square") if figure else None
    return absolute(picture.url) if picture else ""
