"""Giving out sized copies of photos to those who may see them."""

import re

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotFound,
    HttpResponseRedirect,
)
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.caching import same_for_everyone
from articles.models import Outlet, Photo, Rendition
from articles.structured_data.outlet import icon_of

YEAR_SECONDS = 365 * 24 * 60 * 60
NAME = re.compile(r"(?P<photo>[0-9]{1,15})/[a-z]+-[0-9]+-[0-9a-f]{12}\w*\.[a-z]+", re.ASCII)


@require_safe
def rendition_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A sized copy; for readers only while a visible story shows the photo, else for the desk.

    Two queries for readers. The session is not looked at for what everybody may see, so that
    any cache may keep it.
    """
    rendition = rendition_called(name)
    if rendition is None:
        return nothing()
    photo = Photo.objects.public().filter(pk=rendition.photo_id).first()
    if photo is None and not request.user.has_perm("articles.view_photo"):
        return nothing()
    return copy_of(rendition, caching=_public_caching(photo) if photo else "private, no-store")


@require_safe
def icon_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """An icon made from the outlet's mark, for everybody; one query."""
    name = f"outlet/{name}"
    if name not in Outlet.load().icons.values():
        return nothing()
    caching = f"public, max-age={YEAR_SECONDS}, immutable"
    return _file(name, content_type="image/png", caching=caching)


@require_safe
@same_for_everyone
def favicon(request: HttpRequest) -> HttpResponseBase:
    """Leads whoever asks at the address of old to the icon of today.

    Not for good: the file's own address changes with the mark, and a former mark's file is gone.
    """
    return HttpResponseRedirect(icon_of(Outlet.load(), "favicon"))


def rendition_called(name: str) -> Rendition | None:
    """The sized copy whose file has this name; None where there is none."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    # By photo first: that column has an index.
    return Rendition.objects.filter(photo=int(match["photo"]), file=name).first()


def copy_of(rendition: Rendition, *, caching: str) -> HttpResponseBase:
    """The file of a sized copy; a 404 where there is none."""
    return _file(
        str(rendition.file.name), content_type=f"image/{rendition.format}", caching=caching
    )


def _file(name: str, *, content_type: str, caching: str) -> HttpResponseBase:
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        return nothing()
    response = FileResponse(file, content_type=content_type)
    response["Cache-Control"] = caching
    return response


def nothing() -> HttpResponseBase:
    """A 404 without the site's page round it; it may be right to ask again in a minute."""
    return HttpResponseNotFound(headers={"Cache-Control": "no-store"}, content_type="text/plain")


def _public_caching(photo: Photo) -> str:
    """For a year, as the name changes with the content; not beyond the end of the rights."""
    seconds = YEAR_SECONDS
    if photo.usable_until is not None:
        rest = (photo.usable_until - timezone.now()).total_seconds()
        seconds = max(0, min(seconds, int(rest)))
    return f"public, max-age={seconds}, immutable"
