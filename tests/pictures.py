"""Pictures that say something of themselves, made for tests."""

import io
import struct
from html import escape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

UTF_8 = b"\x1b%G"
BY_LINE, CREDIT, CAPTION, COPYRIGHT, TITLE, KEYWORD = 80, 110, 120, 116, 5, 25

PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
    ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
    ' xmlns:cc="http://creativecommons.org/ns#">{}</rdf:Description></rdf:RDF></x:xmpmeta>'
)


def xmp(**said: str | list[str]) -> bytes:
    """An XMP packet; `creator` and `subject` are lists, what else is said is text."""
    parts = []
    for name in ("description", "title", "rights"):
        if name in said:
            value = escape(str(said[name]))
            parts.append(
                f'<dc:{name}><rdf:Alt><rdf:li xml:lang="nl">Anders</rdf:li>'
                f'<rdf:li xml:lang="x-default">{value}</rdf:li></rdf:Alt></dc:{name}>'
            )
    for name, kind in (("creator", "Seq"), ("subject", "Bag")):
        if name in said:
            items = "".join(f"<rdf:li>{escape(each)}</rdf:li>" for each in said[name])
            parts.append(f"<dc:{name}><rdf:{kind}>{items}</rdf:{kind}></dc:{name}>")
    for name, tag in (("credit", "photoshop:Credit"), ("rights_url", "xmpRights:WebStatement")):
        if name in said:
            parts.append(f"<{tag}>{escape(str(said[name]))}</{tag}>")
    if "source_url" in said:
        parts.append(f'<cc:attributionURL rdf:resource="{escape(str(said["source_url"]))}"/>')
    return PACKET.format("".join(parts)).encode()


def iptc(values: list[tuple[int, bytes]], *, charset: bytes = b"") -> bytes:
    """Datasets of IPTC's second record, with the mark of their encoding when there is one."""
    datasets = [(1, 90, charset)] if charset else []
    datasets += [(2, number, value) for number, value in values]
    return b"".join(
        struct.pack(">BBBH", 0x1C, record, number, len(value)) + value
        for record, number, value in datasets
    )


def in_app13(block: bytes) -> bytes:
    """The segment of a JPEG in which Photoshop, and all after it, put IPTC."""
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(block)) + block
    content = b"Photoshop 3.0\x00" + resource + b"\x00" * (len(block) % 2)
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def exif(fields: dict[int, bytes]) -> Image.Exif:
    made = Image.Exif()
    for number, value in fields.items():
        made[number] = value
    return made


def picture(
    *,
    iptc_block: bytes = b"",
    packet: bytes = b"",
    tags: dict[int, bytes] | None = None,
    colour: str = "teal",
    format: str = "JPEG",
    size: tuple[int, int] = (60, 40),
) -> bytes:
    """A small picture with the metadata given."""
    file = io.BytesIO()
    options: dict[str, Any] = {"xmp": packet} if packet else {}
    if packet and format == "PNG":
        options = {"pnginfo": PngInfo()}
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", packet.decode())
    elif packet and format == "TIFF":
        options = {"tiffinfo": {700: packet}}
    if tags:
        options["exif"] = exif(tags)
    Image.new("RGB", size, colour).save(file, format, **options)
    content = file.getvalue()
    return content[:2] + in_app13(iptc_block) + content[2:] if iptc_block else content


def mark_png(
    width_px: int = 600, height_px: int = 600, name: str = "PNG", **options: Any
) -> SimpleUploadedFile:
    """An outlet's mark: a red square in the middle, transparent round it where PNG can be."""
    mark = Image.new("RGBA", (width_px, height_px), (255, 255, 255, 0))
    middle = (width_px // 4, height_px // 4, width_px * 3 // 4, height_px * 3 // 4)
    mark.paste((220, 20, 20, 255), middle)
    file = io.BytesIO()
    (mark if name == "PNG" else mark.convert("RGB")).save(file, name, **options)
    return SimpleUploadedFile(f"our secret mark.{name.lower()}", file.getvalue())
