"""What a picture's file says of itself, in IPTC, XMP and EXIF, as plain words for the form.

    file → read() → Told, kept with the photo as plain values → values_of(), sentences_of()

Files come from anywhere: whatever they hold, `read` answers, and nothing of it is markup, a
control character or longer than its field. Where the three disagree IPTC wins, then XMP.

Source: https://www.iptc.org/std/photometadata/specification/IPTC-PhotoMetadata
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from defusedxml import ElementTree  # type: ignore[import-untyped]
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, IptcImagePlugin, TiffImagePlugin

from articles import images

logger = logging.getLogger(__name__)

# By field of a photo: {"creator": [["IPTC", "A. Name"], ["XMP", "Another"]], "cut": ["caption"]}.
Told = dict[str, Any]

LONGEST = {
    "title": 200,
    "caption": 600,
    "creator": 120,
    "agency": 120,
    "source_url": 500,
    "copyright_notice": 200,
    "keywords": 64,  # Each.
    "licence": 40,
}
MOST_KEYWORDS = 50
MAXIMUM_XMP_BYTES = 2_000_000
MAXIMUM_VALUE_BYTES = 100_000  # Of one value, before it is cut to its field.

IPTC_FIELDS = {
    "creator": [(2, 80)],
    "agency": [(2, 110)],
    "caption": [(2, 120)],
    "copyright_notice": [(2, 116)],
    "title": [(2, 5), (2, 105)],
    "keywords": [(2, 25)],
}
IPTC_CHARSET = (1, 90)
UTF_8_MARK = b"\x1b%G"

EXIF_FIELDS = {"creator": 0x013B, "caption": 0x010E, "copyright_notice": 0x8298}
WINDOWS_FIELDS = {"title": 0x9C9B, "creator": 0x9C9D, "keywords": 0x9C9E, "caption": 0x9C9C}
XMP_OF_TIFF = 700

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
CC = "{http://creativecommons.org/ns#}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XMP_FIELDS = {
    "creator": [f"{DC}creator"],
    "agency": [f"{PHOTOSHOP}Credit"],
    "caption": [f"{DC}description"],
    "copyright_notice": [f"{DC}rights"],
    "title": [f"{DC}title", f"{PHOTOSHOP}Headline"],
    "keywords": [f"{DC}subject"],
    "source_url": [f"{CC}attributionURL"],
}
XMP_LICENCE = [f"{CC}license", f"{RIGHTS}WebStatement", f"{RIGHTS}UsageTerms", f"{DC}rights"]

LICENCE = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-(?:nc|nd|sa)){0,2})/(\d\.\d)"
    r"|publicdomain/(zero|mark)/1\.0)",
    re.IGNORECASE,
)
WRITTEN_BY_CAMERAS = {"olympus digital camera", "sony dsc", "digital camera", "default", "dcim"}


def read(file: File) -> Told:
    """What `file` says, by field of a photo; empty for a file that cannot be read.

    Never raises for what the file holds. Reads the file's head, not its pixels.
    """
    told: Told = {}
    try:
        file.seek(0)
        opened = Image.open(file, formats=images.FORMATS)
    except Exception:
        return told
    ways: dict[str, Callable[[ImageFile.ImageFile], dict[str, list[str]]]] = {
        "IPTC": _iptc,
        "XMP": _xmp,
        "EXIF": _exif,
    }
    for source, values_in in ways.items():
        try:
            found = values_in(opened)
        except Exception as error:  # Damaged metadata in whole pictures are common.
            logger.info("Left out the %s of a picture: %s", source, type(error).__name__)
            continue
        for field, values in found.items():
            _add(told, source, field, values)
    return told


def values_of(told: Told) -> dict[str, Any]:
    """What the form is to be filled with: the word of IPTC, or else of XMP, or else of EXIF.

    `keywords` is a list, `licence` a code as ours are called; the rest is text.
    """
    values = {name: told[name][0][1] for name in LONGEST if told.get(name)}
    if values.get("agency", "").casefold() == values.get("creator", "").casefold():
        values.pop("agency", None)  # Printed side by side, it would be the same name twice.
    return values


def sentences_of(told: Told, labels: Mapping[str, Any]) -> list[str]:
    """What a person should know of it: where the file disagrees with itself, what was cut.

    `labels` are the names of the fields in the form.
    """
    sentences = []
    for name in LONGEST:
        said = told.get(name) or []
        label = str(labels.get(name, name))
        label = label[:1].upper() + label[1:]
        for source, value in said[1:]:
            if _is_other(value, said[0][1]):
                sentences.append(
                    _("%(label)s: from %(first)s. The file says “%(value)s” in %(other)s too.")
                    % {
                        "label": label,
                        "first": said[0][0],
                        "value": ", ".join(value) if isinstance(value, list) else value,
                        "other": source,
                    }
                )
        if name in told.get("cut", []):
            sentences.append(
                _("%(label)s: longer in the file; only the beginning was taken.") % {"label": label}
            )
    return sentences


def _is_other(value: Any, first: Any) -> bool:
    if isinstance(value, list):
        return {each.casefold() for each in value} != {each.casefold() for each in first}
    return " ".join(value.split()).casefold() != " ".join(first.split()).casefold()


def _add(told: Told, source: str, field: str, values: Iterable[str]) -> None:
    longest = LONGEST[field]
    if field == "keywords":  # In the form, commas stand between them.
        values = [word for value in values for word in re.split("[,;]", value)]
    cleaned = [_printable(value[:MAXIMUM_VALUE_BYTES]) for value in values]
    words = [value for value in dict.fromkeys(cleaned) if value]
    if not words:
        return
    value: Any = words if field == "keywords" else ", ".join(words)
    if field == "keywords":
        is_cut = len(words) > MOST_KEYWORDS or any(len(word) > longest for word in words)
        value = [word[:longest].rstrip() for word in words[:MOST_KEYWORDS]]
    elif field == "source_url":
        if not _is_address(value):
            return
        is_cut = False
    else:
        is_cut = len(value) > longest
        value = value[:longest].rstrip()
    if is_cut:
        told["cut"] = sorted({*told.get("cut", []), field})
    told.setdefault(field, []).append([source, value])


def _printable(text: str) -> str:
    """`text` in composed letters, on one line, without control characters or turns of direction."""
    kept = (
        letter if unicodedata.category(letter) not in {"Cc", "Cs", "Cn", "Zl", "Zp"} else " "
        for letter in unicodedata.normalize("NFC", text)
        if letter not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    )
    words = " ".join("".join(kept).split())
    return "" if words.casefold() in WRITTEN_BY_CAMERAS else words


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return is_whole and " " not in text and len(text) <= LONGEST["source_url"]


def licence_in(text: str) -> str:
    """The code of the licence whose address stands in `text`, “CC BY-SA 4.0”; or nothing."""
    match = LICENCE.search(text)
    if match is None:
        return ""
    if match[3]:
        return "CC0 1.0" if match[3].lower() == "zero" else "Public domain"
    return f"CC {match[1].upper()} {match[2]}"


# IPTC


def _iptc(opened: ImageFile.ImageFile) -> dict[str, list[str]]:
    datasets = IptcImagePlugin.getiptcinfo(opened) or {}

    def all_of(number: tuple[int, int]) -> list[bytes]:
        value = datasets.get(number, [])
        return value if isinstance(value, list) else [value]

    is_utf_8 = UTF_8_MARK in all_of(IPTC_CHARSET)
    found = {}
    for field, numbers in IPTC_FIELDS.items():
        for number in numbers:
            words = [_decoded(each[:MAXIMUM_VALUE_BYTES], is_utf_8) for each in all_of(number)]
            if any(words):
                found[field] = words
                break
    code = next(filter(None, map(licence_in, found.get("copyright_notice", []))), "")
    return found | ({"licence": [code]} if code else {})


def _decoded(raw: bytes, is_utf_8: bool = False) -> str:
    """The text in `raw`, whose encoding is declared or, as often, neither declared nor true.

    Few texts in another encoding are UTF-8 by chance. A value that a program cut off in the
    middle of its last letter still is, when it was declared so.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        if is_utf_8 and error.start >= len(raw) - 3:
            return raw[: error.start].decode()
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


# EXIF


def _exif(opened: ImageFile.ImageFile) -> dict[str, list[str]]:
    exif = opened.getexif()
    found: dict[str, list[str]] = {}
    for field, number in EXIF_FIELDS.items():
        text = _text_of(exif.get(number))
        if field == "copyright_notice":  # The photographer's and the editor's, NUL in between.
            found[field] = text.split("\x00")
        else:
            found[field] = [text.replace("\x00", " ")]
    for field, number in WINDOWS_FIELDS.items():
        raw = exif.get(number)
        if isinstance(raw, bytes) and not any(found.get(field, [])):
            text = raw.decode("utf-16-le", "replace").rstrip("\x00")
            found[field] = text.split(";") if field in {"keywords", "creator"} else [text]
    return found


def _text_of(value: Any) -> str:
    """Pillow reads the texts of EXIF as Latin-1, whatever they are."""
    if isinstance(value, str):
        value = value.encode("latin-1", "replace")
    return _decoded(value) if isinstance(value, bytes) else ""


# XMP


def _xmp(opened: ImageFile.ImageFile) -> dict[str, list[str]]:
    packet = opened.info.get("xmp") or opened.info.get("XML:com.adobe.xmp")
    if packet is None and isinstance(opened, TiffImagePlugin.TiffImageFile):
        packet = opened.tag_v2.get(XMP_OF_TIFF)
    if isinstance(packet, str):
        packet = packet.encode()
    if not isinstance(packet, bytes) or len(packet) > MAXIMUM_XMP_BYTES:
        return {}
    root = ElementTree.fromstring(packet.strip(b"\x00 \r\n\t"), forbid_dtd=True)
    descriptions = list(root.iter(f"{RDF}Description"))
    found = {}
    for field, names in XMP_FIELDS.items():
        for name in names:
            values = _property(descriptions, name)
            if any(values):
                found[field] = values
                break
    told_of_rights = [each for name in XMP_LICENCE for each in _property(descriptions, name)]
    code = next(filter(None, map(licence_in, told_of_rights)), "")
    return found | ({"licence": [code]} if code else {})


def _property(descriptions: list[Element], name: str) -> list[str]:
    """The values of a property, whichever of its ways RDF writes it."""
    for description in descriptions:
        if name in description.attrib:
            return [description.attrib[name]]
        element = description.find(name)
        if element is None:
            continue
        if f"{RDF}resource" in element.attrib:
            return [element.attrib[f"{RDF}resource"]]
        items = list(element.iter(f"{RDF}li"))
        if not items:
            return [element.text or ""]
        if element.find(f"{RDF}Alt") is not None:  # The same in several languages.
            items = [each for each in items if each.get(LANG) == "x-default"] or items[:1]
        return [each.text or "" for each in items]
    return []
