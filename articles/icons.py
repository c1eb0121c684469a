"""The outlet's mark as a picture: checked before it is taken in, then made into icons.

    the file that came in → read() → the mark, square and without metadata → icons_of() → PNGs

Browsers, phones and search engines each ask for their own size; a phone may cut a "maskable" one
to any shape inside its middle.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageChops, ImageCms

MAXIMUM_BYTES = 5_000_000
MAXIMUM_PIXELS = 16_000_000
LEAST_PX = 512
MOST_OBLONG = 1.1
FORMATS = ["PNG", "JPEG"]

MASTER_PX = 512
SIZES = {"favicon": 48, "touch": 180, "small": 192, "large": 512, "maskable": 512}
OPAQUE = {"touch", "maskable"}  # Phones print black where these are transparent.
SHARE_PX = (1200, 630)
SHARED_MARK_PX = 360

# Of a maskable icon, only the circle of this radius is sure to be seen.
# Source: https://www.w3.org/TR/appmanifest/#icon-masks
SAFE_RADIUS = 0.4
HALF_DIAGONAL = 0.7072
LOOKED_AT_PX = 64
DIFFERENT = 24  # Out of 255: less is the noise of a JPEG.


@dataclass(frozen=True)
class Icon:
    """One file for browsers; its name changes with its content."""

    purpose: str
    name: str
    content: bytes


def read(file: File) -> Image.Image:
    """The mark in `file`, square, 512 pixels a side, in sRGB, without metadata.

    Raises ValidationError with a sentence that says what to do; before anything is decoded
    where the picture would be too large.
    """
    _check_size(file)
    try:
        file.seek(0)
        opened = Image.open(file, formats=FORMATS)
        _check_measures(opened)
        opened.load()
        mark = _in_srgb(opened)
    except (ValidationError, MemoryError):
        raise
    except Exception as error:  # Pillow raises errors of many kinds for damaged files.
        raise ValidationError(
            _("The file is not a whole picture in PNG or JPEG. Save the mark as PNG again.")
        ) from error
    mark.info.clear()
    return _square(mark)


def _check_size(file: File) -> None:
    if not file.size:
        raise ValidationError(_("The file is empty. Choose the picture again."))
    if file.size > MAXIMUM_BYTES:
        raise ValidationError(
            _("The file has more than %(maximum)s megabytes. Save the picture smaller.")
            % {"maximum": MAXIMUM_BYTES // 1_000_000}
        )


def _check_measures(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MAXIMUM_PIXELS:
        raise ValidationError(
            _("The picture has more than %(maximum)s megapixels. Save it smaller.")
            % {"maximum": MAXIMUM_PIXELS // 1_000_000}
        )
    if min(width, height) < LEAST_PX:
        raise ValidationError(
            _("The mark must be at least %(least)s pixels wide and high. Save it larger.")
            % {"least": LEAST_PX}
        )
    if max(width, height) > MOST_OBLONG * min(width, height):
        raise ValidationError(_("The mark must be square, or nearly so. Crop it first."))


def _in_srgb(opened: Image.Image) -> Image.Image:
    """The picture in RGBA, in colours every browser shows."""
    profile = opened.info.get("icc_profile")
    picture = opened.convert("RGBA")
    if profile and opened.mode in {"RGB", "RGBA"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            colours = ImageCms.profileToProfile(picture.convert("RGB"), source, srgb)
            if colours is not None:
                colours.putalpha(picture.getchannel("A"))
                picture = colours
        except (ImageCms.PyCMSError, OSError):
            pass  # A profile for another kind of picture, or a damaged one.
    return picture


def _square(mark: Image.Image) -> Image.Image:
    """The whole of `mark` on a square of its own background, in the size icons are made from."""
    side = max(mark.size)
    square = Image.new("RGBA", (side, side), mark.getpixel((0, 0)))
    square.paste(mark, ((side - mark.width) // 2, (side - mark.height) // 2))
    return square.resize((MASTER_PX, MASTER_PX), Image.Resampling.LANCZOS)


def icons_of(mark: Image.Image) -> Iterator[Icon]:
    """The files that pages name, made from what `read` gave."""
    for purpose, size_px in SIZES.items():
        picture = _within_the_mask(mark) if purpose == "maskable" else mark
        if purpose in OPAQUE:
            picture = _on_its_background(picture)
        yield _icon(purpose, picture.resize((size_px, size_px), Image.Resampling.LANCZOS))
    yield _icon("share", _for_links(mark))


def _for_links(mark: Image.Image) -> Image.Image:
    """What stands beside a link elsewhere for a page without a photo."""
    picture = Image.new("RGB", SHARE_PX, _background_of(mark))
    small = mark.resize((SHARED_MARK_PX, SHARED_MARK_PX), Image.Resampling.LANCZOS)
    place = ((SHARE_PX[0] - small.width) // 2, (SHARE_PX[1] - small.height) // 2)
    picture.paste(small, place, small)
    return picture


def _within_the_mask(mark: Image.Image) -> Image.Image:
    """`mark` made as small as a phone needs that shows no more than a circle of it."""
    share = min(1.0, SAFE_RADIUS / max(_reach_of(mark), SAFE_RADIUS / 2))
    size = max(1, round(MASTER_PX * share))
    picture = Image.new("RGBA", mark.size, (*_background_of(mark), 255))
    small = mark.resize((size, size), Image.Resampling.LANCZOS)
    picture.paste(small, ((MASTER_PX - size) // 2, (MASTER_PX - size) // 2), small)
    return picture


def _reach_of(mark: Image.Image) -> float:
    """How far from the middle something is drawn; 0.5 is the middle of an edge."""
    small = _on_its_background(mark).resize((LOOKED_AT_PX, LOOKED_AT_PX))
    empty = Image.new("RGB", small.size, _background_of(mark))
    drawn = ImageChops.difference(small, empty).convert("L").point(lambda v: 255 * (v > DIFFERENT))
    box = drawn.getbbox()
    if box is None:
        return 0.0
    middle = LOOKED_AT_PX / 2
    farthest = max(
        (x + 0.5 - middle) ** 2 + (y + 0.5 - middle) ** 2
        for y in range(box[1], box[3])
        for x in range(box[0], box[2])
        if drawn.getpixel((x, y))
    )
    return min(HALF_DIAGONAL, (farthest**0.5 + 1) / LOOKED_AT_PX)


def _background_of(mark: Image.Image) -> tuple[int, int, int]:
    """The colour round what is drawn: that of the corner, or white where it is transparent."""
    red, green, blue, alpha = mark.getpixel((0, 0))  # type: ignore[misc]
    return (red, green, blue) if alpha == 255 else (255, 255, 255)


def _on_its_background(mark: Image.Image) -> Image.Image:
    picture = Image.new("RGB", mark.size, _background_of(mark))
    picture.paste(mark, (0, 0), mark)
    return picture


def _icon(purpose: str, picture: Image.Image) -> Icon:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    content = file.getvalue()
    mark = hashlib.sha256(content).hexdigest()[:12]
    return Icon(purpose, f"outlet/{purpose}-{picture.width}-{mark}.png", content)
