"""The text of a story: which HTML may be stored, and how it is shown.

What `sanitise` returns holds paragraphs, headings, lists, quotations, links and figures that
name a photo of the library, nothing else; it is safe to print as it stands.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from urllib.parse import urljoin

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

MAXIMUM_LENGTH = 500_000
MAXIMUM_DEPTH = 60  # The sanitiser takes ten seconds for 50,000 nested tags.
EXCERPT_CHARACTERS = 160

TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "blockquote", "h2", "h3", "br"}
CLASSES = {"blockquote": {"pullquote"}, "p": {"link-card"}}
ATTRIBUTES = {"*": set(), "a": {"href"}, "ol": {"start"}}  # "*": else any may have lang, title.
SCHEMES = {"http", "https", "mailto"}
STORY_ATTRIBUTES = {
    "figure": {"data-photo", "data-caption"},
    "blockquote": {"class"},
    "p": {"class"},
}

FIGURE = re.compile(r'<figure((?:\s[a-z-]+="[^"]*")*)>|</figure>')
CANONICAL_FIGURE = re.compile(
    r'<figure data-photo="([0-9]+)"(?: data-caption="([^"]*)")?></figure>'
)
CARD = re.compile(r'<p class="link-card"><a href="([^"]*)">((?:[^<]|<(?!/a>))*)</a></p>')
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
STORY_NUMBER = re.compile(r"/\d{4}/\d{2}/\d{2}/[\w-]*-?a(\d{1,15})/?(?:[?#].*)?$", re.ASCII)
LINK_START = re.compile(r'<a((?: [a-z-]+="[^"]*")*?) href="([^"]*)"')
BLOCK_END = re.compile(r"</(?:p|h2|h3|li|blockquote|figure)>|<br>")
TAG = re.compile(r"<[^>]*>")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("figure", "data-photo"):
        return value if re.fullmatch(r"[1-9][0-9]{0,9}", value, re.ASCII) else None
    if (tag, name) == ("figure", "data-caption"):
        return value[:600]
    if (tag, name) == ("ol", "start"):
        return value if re.fullmatch(r"[0-9]{1,4}", value, re.ASCII) else None
    if name == "class":
        return value if value in CLASSES.get(tag, ()) else None
    return value


def _cleaner(*, figures: bool) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS | ({"figure"} if figures else set()),
        attributes=ATTRIBUTES | (STORY_ATTRIBUTES if figures else {}),
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        link_rel=None,
        clean_content_tags={"script", "style", "figcaption", "title", "template"},
    )


_CLEANERS = {figures: _cleaner(figures=figures) for figures in (True, False)}


def sanitise(text: str, *, figures: bool) -> str:
    """`text` with everything taken out that a story may not hold; the same when given again.

    Raises ValidationError for a text that is too long, nested too deep or does not settle.
    """
    if not text:
        return ""
    if len(text) > MAXIMUM_LENGTH:
        raise ValidationError(
            _("The text has more than %(maximum)s characters. Divide it.")
            % {"maximum": MAXIMUM_LENGTH}
        )
    text = text.replace("\x00", "")
    if depth_of(text) > MAXIMUM_DEPTH:
        raise ValidationError(_("The text is nested too deep. Paste it without formatting."))
    for _round in range(5):
        clean = FIGURE.sub(_canonical_figure, _CLEANERS[figures].clean(text))
        if clean == text:
            return "" if clean in {"<p></p>", "<p><br></p>"} else clean
        text = clean
    raise ValidationError(_("The text cannot be cleaned. Paste it without formatting."))


def depth_of(text: str) -> int:
    """How deep elements may be nested at most; elements that are never closed count."""
    is_open: Counter[str] = Counter()
    depth = deepest = 0
    for match in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)", text):
        tag = match[2].lower()
        if tag in {"br", "img", "hr", "input", "meta", "link", "wbr", "col"}:
            continue
        if not match[1]:
            is_open[tag] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif is_open[tag]:  # The end of what never began closes nothing.
            is_open[tag] -= 1
            depth -= 1
    return deepest


def _canonical_figure(match: re.Match[str]) -> str:
    attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', match[1] or ""))
    if "data-photo" not in attributes:
        return ""
    caption = attributes.get("data-caption")
    printed = f' data-caption="{caption}"' if caption else ""
    return f'<figure data-photo="{attributes["data-photo"]}"{printed}></figure>'


def figures(body: str) -> list[tuple[int, str]]:
    """The number and the caption of each photo in a sanitised text, in their order."""
    found = CANONICAL_FIGURE.finditer(body)
    return [(int(match[1]), html.unescape(match[2] or "")) for match in found]


def photo_ids(body: str) -> list[int]:
    """The numbers of the photos in a sanitised text, each once, in their order."""
    return list(dict.fromkeys(number for number, _caption in figures(body)))


def story_numbers(body: str, own_address: str) -> set[int]:
    """The numbers of our own stories that a sanitised text links to."""
    links = (own_story(html.unescape(match[1]), own_address) for match in LINK.finditer(body))
    return {number for number in links if number is not None}


def own_story(href: str, own_address: str) -> int | None:
    """The number of the story an address of this site leads to."""
    is_absolute = href[: len(own_address)].lower() == own_address.lower()
    path = href[len(own_address) :] if is_absolute else href
    if not path.startswith("/") or path.startswith("//"):  # "//host/…" is another site.
        return None
    match = STORY_NUMBER.search(path)
    return int(match[1]) if match else None


def render(
    body: str,
    *,
    figure: Callable[[int, str], str],
    stories: Mapping[int, str],
    own_address: str,
    card: Callable[[str, str], str] | None = None,
) -> SafeString:
    """A sanitised text as readers get it.

    `figure(number, caption)` gives the finished HTML of a photo, or "" for one that cannot be
    shown; `card(address, words)` that of a link card, or "" for one that stays as it is.
    `stories` holds the addresses of the visible stories among `story_numbers(body)`; a link to
    any other story of ours is taken off, its words stay.
    """

    def expanded_figure(match: re.Match[str]) -> str:
        return figure(int(match[1]), html.unescape(match[2] or ""))

    def checked_link(match: re.Match[str]) -> str:
        href = html.unescape(match[1])
        number = own_story(href, own_address)
        if number is not None:
            if number not in stories:
                return match[2]
            return f'<a href="{escape(stories[number])}">{match[2]}</a>'
        return match[0]

    def expanded_card(match: re.Match[str]) -> str:
        words = html.unescape(TAG.sub("", match[2]))
        return (card and card(html.unescape(match[1]), words)) or match[0]

    body = CARD.sub(expanded_card, LINK.sub(checked_link, body))
    return mark_safe(CANONICAL_FIGURE.sub(expanded_figure, body))  # noqa: S308  Sanitised above.


def card_addresses(body: str) -> list[str]:
    """Where the link cards of a sanitised text lead."""
    return [html.unescape(match[1]) for match in CARD.finditer(body)]


def with_absolute_addresses(shown: SafeString, page: str) -> SafeString:
    """A shown text for other places than its `page`: what it links to is named in full."""

    def in_full(match: re.Match[str]) -> str:
        try:
            address = urljoin(page, html.unescape(match[2]))
        except ValueError:  # A malformed host leads nowhere from the page either.
            return match[0]
        return f'<a{match[1]} href="{escape(address)}"'

    return mark_safe(LINK_START.sub(in_full, shown))  # noqa: S308  Safe before, escaped since.


def plain_text(body: str) -> str:
    """The words of a sanitised text, captions of figures included, a line per block."""
    body = CANONICAL_FIGURE.sub(lambda match: f"<p>{match[2] or ''}</p>", body)
    lines = TAG.sub("", BLOCK_END.sub("\n", body)).splitlines()
    return "\n".join(line.strip() for line in map(html.unescape, lines) if line.strip())


def excerpt(body: str) -> str:
    """The first paragraph of a sanitised text, cut at a word."""
    match = re.search(r"<p>(.*?)</p>", body, re.DOTALL)
    words = " ".join(plain_text(match[0] if match else body).split())
    if len(words) <= EXCERPT_CHARACTERS:
        return words
    cut = Truncator(words).chars(EXCERPT_CHARACTERS, truncate="")
    return cut.rpartition(" ")[0].rstrip(" ,;:–-") + "…"
