"""Run as ``python -m newsroom.sample.drawing [key ...]``."""

from __future__ import annotations

import sys
import time
from io import BytesIO
from pathlib import Path

from PIL import Image

from . import city, coast, land, people, rooms

TARGET = Path(__file__).resolve().parent.parent / "pictures"
SCENES = {**coast.SCENES, **land.SCENES, **city.SCENES, **rooms.SCENES, **people.SCENES}
LARGEST = 245_000


def save(pixels, path: Path) -> int:
    """Write a progressive JPEG, lowering the quality a little if it grows too large."""
    image = Image.fromarray(pixels)
    for quality in (82, 78, 74, 70, 66, 62, 58):
        data = BytesIO()
        image.save(data, "JPEG", quality=quality, progressive=True, optimize=True)
        if data.tell() <= LARGEST:
            break
    path.write_bytes(data.getvalue())
    return data.tell()


def main(keys: list[str]) -> None:
    """Draw the named pictures, or all of them."""
    TARGET.mkdir(exist_ok=True)
    for key in keys or SCENES:
        start = time.monotonic()
        size = save(SCENES[key](), TARGET / f"{key}.jpg")
        print(f"{key}: {size // 1000} kB, {time.monotonic() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
