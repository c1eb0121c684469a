"""The catalogues of our own strings: gathered from code, kept translated, compiled.

All of it in Python, for most machines have no gettext.
"""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

FOLDER = Path(__file__).parent / "locale"

HEAD = """\
# Translations are written here; “make messages” gathers the strings and compiles what is written.
#"""

# What Django's functions are called, and which of their arguments are strings.
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class OurCatalog(Catalog):
    """A catalogue whose head says nothing that changes by itself: no dates, no versions."""

    def __init__(self, language: str) -> None:
        super().__init__(locale=language, header_comment=HEAD, fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", self.locale_identifier or ""),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def pages() -> Iterator[tuple[str, str, BinaryIO]]:
    """Our Python and our templates, each as path, method of extraction and text."""
    root = settings.BASE_DIR
    for app in ("articles", "donations", "newsroom"):
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(root)), "python", BytesIO(path.read_bytes())
    for path in sorted((root / "templates").rglob("*.*")):
        code = templatize(path.read_text(), origin=str(path))
        lines = "\n".join(line.strip() for line in code.splitlines())  # Indents would be read.
        yield str(path.relative_to(root)), "python", BytesIO(lines.encode())


def scripts() -> Iterator[tuple[str, str, BinaryIO]]:
    """The scripts of the desk, each as path, method of extraction and text."""
    for path in sorted(settings.BASE_DIR.glob("*/static/**/*.js")):
        text = BytesIO(path.read_bytes())
        yield str(path.relative_to(settings.BASE_DIR)), "javascript", text


# Pages are given the first by Django, scripts of the desk the second by the admin's own view.
DOMAINS: dict[str, Callable[[], Iterator[tuple[str, str, BinaryIO]]]] = {
    "django": pages,
    "djangojs": scripts,
}


def languages() -> list[str]:
    """The codes of the languages that we ship translations to."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def po_file(language: str, domain: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def catalogue(language: str, domain: str) -> Catalog:
    """What is written in the .po file of a language; empty when there is none yet."""
    path = po_file(language, domain)
    if not path.exists():
        return OurCatalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def gathered(language: str, domain: str) -> Catalog:
    """Every string that is in the code now, with the translation that the .po file has."""
    known = catalogue(language, domain)
    current = OurCatalog(language)
    for path, method, text in DOMAINS[domain]():
        for _line, found, comments, context in extract(
            method,
            text,
            keywords=KEYWORDS,
            comment_tags=["Translators"],
            options={"parse_template_string": True},  # Of scripts.
        ):
            current.add(found, locations=[(path, 0)], auto_comments=comments, context=context)
    for message in current:
        old = known.get(*_key(message)) if message.id else None
        if old and old.pluralizable == message.pluralizable and old.id == message.id:
            message.string = old.string
            message.user_comments = old.user_comments
            message.flags |= old.flags & {"fuzzy"}
    return current


def _key(message: Message) -> tuple[str, str | None]:
    return _texts(message.id)[0], message.context


def _texts(written: str | Sequence[str] | None) -> list[str]:
    """A string and its plurals, or the one string there is."""
    return [written or ""] if isinstance(written, str | None) else list(written)


def as_po(messages: Catalog) -> bytes:
    """The catalogue as translators read it; places by file only, for lines move all the time."""
    file = BytesIO()
    write_po(file, messages, width=100, include_lineno=False)
    return file.getvalue()


def as_mo(messages: Catalog) -> bytes:
    """The catalogue as Python reads it; the same bytes on every machine."""
    file = BytesIO()
    write_mo(file, messages)
    return file.getvalue()


def missing(messages: Catalog) -> list[Message]:
    """What has no translation, or one that somebody has to look at."""
    return [
        message
        for message in messages
        if message.id and (message.fuzzy or not all(_texts(message.string)))
    ]


def bring_up_to_date(language: str, domain: str) -> Catalog:
    """Write both files anew and return what they hold."""
    messages = gathered(language, domain)
    path = po_file(language, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_po(messages))
    path.with_suffix(".mo").write_bytes(as_mo(messages))
    return messages
