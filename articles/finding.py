"""Finding stories by the words of their headlines, in an index, not by reading the archive."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Func, Value
from django.db.models.functions import Lower

MOST_WORDS = 12
WORD = re.compile(r"[^\W_]+")
JOINTS = "/._@:-'’"  # PostgreSQL would take "dyke/dam" for a file, and find no dam.

HEADLINE_WORDS = SearchVector(
    Func(F("headline"), Value(JOINTS), Value(" " * len(JOINTS)), function="translate"),
    config="simple",
)
# As the search folds them; PostgreSQL has no rule of its own for accents.
ACCENTED = "àáâãäåāăąçćčďèéêëēėęěğìíîïīįłńňñòóôõöøōőŕřśšşťùúûüūůűųýÿźžżё"
PLAIN = "aaaaaaaaacccdeeeeeeeegiiiiiilnnnoooooooorrssstuuuuuuuuyyzzzе"
NAME_WORDS = SearchVector(
    Func(
        Lower("name"),
        Value(ACCENTED + JOINTS),
        Value(PLAIN + " " * len(JOINTS)),
        function="translate",
    ),
    config="simple",
)


def beginnings(text: str) -> Any:
    """What finds the headlines with each word of `text`, or one it begins; None for no words."""
    words = WORD.findall(text)[:MOST_WORDS]
    if not words:
        return None
    query = " & ".join(f"'{word[:60]}':*" for word in words)
    return SearchQuery(query, search_type="raw", config="simple")
