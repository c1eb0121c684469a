"""The public list of corrections, in pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest

from articles.pagination import NUMBER, PAGE_SIZE

if TYPE_CHECKING:
    from articles.models import Correction


@dataclass(frozen=True)
class CorrectionPage:
    """Some corrections, newest first, each with its `story`, and where the rest begins."""

    corrections: list[Correction]
    next_before: int | None
    is_first: bool


def corrections_of(language: str, request: HttpRequest) -> CorrectionPage:
    """The piece the request asks for, in two queries.

    Raises Http404 for a `before` that is not the number of a correction readers may see.
    """
    from articles.models import Correction, Publication

    stories = Publication.objects.visible().in_language(language)
    visible = Correction.objects.standing().filter(article__in=stories.values("pk"))
    rows = visible
    before = request.GET.get("before")
    if before is not None:
        last = visible.filter(pk=int(before)).first() if NUMBER.fullmatch(before) else None
        if last is None:
            raise Http404
        rows = visible.after(last)
    found = list(rows[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    by_number = stories.in_bulk({correction.article_id for correction in shown})
    for correction in shown:
        correction.story = by_number.get(correction.article_id)
    return CorrectionPage(
        # A story may have been withdrawn since the first query.
        corrections=[correction for correction in shown if correction.story],
        next_before=shown[-1].pk if len(found) > PAGE_SIZE else None,
        is_first=before is None,
    )
