"""A photo as a browser is offered it: the sized copies of one crop, in every format there is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage

if TYPE_CHECKING:
    from articles.models import Photo
    from articles.models.rendition import Size

MODERN_TYPES = {"avif": "image/avif", "webp": "image/webp"}  # In the order of preference.


@dataclass(frozen=True)
class Alternative:
    """The same picture in a format that not every browser reads."""

    type: str
    srcset: str


@dataclass(frozen=True)
class Picture:
    """One crop of a photo; `url` and the measures are those of the largest JPEG."""

    url: str
    width_px: int
    height_px: int
    srcset: str
    alternatives: tuple[Alternative, ...]


def picture_of(photo: Photo, crop: str) -> Picture | None:
    """What may be shown of `photo` now; None without copies or while its rights are not in force.

    Asks the database nothing if the photo's `sizes` were prefetched.
    """
    if not photo.is_usable:
        return None
    sizes = tuple(size for size in photo.sizes if size.crop == crop)
    return picture_of_sizes(sizes, photo.copies_at)


@lru_cache(maxsize=2_000)  # The same photos stand on many pages.
def picture_of_sizes(sizes: tuple[Size, ...], copies_at: str = "") -> Picture | None:
    """The picture made up of these copies, all of one crop; None if there is no JPEG of it."""
    by_format: dict[str, dict[int, str]] = {}
    for size in sizes:
        address = f"{copies_at}{size.file}" if copies_at else default_storage.url(size.file)
        by_format.setdefault(size.format, {})[size.width_px] = address
    jpegs = by_format.get("jpeg")
    if not jpegs:
        return None
    largest = max((size for size in sizes if size.format == "jpeg"), key=attrgetter("width_px"))
    return Picture(
        url=jpegs[largest.width_px],
        width_px=largest.width_px,
        height_px=largest.height_px,
        srcset=_srcset(jpegs),
        alternatives=tuple(
            Alternative(type, _srcset(by_format[name]))
            for name, type in MODERN_TYPES.items()
            if by_format.get(name, {}).keys() == jpegs.keys()
        ),
    )


def _srcset(by_width: dict[int, str]) -> str:
    return ", ".join(f"{by_width[width]} {width}w" for width in sorted(by_width))
