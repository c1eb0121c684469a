"""Finished pages, stored under the version of the site and given out until it changes.

The outermost middleware: a page that is stored passes no other code, and is given out with the
headers all the other middleware gave it when it was made.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from articles.caching import (
    answer_without_database,
    is_continued,
    is_framed_as_others,
    is_same_for_everyone,
)
from articles.pagination import NUMBER
from newsroom import release, site_version

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
LOCKS = 64
MAKING_SECONDS = 5  # Longer than that nobody waits for a page that another thread makes.
RETRY_SECONDS = "5"
HEALTH = "/healthz"  # It asks no database.


@dataclass(frozen=True)
class Page:
    """A finished page as it is stored: a line of facts, the body, the body compressed."""

    version: str
    etag: str
    headers: dict[str, str]
    body: bytes
    compressed: bytes

    @classmethod
    def of(cls, response: HttpResponse, version: str) -> Page:
        patch_vary_headers(response, ["Accept-Encoding"])
        headers = dict(response.items())
        body = response.content
        headers.pop("Content-Length", None)
        if settings.SECURE_HSTS_SECONDS:  # Whether or not this reader came by HTTPS.
            headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        # Weak: it is the same for both forms of the body. New headers come with a 304 too.
        etag = f'W/"{sha256(body).hexdigest()[:32]}"'
        return cls(version, etag, headers, body, gzip.compress(body, 5, mtime=0))

    def as_bytes(self) -> bytes:
        facts = [self.version, self.etag, self.headers, len(self.body), len(self.compressed)]
        return b"\n".join([json.dumps(facts).encode(), self.body + self.compressed])

    @classmethod
    def from_bytes(cls, stored: bytes) -> Page | None:
        """The page; None for what is no whole page, after a loss of power for instance."""
        facts, _newline, content = stored.partition(b"\n")
        try:
            version, etag, headers, length, compressed = json.loads(facts)
        except ValueError:
            return None
        if len(content) != length + compressed:
            return None
        return cls(version, etag, headers, content[:length], content[length:])

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page, or that the reader has it already."""
        response: HttpResponse
        if self._is_known(request.META.get("HTTP_IF_NONE_MATCH", "")):
            response = HttpResponseNotModified()
            body = None
        else:
            response = HttpResponse()
            body = self.body
        for name, value in self.headers.items():
            response.headers[name] = value
        response.headers["ETag"] = self.etag
        # To nginx, which does not pass it on: until this second of the clock ends, as `Watch` does.
        response.headers["X-Accel-Expires"] = f"@{int(time.time())}"
        if body is None:
            del response.headers["Content-Type"]
            return response
        if ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            body = self.compressed
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(body))
        if request.method != "HEAD":
            response.content = body
        return response

    def _is_known(self, etags: str) -> bool:
        bare = self.etag.removeprefix("W/")
        return bool(etags) and (etags.strip() == "*" or bare in etags)


@dataclass
class Making:
    """What a request is making: under which key and version it will be stored, if at all."""

    key: str
    version: str = ""
    lock: threading.Lock | None = None


class StoredPages:
    """Give out pages that are stored, store those that are made."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.release = release.fingerprint()
        self.locks = [threading.Lock() for _number in range(LOCKS)]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} or not settings.PAGES_ARE_STORED:
            return self.get_response(request)
        try:
            request.get_host()
        except DisallowedHost:  # Refused further in.
            return self.get_response(request)
        making = Making(key_of(request.path, request.META["QUERY_STRING"]))
        page = _stored(making.key)
        if page is not None and self._is_good(page):
            return page.answer(request)
        request.making = making  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            return self._kept(request, response)
        finally:
            if making.lock:
                making.lock.release()

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Before a page is made: let one thread make it, and note which version it will have."""
        making: Making | None = getattr(request, "making", None)
        if making is None:
            return None
        if not is_same_for_everyone(view):
            known = site_version.watch.known()
            if is_framed_as_others(view) and known.is_current:
                request.site_version = self._named(known.version)  # type: ignore[attr-defined]
            return None
        if not is_continued(view):
            making.key = key_of(request.path, "")
        lock = self.locks[hash(making.key) % LOCKS]
        for _second in range(MAKING_SECONDS):
            if lock.acquire(timeout=1.0):
                making.lock = lock
                break
            if not site_version.watch.known().is_current:  # Who has it may wait for ever.
                break
        page = _stored(making.key)
        if page is not None and self._is_good(page):
            return page.answer(request)
        known = site_version.watch.known()
        if not known.is_current:
            return self._answer_without_database(request, view)
        try:
            version = self._named(site_version.watch.read_again())
        except Error:
            if page is not None and site_version.has_same_withdrawals(page.version, known.version):
                return page.answer(request)
            return self._answer_without_database(request, view)
        if page is not None and page.version == version:  # Another process knew it already.
            return page.answer(request)
        making.version = version
        request.site_version = version  # type: ignore[attr-defined]
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page as it last was, when the database goes while it is made."""
        making: Making | None = getattr(request, "making", None)
        if making is None or not making.version or not isinstance(exception, Error):
            return None
        page = _stored(making.key)
        if page is None or not site_version.has_same_withdrawals(page.version, making.version):
            return None
        logger.warning("The database failed while a page was made; the stored one is served.")
        making.version = ""
        return page.answer(request)

    def _kept(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        making: Making = request.making  # type: ignore[attr-defined]
        if not making.version:
            return response
        if not may_be_stored(response):
            if response.status_code in {301, 404, 410}:
                _remove(making.key)  # What stood there is not to come back.
            return response
        page = Page.of(response, making.version)
        _store(making.key, page)
        answer = page.answer(request)
        response.close()
        return answer

    def _is_good(self, page: Page) -> bool:
        """Whether the page is of this version.

        While the database cannot be asked, any is good since something was last taken from readers.
        """
        known = site_version.watch.known()
        if known.is_current:
            return page.version == self._named(known.version)
        return site_version.has_same_withdrawals(page.version, known.version)

    @staticmethod
    def _answer_without_database(request: HttpRequest, view: Callable[..., Any]) -> HttpResponse:
        answer = answer_without_database(view)
        return answer(request) if answer else nothing_now()

    def _named(self, version: str) -> str:
        return f"{self.release}-{version}"


def nobody_waits(get_response: Handler) -> Handler:
    """While the database hangs, answer at once whatever is not stored.

    Whoever asked the database would hold a thread that could give out stored pages.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        is_waiting = settings.PAGES_ARE_STORED and request.path != HEALTH
        if is_waiting and site_version.watch.known().hangs:
            return nothing_now()
        return get_response(request)

    return middleware


def key_of(path: str, query: str) -> str:
    """What a page is stored under: its path and `?before=`, for nothing else makes another page."""
    piece = ""
    if "before" in query:
        before = QueryDict(query).get("before")
        if before is not None:
            piece = before if NUMBER.fullmatch(before) else "nonsense"
    return sha256(f"{piece}|{path}".encode(errors="surrogateescape")).hexdigest()


def _stored(key: str) -> Page | None:
    with _going_on_without():
        stored = caches["pages"].get(key)
        return Page.from_bytes(stored) if stored else None
    return None


def _store(key: str, page: Page) -> None:
    with _going_on_without():
        caches["pages"].set(key, page.as_bytes())


def _remove(key: str) -> None:
    with _going_on_without():
        caches["pages"].delete(key)


@contextmanager
def _going_on_without() -> Iterator[None]:
    """A server that keeps pages may fail in any way of its library; pages are then made anew."""
    try:
        yield
    except Exception:
        logger.exception("Stored pages cannot be reached.")


def may_be_stored(response: HttpResponse) -> bool:
    """Whether the response is a whole page and nothing in it was made for one reader."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
        and "cookie" not in response.get("Vary", "").lower()
        and "nonce-" not in response.get("Content-Security-Policy", "")
    )


def nothing_now() -> HttpResponse:
    """The page that needs no database, for an address of which none is stored."""
    headers = {"Retry-After": RETRY_SECONDS, "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("500.html"), status=503, headers=headers)
