"""The site, and plain views beside it: /bare/<name> gives the bytes of a file in BARE_FOLDER."""

import os
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path

from newsroom.urls import handler404, urlpatterns

__all__ = ["handler404", "urlpatterns"]


@cache
def content_of(name: str) -> bytes:
    return (Path(os.environ["BARE_FOLDER"]) / name).read_bytes()


def bare(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(content_of(name))


urlpatterns.insert(0, path("bare/<slug:name>", bare))
