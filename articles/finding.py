"""Finding stories by the words of their headlines, in an index, not by reading the archive."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Func, Value

MOST_WORDS = 12
WORD = re.compile(r"[^\W_]+")
JOINTS = "/._@:-'’"  # PostgreSQL would take "dyke/dam" for a file, and find no dam.

HEADLINE_WORDS = SearchVector(
    Func(F("headline"), Value(JOINTS), Value(" " * len(JOINTS)), function="translate"),
    config="simple",
)


def beginnings(text: str) -> Any:
    """What finds the headlines with each word of `text`, or one it begins; None for no words."""
    words = WORD.findall(text)[:MOST_WORDS]
    if not words:
        return None
    query = " & ".join(f"'{word[:60]}':*" for word in words)
    return SearchQuery(query, search_type="raw", config="simple")
