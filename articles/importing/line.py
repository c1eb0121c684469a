"""One line of an import file: read and checked before the database is asked anything."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.translation import gettext as _

from articles.markup import sanitise
from articles.models import Article, Author, Licence, Redirect, Section, Tag

from .body import html_of
from .terms import credit_of_text, licence_of

Record = dict[str, Any]

LINE_BYTES = 4_000_000  # Room for a text of the greatest length with half its letters escaped.
YEARS = range(1600, 3000)  # An address has four digits for the year.
KNOWN = {
    "id",
    "source_url",
    "headline",
    "kicker",
    "standfirst",
    "body",
    "authors",
    "section",
    "tags",
    "published",
    "licence",
    "credit_line",
}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
WEB_ADDRESS = re.compile(r"https?://[^\s/?#@\[\]]+(?:[/?#]\S*)?", re.IGNORECASE)


class Damaged(Exception):
    """Why a line cannot be imported, in a sentence for people."""


@dataclass
class Line:
    """A story as one line holds it."""

    number: int
    source_id: str
    text: dict[str, Any]  # By field of Article.
    section: str
    authors: list[str]
    tags: list[str]
    published: datetime | None
    old_path: str  # Where the story stood on this very site; else empty.
    left_over: dict[str, str] = field(default_factory=dict)  # By field: how many, or why.


def read_line(
    number: int, raw: bytes, *, licences: Mapping[str, Licence], default_section: str
) -> Line:
    """The story that line `number` holds. Raises Damaged."""
    record = _object_in(raw)
    source_url = _address(record)
    is_ours = urlsplit(source_url).hostname == urlsplit(settings.SITE_URL).hostname
    authors = _names(record, "authors", Author)
    terms = _text(record, "licence", 200)
    licence = licence_of(terms, licences)
    credit = credit_of_text(
        credit_line=_text(record, "credit_line", _longest(Article, "text_credit")),
        terms=terms,
        licence=licence,
        authors=authors,
        source_url=source_url,
    )
    line = Line(
        number=number,
        source_id=_source_id(record, source_url),
        text={
            "headline": _headline(record),
            "kicker": _text(record, "kicker", _longest(Article, "kicker")),
            "standfirst": _text(record, "standfirst", _longest(Article, "standfirst")),
            "body": _body(record),
            "without_byline": not authors,
            "text_licence": licence,
            "text_credit": _checked("credit_line", credit, _longest(Article, "text_credit")),
            "text_source_url": "" if is_ours else source_url,
        },
        section=_text(record, "section", _longest(Section, "name")) or default_section,
        authors=authors,
        tags=_names(record, "tags", Tag),
        published=_moment(record),
        old_path=_path_of(source_url) if is_ours else "",
    )
    for name in sorted(record.keys() - KNOWN):
        if record[name]:
            line.left_over[name] = str(len(record[name])) if isinstance(record[name], list) else ""
    if terms and licence is None:
        line.left_over["licence"] = _("“%(terms)s” stands in the credit") % {"terms": terms}
    if len(line.old_path) > _longest(Redirect, "old_path"):
        line.old_path = ""
        line.left_over["source_url"] = _("too long for a redirect")
    if not record.get("section"):
        line.left_over["section"] = _("none; filed under “%(name)s”") % {"name": default_section}
    return line


def _object_in(raw: bytes) -> Record:
    if len(raw) > LINE_BYTES:
        raise Damaged(_("It is longer than %(bytes)s bytes.") % {"bytes": f"{LINE_BYTES:,}"})
    try:
        record = json.loads(raw.decode())
    except UnicodeDecodeError:
        raise Damaged(_("It is not written in UTF-8.")) from None
    except json.JSONDecodeError as problem:
        raise Damaged(
            _("It is not JSON: %(problem)s at character %(position)s.")
            % {"problem": problem.msg, "position": problem.pos + 1}
        ) from None
    except (ValueError, RecursionError):
        raise Damaged(_("It is JSON nested too deep, or holds a number too long.")) from None
    if not isinstance(record, dict):
        raise Damaged(_("It is JSON, but not an object with fields."))
    return record


def _source_id(record: Record, source_url: str) -> str:
    given = record.get("id")
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    longest = _longest(Article, "source_id")
    name = _text({"id": given}, "id", longest) or _checked("source_url", source_url, longest)
    if not name:
        raise Damaged(_("It has neither id nor source_url, so it could not be found again."))
    return name


def _headline(record: Record) -> str:
    headline = _text(record, "headline", _longest(Article, "headline"))
    if not headline:
        raise Damaged(_("headline: there is none."))
    return headline


def _body(record: Record) -> str:
    body = html_of(_texts(record, "body"))
    if not body:
        raise Damaged(_("body: there is no text."))
    try:
        return sanitise(body, figures=True)
    except ValidationError as refusal:
        raise Damaged(f"body: {refusal.messages[0]}") from None


def _address(record: Record) -> str:
    address = _text(record, "source_url", _longest(Article, "text_source_url"))
    if address and not WEB_ADDRESS.fullmatch(address):
        raise Damaged(_("source_url: it is not the address of a web page."))
    return address


def _moment(record: Record) -> datetime | None:
    """When the story was published; noon here for a bare date, our time where no zone is named."""
    text = _text(record, "published", 40)
    if not text:
        return None
    try:
        moment = datetime.combine(date.fromisoformat(text), time(12))
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise Damaged(
                _("published: “%(text)s” is neither a date nor a date and time.") % {"text": text}
            ) from None
    if moment.year not in YEARS:
        raise Damaged(
            _("published: the year must lie between %(first)s and %(last)s.")
            % {"first": YEARS[0], "last": YEARS[-1]}
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())


def _path_of(address: str) -> str:
    """`address` as `follow_redirects` looks for it: the path, or the escaped path and query."""
    parts = urlsplit(address)
    path = _checked("source_url", unquote(parts.path)) or "/"
    return f"{escape_uri_path(path)}?{iri_to_uri(parts.query)}" if parts.query else path


def _names(record: Record, name: str, model: type[Model]) -> list[str]:
    """The names in a list, each once whatever its capitals."""
    names: dict[str, str] = {}
    for text in _texts(record, name):
        if text.strip():
            names.setdefault(text.strip().casefold(), text.strip())
    return [_checked(name, text, _longest(model, "name")) for text in names.values()]


def _texts(record: Record, name: str) -> list[str]:
    value = record.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise Damaged(_("%(field)s: it must be a list of texts.") % {"field": name})
    return [_checked(name, text) for text in value]


def _text(record: Record, name: str, longest: int) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Damaged(_("%(field)s: it must be a text.") % {"field": name})
    return _checked(name, value.strip(), longest)


def _checked(name: str, text: str, longest: int | None = None) -> str:
    """`text` itself. Raises Damaged where it is too long or holds what no page can show."""
    if longest is not None and len(text) > longest:
        raise Damaged(
            _("%(field)s: it has more than %(longest)s characters.")
            % {"field": name, "longest": longest}
        )
    if found := UNPRINTABLE.search(text):
        raise Damaged(
            _("%(field)s: it holds %(code)s, which cannot be printed.")
            % {"field": name, "code": f"U+{ord(found[0]):04X}"}
        )
    return text


def _longest(model: type[Model], name: str) -> int:
    return getattr(model, name).field.max_length
