"""Addresses made from names in any script."""

from anyascii import anyascii
from django.utils.text import slugify

SLUG_LENGTH = 100


def slug_of(text: str, fallback: str) -> str:
    """`text` in lower-case Latin letters, digits and hyphens, cut at a word.

    "Москва" gives "moskva"; what has no letter or digit in it gives `fallback`.
    """
    slug = slugify(anyascii(text)).replace("_", "-")
    if len(slug) > SLUG_LENGTH:
        slug = slug[: SLUG_LENGTH + 1].rpartition("-")[0] or slug[:SLUG_LENGTH]
    return slug.strip("-") or fallback
