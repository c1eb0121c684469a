"""A story without any markup, for networks on which every kilobyte counts.

Its lines are not broken: what shows them knows how wide it is.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.utils.safestring import SafeString

    from articles.live import Coverage
    from articles.models import Outlet
    from articles.story import Story

BLOCKS = {"p", "div", "h2", "h3", "li", "ul", "ol", "blockquote", "figure", "figcaption"}
UNDERLINES = {"h2": "-", "h3": "."}
Attributes = list[tuple[str, str | None]]


def plain_text_of(story: Story, outlet: Outlet, coverage: Coverage | None = None) -> str:
    """The story with all its page says of it, in the language that is active."""
    parts = [
        outlet.name,
        _headline(story),
        story.standfirst,
        "\n".join(_who_and_when(story)),
        _("This story describes events that some readers may find distressing.")
        if story.is_sensitive
        else "",
        f"[{story.lead.credit}]" if story.lead else "",
        f"{story.dateline} – " * bool(story.dateline) + text_of(story.body_html, story.url),
        *_entries(coverage, story.url),
        opinion_notice(outlet) if story.kind == "opinion" else "",
        "\n\n".join(_corrections(story)),
        _text_licence(story),
        _related(story),
        "\n".join(f"{other.name}: {_full(other.url)}" for other in story.translations),
        _full(story.url),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def withdrawn_text(reason: str) -> str:
    """What stands at the address of a story that was taken from readers."""
    return f"{_('This story has been withdrawn')}\n\n{reason}\n"


def opinion_notice(outlet: Outlet) -> str:
    """Whose views an opinion holds, in the outlet's words or ours."""
    return outlet.opinion_notice or _(
        "The views in this article are those of its author; they need not be ours."
    )


def text_of(shown: SafeString, page: str = "") -> str:
    """A text that is ready for readers of `page`, its words and where its links lead."""
    reader = _Reader(_full(page))
    reader.feed(shown)
    reader.close()
    return reader.text


def _full(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _when(moment: datetime) -> str:
    """The moment to the minute in the outlet's zone, which it names."""
    local = timezone.localtime(moment)
    return date_format(local, "j F Y, H:i T")


def _headline(story: Story) -> str:
    headline = f"{story.headline} – {story.source}" if story.source else story.headline
    return f"{headline}\n{'=' * len(headline)}"


def _who_and_when(story: Story) -> Iterator[str]:
    if story.authors:
        names = get_text_list([author.name for author in story.authors], _("and"))
        yield f"{pgettext('author', 'By')} {names}"
    yield _when(story.published_at)
    if story.updated_at:
        yield f"{_('Updated')} {_when(story.updated_at)}"


def _entries(coverage: Coverage | None, page: str) -> Iterator[str]:
    """Live coverage, newest first, as far as the first page of it goes."""
    for entry in coverage.entries if coverage else ():
        heading = f"{_when(entry.happened_at)}: {entry.headline}".rstrip(": ")
        yield f"{heading}\n{UNDERLINES['h2'] * len(heading)}"
        yield text_of(entry.body_html, page)
        if entry.correction:
            yield f"{_('Correction')}: {entry.correction}"


def _corrections(story: Story) -> Iterator[str]:
    if story.corrections:
        heading = ngettext("Correction", "Corrections", len(story.corrections))
        yield f"{heading}\n{UNDERLINES['h2'] * len(heading)}"
    for correction in story.corrections:
        kind, when = correction.get_kind_display(), _when(correction.made_at)
        yield f"{kind}, {when}: {correction.text}"


def _text_licence(story: Story) -> str:
    lines = [story.text_credit]
    if story.text_licence:
        lines.append(f"{_('Licence of the text:')} {story.text_licence} {story.text_licence.url}")
    if story.text_source_url:
        lines.append(f"{_('Original')}: {story.text_source_url}")
    return "\n".join(line.strip() for line in lines if line)


def _related(story: Story) -> str:
    if not story.related:
        return ""
    heading = _("Read more")
    cards = (f"{card.headline}\n{_full(card.url)}" for card in story.related)
    return "\n\n".join([f"{heading}\n{UNDERLINES['h2'] * len(heading)}", *cards])


class _Reader(HTMLParser):
    """Reads HTML of ours into blocks of text; notes and buttons of embeds are no part of it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.text = ""
        self.words: list[str] = []  # Of the block that is being read.
        self.lists: list[int | None] = []  # The next number of each open list; None without.
        self.marker = ""  # Of the item that begins.
        self.follows_item = False
        self.quotes = 0
        self.left_out = ""
        self.in_caption = False
        self.link, self.link_starts = "", 0

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        attributes = dict(attrs)
        if self.left_out:
            return
        if tag in BLOCKS:
            self._end_block()
        if tag == "button" or attributes.get("class") == "embed-note":
            self.left_out = tag
        elif tag in {"ul", "ol"}:
            self.follows_item &= bool(self.lists)
            self.lists.append(int(attributes.get("start") or 1) if tag == "ol" else None)
        elif tag == "li":
            self._mark_item()
        elif tag == "blockquote":
            self.quotes += 1
        elif tag == "figcaption":
            self.in_caption = True
        elif tag == "br":
            self.words.append("\n")
        elif tag == "a":
            self.link, self.link_starts = attributes.get("href") or "", len(self.words)

    def handle_endtag(self, tag: str) -> None:
        if self.left_out:
            self.left_out = "" if tag == self.left_out else self.left_out
            return
        if tag == "a":
            self._name_address()
        if tag in BLOCKS:
            self._end_block(UNDERLINES.get(tag, ""))
        if tag in {"ul", "ol"}:
            self.lists.pop()
        elif tag == "blockquote":
            self.quotes -= 1
        elif tag == "figcaption":
            self.in_caption = False

    def handle_data(self, data: str) -> None:
        if not self.left_out:
            self.words.append(data)

    def close(self) -> None:
        super().close()
        self._end_block()

    def _mark_item(self) -> None:
        number = self.lists[-1]
        self.marker = "- " if number is None else f"{number}. "
        if number is not None:
            self.lists[-1] = number + 1

    def _name_address(self) -> None:
        """Say where a link leads, but for those of credits and those that say so themselves."""
        address = urljoin(self.page, self.link).removeprefix("mailto:")
        said = "".join(self.words[self.link_starts :])
        if self.link and not self.in_caption and address != said:
            self.words.append(f" <{address}>")

    def _end_block(self, underline: str = "") -> None:
        lines = [" ".join(line.split()) for line in "".join(self.words).split("\n")]
        self.words = []
        text = "\n".join(lines).strip()
        if not text:
            return
        if self.in_caption:
            text = f"[{text}]"
        if underline:
            text = f"{text}\n{underline * len(text)}"
        margin = "> " * self.quotes + "  " * (len(self.lists) - 1)
        following = f"\n{margin}{' ' * len(self.marker)}"
        if self.text:
            self.text += "\n" if self.marker and self.follows_item else "\n\n"
        self.text += margin + self.marker + text.replace("\n", following)
        self.follows_item = bool(self.marker)
        self.marker = ""
