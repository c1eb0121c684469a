"""Which pages are the same for every reader, so that any cache may hold them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

View = Callable[..., Any]
Answer = Callable[[HttpRequest], HttpResponse]
Response = TypeVar("Response", bound=HttpResponseBase)

# Browsers ask each time, by ETag; what stands between asks each second, and while we do not
# answer goes on with what it has.
HELD_BRIEFLY = "public, max-age=0, s-maxage=1, stale-if-error=86400"
HELD_STATUS = {200, 301, 404, 410}


def same_for_everyone(
    view: View | None = None, *, continued: bool = False, without_database: Answer | None = None
) -> View:
    """Let caches hold what a view answers, and the site store it until something public changes.

    Such a view reads nothing of a request but its path, and with `continued=True` the number in
    `?before=`, for which it answers 404 or leads elsewhere unless the number means something:
    no cookie, no session, no other query. Nothing on its page depends on the clock but what
    `moments.py` of its app names. `without_database` answers in its place, from no record and not
    to be stored, while nothing is stored and the database is away.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return held_briefly(view(request, *args, **kwargs))
            except DatabaseError:
                if without_database is None:
                    raise
                return unheld(without_database(request))

        answer.is_same_for_everyone = True  # type: ignore[attr-defined]
        answer.is_continued = continued  # type: ignore[attr-defined]
        answer.without_database = without_database  # type: ignore[attr-defined]
        return answer

    return decorate if view is None else decorate(view)


def framed_as_others(view: View) -> View:
    """Let a page that is not stored share with those that are what surrounds all of them."""
    view.is_framed_as_others = True  # type: ignore[attr-defined]
    return view


def is_framed_as_others(view: View) -> bool:
    return getattr(view, "is_framed_as_others", False)


def is_same_for_everyone(view: View) -> bool:
    return getattr(view, "is_same_for_everyone", False)


def is_continued(view: View) -> bool:
    """Whether `?before=` leads to another page of the view."""
    return getattr(view, "is_continued", False)


def answer_without_database(view: View) -> Answer | None:
    """What answers for the view while the database is away; None if nothing can."""
    answer: Answer | None = getattr(view, "without_database", None)
    return answer and (lambda request: unheld(answer(request)))


def held_briefly(response: Response) -> Response:
    """The response with a word to the caches between us and the reader, unless it has its own."""
    if response.status_code in HELD_STATUS:
        response.headers.setdefault("Cache-Control", HELD_BRIEFLY)
    return response


def unheld(response: Response) -> Response:
    """The response, which no cache may hold."""
    response.headers["Cache-Control"] = "no-store"
    return response
