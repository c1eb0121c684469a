"""What is done to a picture: checked before it is taken in, cropped, sized, stripped, credited.

    original file → read() → Source, upright and in sRGB → sized_copies() → files for readers

Nothing of the original's metadata gets past `read`; the copies name only whose picture it is.
"""

import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageCms

MAXIMUM_BYTES = 40_000_000
MAXIMUM_PIXELS = 100_000_000  # All frames together.
MAXIMUM_RATIO = 8  # WebP ends at 16,383 pixels a side, and our widest copy has 1,800.

# Pillow refuses twice as many pixels as this before it decodes, but only warns of fewer.
Image.MAX_IMAGE_PIXELS = MAXIMUM_PIXELS // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

EXTENSIONS = {
    "JPEG": "jpg",
    "MPO": "jpg",  # What many cameras write: a JPEG with previews of itself behind it.
    "PNG": "png",
    "WEBP": "webp",
    "AVIF": "avif",
    "TIFF": "tif",
}
FORMATS = list(EXTENSIONS.keys() - {"MPO"})  # Read as the JPEG it begins with.
ANIMATED = {"PNG", "WEBP", "AVIF"}  # Of the others nothing but the first frame is ever read.

WIDTHS = {
    "full": (480, 800, 1200, 1800),
    "card": (240, 400, 640, 960, 1280),
    "square": (96, 192, 384),
    "share": (1200,),
}
RATIOS = {"card": 3 / 2, "square": 1.0, "share": 1200 / 630}
ONLY_JPEG = {"share"}  # Who shows links to a page elsewhere reads nothing newer for certain.
ENOUGH_PX = (1800, 854)  # Every copy can be made from this; the largest card is 1280 × 853.

ENCODINGS: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 80, "optimize": True, "progressive": True},
    "webp": {"quality": 78, "method": 4},
    "avif": {"quality": 50, "speed": 6},
}

ORIENTATION, ARTIST, COPYRIGHT = 0x0112, 0x013B, 0x8298  # Numbers of EXIF.
ON_ITS_SIDE = {5, 6, 7, 8}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/">{properties}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
XMP_PROPERTIES = {
    "creator": "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>",
    "credit": "<photoshop:Credit>{}</photoshop:Credit>",
    "rights": '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:rights>',
    "licence_url": "<xmpRights:WebStatement>{}</xmpRights:WebStatement>",
}


@dataclass(frozen=True)
class Attribution:
    """Whose picture it is, in the words of the page; empty where there is nothing to say."""

    creator: str
    credit: str
    rights: str
    licence_url: str


@dataclass(frozen=True)
class Source:
    """An original as read: upright, opaque, in sRGB, without metadata.

    `width_px` and `height_px` are those of the original; `picture` may be smaller, but is large
    enough for every copy.
    """

    picture: Image.Image
    width_px: int
    height_px: int
    extension: str


@dataclass(frozen=True)
class SizedCopy:
    """One file for readers."""

    crop: str
    format: str
    width_px: int
    height_px: int
    content: bytes


def read(file: File) -> Source:
    """The picture in `file`, checked for size, type by content, pixels and wholeness.

    Raises ValidationError with a sentence that says what to do; before anything is decoded
    where the picture would be too large.
    """
    _check_size(file)
    try:
        opened = _opened(file)
        _check_pixels(opened)
        orientation = _orientation(opened)
        width_px, height_px = opened.size
        enough = ENOUGH_PX
        if orientation in ON_ITS_SIDE:
            width_px, height_px = height_px, width_px
            enough = (enough[1], enough[0])
        picture = _in_srgb(_decoded(opened, enough), opened.info.get("icc_profile"))
    except (ValidationError, MemoryError):
        raise
    except Exception as error:  # Pillow raises errors of many kinds for damaged files.
        raise ValidationError(
            _("The picture is damaged or incomplete. Get it anew, or save it as JPEG again.")
        ) from error
    if orientation in TURNS:
        picture = picture.transpose(TURNS[orientation])
    picture.info.clear()  # Pillow would write the comment and the profile into the copies.
    return Source(picture, width_px, height_px, EXTENSIONS[str(opened.format)])


def _check_size(file: File) -> None:
    if not file.size:
        raise ValidationError(_("The file is empty. Choose the picture again."))
    if file.size > MAXIMUM_BYTES:
        raise ValidationError(
            _("The file has more than %(maximum)s megabytes. Save the picture smaller.")
            % {"maximum": MAXIMUM_BYTES // 1_000_000}
        )


def _opened(file: File) -> Image.Image:
    """What the header of `file` tells; nothing is decoded yet."""
    file.seek(0)
    try:
        return Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Image.UnidentifiedImageError as error:
        raise ValidationError(
            _(
                "The file is not a picture in JPEG, PNG, WebP, AVIF or TIFF, or it is damaged."
                " Save the picture in one of these, best as JPEG."
            )
        ) from error


def _check_pixels(opened: Image.Image) -> None:
    width_px, height_px = opened.size
    frames = getattr(opened, "n_frames", 1) if opened.format in ANIMATED else 1
    if width_px * height_px * frames > MAXIMUM_PIXELS:
        raise _too_many_pixels()
    if max(width_px, height_px) > MAXIMUM_RATIO * min(width_px, height_px):
        raise ValidationError(
            _("The picture is more than %(ratio)s times as long as it is wide. Crop it first.")
            % {"ratio": MAXIMUM_RATIO}
        )


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture has more than %(maximum)s megapixels. Save it smaller.")
        % {"maximum": MAXIMUM_PIXELS // 1_000_000}
    )


def _orientation(opened: Image.Image) -> int:
    """How the camera was held, by EXIF; 1 is upright."""
    try:
        return int(opened.getexif().get(ORIENTATION, 1))
    except Exception:  # Damaged EXIF in a whole picture is common.
        return 1


def _decoded(opened: Image.Image, enough_px: tuple[int, int]) -> Image.Image:
    """The pixels in mode L, RGB, RGBA or CMYK, reduced while they stay at least `enough_px`."""
    opened.draft(None, enough_px)  # JPEGs are decoded smaller at once; they are read to the end.
    opened.load()
    picture = opened
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode in {"I", "F"}:
        raise ValidationError(_("The picture has 32 bits to the pixel. Save it with 8 or 16 bits."))
    elif picture.mode == "RGBA":
        pass  # Converting would copy it, 400 megabytes at most.
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode not in {"L", "RGB", "CMYK"}:
        picture = picture.convert("RGB")
    factor = min(picture.width // enough_px[0], picture.height // enough_px[1])
    return picture.reduce(factor) if factor > 1 else picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in RGB, on white where it was transparent, in colours every browser shows."""
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture).convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB") or picture
        except (ImageCms.PyCMSError, OSError):
            pass  # A profile for another kind of picture, or a damaged one.
    return picture.convert("RGB")


def sized_copies(
    source: Source,
    focal: tuple[float, float],
    formats: Iterable[str],
    attribution: Attribution,
    crops: Iterable[str] = tuple(WIDTHS),
) -> Iterator[SizedCopy]:
    """The copies of `crops` in `formats`, each with its attribution and no other metadata.

    `focal` is the point that crops keep, from 0 to 1 from the left and from the top. The crop
    for links elsewhere is made in JPEG alone.
    """
    packet = xmp_of(attribution)
    extra: dict[str, dict[str, Any]] = {"jpeg": {"exif": _exif_of(attribution)}}
    formats = list(formats)
    for crop in crops:
        wanted = [name for name in formats if name == "jpeg" or crop not in ONLY_JPEG]
        if not wanted:
            continue
        box = crop_box(source.picture.size, RATIOS.get(crop), focal)
        for size in sizes_of(crop, box):
            picture = source.picture.resize(size, Image.Resampling.LANCZOS, box)
            for name in wanted:
                file = io.BytesIO()
                options = ENCODINGS[name] | extra.get(name, {})
                picture.save(file, name, xmp=packet, **options)
                yield SizedCopy(crop, name, *size, file.getvalue())


def crop_box(
    size: tuple[int, int], ratio: float | None, focal: tuple[float, float]
) -> tuple[float, float, float, float]:
    """The largest box of `ratio` (width by height) inside `size`, as near round `focal` as fits.

    The whole picture where there is no ratio. Left, top, right and bottom in pixels.
    """
    width, height = size
    if ratio is None:
        return (0, 0, width, height)
    box_width, box_height = min(width, height * ratio), min(height, width / ratio)
    left = min(max(focal[0] * width - box_width / 2, 0), width - box_width)
    top = min(max(focal[1] * height - box_height / 2, 0), height - box_height)
    return (left, top, min(left + box_width, width), min(top + box_height, height))


def sizes_of(crop: str, box: tuple[float, float, float, float]) -> list[tuple[int, int]]:
    """Width and height of each copy of `box`: the set widths it can fill, or else its own size."""
    width, height = box[2] - box[0], box[3] - box[1]
    widths = [each for each in WIDTHS[crop] if each <= width] or [max(1, int(width))]
    return [(each, max(1, round(each * height / width))) for each in widths]


def xmp_of(attribution: Attribution) -> bytes:
    """An XMP packet that says whose picture it is.

    Source: https://www.iptc.org/std/photometadata/specification/IPTC-PhotoMetadata
    """
    properties = [
        template.format(escape(_printable(getattr(attribution, name))))
        for name, template in XMP_PROPERTIES.items()
        if getattr(attribution, name)
    ]
    return XMP.format(properties="".join(properties)).encode()


def _printable(text: str) -> str:
    """`text` without control characters, which XML cannot hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _exif_of(attribution: Attribution) -> Image.Exif:
    exif = Image.Exif()
    for number, text in ((ARTIST, attribution.creator), (COPYRIGHT, attribution.rights)):
        if text:
            exif[number] = _printable(text).encode()
    return exif
