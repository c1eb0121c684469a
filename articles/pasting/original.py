"""The HTML of a clipboard as a tree, read as a browser would read it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles.markup import depth_of

MAXIMUM_DEPTH = 200

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = {
    *("address", "article", "aside", "body", "caption", "center", "dd", "div", "dl", "dt"),
    *("figure", "footer", "header", "hr", "main", "p", "pre", "section", "tbody", "tfoot"),
    *("thead", "tr", *HEADINGS),
}
INLINE = {"a", "b", "br", "cite", "del", "em", "font", "i", "img", "ins", "q", "span", "strong"}
READ = BLOCKS | INLINE | {"blockquote", "li", "ol", "sup", "table", "td", "th", "ul"}
GONE = {
    *("button", "canvas", "figcaption", "iframe", "math", "nav", "noscript", "object"),
    *("script", "select", "style", "svg", "template", "textarea", "title", "video", "xml"),
}
VOID = {"br", "hr", "img"}
ATTRIBUTES = {"style", "class", "role", "aria-level", "data-aria-level", "hidden"}
CLEANER = nh3.Cleaner(
    tags=READ,
    attributes={
        "*": ATTRIBUTES,
        "a": {"href"},
        "img": {"width", "height", "alt"},
        "ol": {"start"},
    },
    clean_content_tags=GONE,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def style(self) -> str:
        return self.attributes.get("style", "")

    @property
    def classes(self) -> str:
        return self.attributes.get("class", "").lower()

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def all(self, *tags: str) -> "Iterator[Element]":
        """All elements below of these names."""
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)


class _Reader(HTMLParser):
    """Reads what the sanitiser writes, in which every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("body")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)
        if len(self.open) > MAXIMUM_DEPTH:
            raise ValidationError(_("The text is nested too deep. Paste it without formatting."))

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def original_of(text: str) -> Element:
    """What `text` shows; scripts, styles, comments and most attributes are gone from it.

    Raises ValidationError for what is nested too deep.
    """
    text = text.replace("\x00", "")
    if depth_of(text) > MAXIMUM_DEPTH:
        raise ValidationError(_("The text is nested too deep. Paste it without formatting."))
    reader = _Reader()
    reader.feed(CLEANER.clean(text))
    reader.close()
    return reader.root
