"""A feed as a document: Atom, or JSON Feed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from django.templatetags.static import static

from articles.addresses import absolute
from articles.xml_documents import xml_document

from .entries import FeedEntry

if TYPE_CHECKING:
    from articles.models import Outlet

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # When a feed without stories was updated.


@dataclass(frozen=True)
class Feed:
    """The newest stories of one list.

    `name` says which list, in words that never change; `page` is its path, `path` the feed's own.
    """

    name: str
    outlet: Outlet
    title: str
    description: str
    language: str
    page: str
    path: str
    entries: list[FeedEntry]

    @property
    def id(self) -> str:
        """Stays the same when the list gets another address, or the site another domain."""
        return uuid5(self.outlet.namespace, f"feed {self.language} {self.name}").urn

    @property
    def updated_at(self) -> datetime:
        return max((entry.updated_at for entry in self.entries), default=NEVER)

    @property
    def icon(self) -> str:
        return absolute(self.outlet.icon("small") or static("newsroom/favicon.svg"))


def atom(feed: Feed) -> str:
    """The feed by RFC 4287, photos also by Media RSS, licences by RFC 4946."""
    return xml_document("articles/feed.xml", {"feed": feed})


def json_feed(feed: Feed) -> str:
    """The feed by JSON Feed 1.1.  Source: https://www.jsonfeed.org/version/1.1/"""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": absolute(feed.page),
        "feed_url": absolute(feed.path),
        "description": feed.description,
        "icon": feed.icon,
        "favicon": feed.icon,
        "authors": [{"name": feed.outlet.name, "url": absolute("/")}],
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps({name: value for name, value in document.items() if value != ""})


def _item(entry: FeedEntry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.address,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "date_published": entry.published_at.isoformat(),
        "date_modified": entry.updated_at.isoformat(),
        "authors": [
            {"name": author.name, "url": absolute(author.get_absolute_url())}
            for author in entry.authors
        ],
        "tags": [entry.section.name, *entry.genre, *(tag.name for tag in entry.tags)],
        "language": entry.language,
    }
    if not entry.authors:
        del item["authors"]  # The feed's stand in.
    if entry.lead:
        item["image"] = entry.lead.url
    if entry.text_source_url:
        item["external_url"] = entry.text_source_url
    return item
