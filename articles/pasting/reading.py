"""From the tree of a paste to its blocks: what each program means by what it writes."""

import re
from dataclasses import replace

from articles.addresses import without_trackers

from .blocks import Block, Place, Run, paragraphs_of, visible
from .original import BLOCKS, HEADINGS, VOID, Element

DEEPEST_LIST = 3

FOOTNOTE = re.compile(r"#_?(?:ftn|edn|ftnt|fn|cite_note|msocom|cmnt)", re.I)
FOOTNOTE_TEXT = re.compile(r"#_?(?:ftnref|ednref|ftnt_ref|fnref|cite_ref|msoanchor|cmnt_ref)", re.I)
APART = re.compile(r"mso-element:\s*(?:footnote|endnote|comment)")
HIDDEN = re.compile(r"display:\s*none|mso-hide:\s*all|mso-list:\s*ignore", re.I)
WORD_LIST = re.compile(r"mso-list:\s*(l\d+)\s+level(\d+)", re.I)
WORD_MARK = re.compile(r"mso-list:\s*ignore", re.I)
NUMBER_MARK = re.compile(r"\(?(\d+|[a-z]|[ivxlc]+)[.)]", re.I)
WEIGHT = re.compile(r"(?:^|;)\s*font-weight:\s*([a-z]+|\d+)", re.I)
SLANT = re.compile(r"(?:^|;)\s*font-style:\s*([a-z]+)", re.I)
EMOJI = re.compile(r"[^\x00-\u2190\w\s]{1,8}")
TINY = re.compile(r"[0-2](?:px)?")


class Found:
    """The blocks read so far, and the one that is being read."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.runs: list[Run] = []
        self.place = Place()
        self.begins_item = False
        self.pictures = 0
        self.notes = 0

    def add(self, run: Run, place: Place) -> None:
        if not self.runs:
            self.place = place
        self.runs.append(run)

    def end_block(self) -> None:
        for runs in paragraphs_of(self.runs):
            is_item = self.place.list_tag and self.begins_item
            self.blocks.append(Block(self.place, runs, bool(is_item)))
            self.begins_item = False
        self.runs = []


def read(original: Element) -> Found:
    """The blocks of a paste, and how many pictures and notes were left out."""
    found = Found()
    _read(original, found, Place())
    found.end_block()
    return found


def _read(element: Element, found: Found, place: Place) -> None:
    for child in element.children:
        if isinstance(child, str):
            lines = child.split("\n") if place.in_pre else [child]
            for index, line in enumerate(lines):
                if index:
                    found.add(Run("\n"), place)
                found.add(Run(visible(line), place.strong, place.em, place.href), place)
        elif not _is_left_out(child, found):
            _read_element(child, found, place)


def _read_element(element: Element, found: Found, place: Place) -> None:
    tag = element.tag
    if tag in VOID - {"hr"}:  # Of pictures, only the small ones of chats come here.
        found.add(Run("\n" if tag == "br" else element.attributes["alt"]), place)
        return
    inside = _with_marks(element, place)
    if tag == "table" and _is_of_data(element):
        found.end_block()
        _read_rows(element, found, inside)
    elif tag in {"ul", "ol"}:
        found.end_block()
        level = place.list_level + 1
        start = element.attributes.get("start", "")
        _read(element, found, replace(inside, list_tag=tag, list_level=level, start=start))
        found.end_block()
    elif tag == "li":
        found.end_block()
        found.begins_item = True
        _read(element, found, _as_item(element, inside))
        found.end_block()
        found.begins_item = False
    elif tag == "blockquote" or ("quote" in element.classes and tag in {"p", "div"}):
        found.end_block()
        _read(element, found, replace(inside, in_quote=not place.list_tag))
        found.end_block()
    elif tag in BLOCKS or tag in {"table", "td", "th"}:
        found.end_block()
        _read_block(element, found, inside)
        found.end_block()
    else:
        _read(element, found, inside)


def _read_block(element: Element, found: Found, place: Place) -> None:
    if word_list := WORD_LIST.search(element.style):
        mark = next((part for part in element.all("span") if WORD_MARK.search(part.style)), None)
        number = NUMBER_MARK.match(mark.text().strip()) if mark else None
        found.begins_item = True
        start = number[1] if number and number[1].isdecimal() else ""
        place = replace(
            place,
            list_tag="ol" if number else "ul",
            list_level=min(int(word_list[2]), DEEPEST_LIST),
            list_name=word_list[1],
            start=start,
            heading=0,
        )
    else:
        place = replace(place, heading=_heading_level(element) or place.heading)
    _read(element, found, replace(place, in_pre=place.in_pre or element.tag == "pre"))


def _as_item(element: Element, place: Place) -> Place:
    """Word on the web makes a list of every item and tells its level aside."""
    told = element.attributes.get("data-aria-level", "")
    level = int(told) if re.fullmatch("[1-9]", told) else place.list_level
    return replace(
        place, list_tag=place.list_tag or "ul", list_level=min(max(level, 1), DEEPEST_LIST)
    )


def _heading_level(element: Element) -> int:
    if element.tag in HEADINGS:
        return HEADINGS[element.tag]
    if "msotitle" in element.classes:
        return 1
    told = element.attributes.get("aria-level", "")
    if element.attributes.get("role") == "heading" and re.fullmatch("[1-6]", told):
        return int(told)
    return 0


def _with_marks(element: Element, place: Place) -> Place:
    """How words look inside; the style of an element weighs more than its name."""
    strong = place.strong or element.tag in {"b", "strong"}
    em = place.em or element.tag in {"i", "em", "cite"}
    if weight := WEIGHT.search(element.style):
        value = weight[1].lower()
        strong = value in {"bold", "bolder"} or (value.isdecimal() and int(value) >= 600)
    if slant := SLANT.search(element.style):
        em = slant[1].lower() in {"italic", "oblique"}
    href = place.href
    if element.tag == "a":
        href = without_trackers(element.attributes.get("href", ""))
    return replace(place, strong=strong, em=em, href=href)


def _is_left_out(element: Element, found: Found) -> bool:
    """Whether readers of the original did not see it, or a story cannot hold it."""
    if element.tag == "img" and not EMOJI.fullmatch(element.attributes.get("alt", "")):
        sizes = [element.attributes.get(side, "") for side in ("width", "height")]
        found.pictures += not any(TINY.fullmatch(size) for size in sizes)
        return True
    if HIDDEN.search(element.style) or "hidden" in element.attributes or element.tag == "del":
        return True
    if "mw-editsection" in element.classes:
        return True
    if APART.search(element.style) or _is_note(element):
        found.notes += sum(1 for link in element.all("a") if _leads_to(link, FOOTNOTE_TEXT))
        return True
    return _is_footnote_mark(element)


def _is_note(element: Element) -> bool:
    is_block = element.tag in {"p", "div", "li"} and not any(element.all("p", "div", "li"))
    return is_block and any(_leads_to(link, FOOTNOTE_TEXT) for link in element.all("a"))


def _is_footnote_mark(element: Element) -> bool:
    if element.tag == "sup":
        links = list(element.all("a"))
        return bool(links) and all(_leads_to(link, FOOTNOTE) for link in links)
    return element.tag == "a" and _leads_to(element, FOOTNOTE)


def _leads_to(link: Element, pattern: re.Pattern[str]) -> bool:
    return pattern.search(link.attributes.get("href", "")) is not None


# Tables: of data, a paragraph for each row; else only a layout, whose cells follow each other


def _is_of_data(table: Element) -> bool:
    cells = list(table.all("td", "th"))
    rows = list(table.all("tr"))
    if any(table.all("table", "ul", "ol", "blockquote", *HEADINGS)) or len(cells) <= len(rows):
        return False
    return all(len(list(cell.all("p", "div"))) <= 1 for cell in cells)


def _read_rows(table: Element, found: Found, place: Place) -> None:
    for caption in table.all("caption"):
        _read(caption, found, place)
        found.end_block()
    for row in table.all("tr"):
        for index, cell in enumerate(row.all("td", "th")):
            if index:
                found.add(Run(" · "), place)
            for part in [cell, *cell.all("p", "div")][-1:]:
                _read(part, found, _with_marks(part, place))
        found.end_block()
