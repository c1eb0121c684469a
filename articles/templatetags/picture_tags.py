from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from articles.models import Photo
from articles.picture import Picture, picture_of

register = template.Library()


@register.simple_tag
def picture(
    photo: Photo,
    crop: str,
    sizes: str = "100vw",
    alt: str | None = None,
    priority: bool = False,
) -> SafeString:
    """The picture element of a photo, or nothing while it may not be shown.

    `sizes` says how wide it stands on the page; `alt` defaults to the photo's own text;
    `priority` is for the one picture a reader sees first.
    """
    shown = picture_of(photo, crop)
    if shown is None:
        return SafeString()
    return _printed(shown, sizes, photo.alt if alt is None else alt, priority)


@lru_cache(maxsize=2_000)  # The same pictures stand on many pages.
def _printed(picture: Picture, sizes: str, alt: str, priority: bool) -> SafeString:
    context = {"picture": picture, "sizes": sizes, "alt": alt, "priority": priority}
    return render_to_string("articles/_picture.html", context)


@register.simple_tag
def picture_file(photo: Photo, crop: str) -> Picture | None:
    """One picture for machines: `{% picture_file photo "full" as file %}`, then `file.url`."""
    return picture_of(photo, crop)
