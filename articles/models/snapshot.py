"""The text of a story as plain values, for the history and for comparing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder

from .copy import copy_fields

if TYPE_CHECKING:
    from .article import Article


def snapshot_of(
    article: Article, *, bylines: Iterable[int], tags: Iterable[str], picks: Iterable[int]
) -> dict[str, Any]:
    """The text of `article` with the numbers of authors and picks and the names of tags."""
    return {
        "fields": {field.name: field.value_from_object(article) for field in copy_fields()},
        "bylines": list(bylines),
        "tags": sorted(tags),
        "picks": list(picks),
    }


def plain(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A snapshot as the history stores it."""
    stored: dict[str, Any] = json.loads(json.dumps(snapshot, cls=DjangoJSONEncoder))
    return stored


def fingerprint_of(snapshot: dict[str, Any]) -> str:
    """A hash that is the same for the same text, bylines, tags and picks."""
    return hashlib.sha256(
        json.dumps(snapshot, sort_keys=True, cls=DjangoJSONEncoder).encode()
    ).hexdigest()
