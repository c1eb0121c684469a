"""A photo as a browser is offered it: the sized copies of one crop, in every format there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from articles.models import Photo, Rendition

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

    Asks the database nothing if the photo's `renditions` were prefetched.
    """
    if not photo.is_usable:
        return None
    by_format: dict[str, dict[int, Rendition]] = {}
    for rendition in photo.renditions.all():
        if rendition.crop == crop:
            by_format.setdefault(rendition.format, {})[rendition.width_px] = rendition
    jpegs = by_format.get("jpeg")
    if not jpegs:
        return None
    largest = jpegs[max(jpegs)]
    return Picture(
        url=photo.address_of(largest),
        width_px=largest.width_px,
        height_px=largest.height_px,
        srcset=_srcset(photo, jpegs),
        alternatives=tuple(
            Alternative(type, _srcset(photo, by_format[name]))
            for name, type in MODERN_TYPES.items()
            if by_format.get(name, {}).keys() == jpegs.keys()
        ),
    )


def _srcset(photo: Photo, by_width: dict[int, Rendition]) -> str:
    return ", ".join(f"{photo.address_of(by_width[width])} {width}w" for width in sorted(by_width))
