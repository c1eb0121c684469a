"""What a paste is read into: paragraphs, headings and items, of words that look alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
SPACES = re.compile("[ \t\r\n\f\u00a0]+")
# As French and numbers need.
KEPT_SPACE = re.compile("(?<=[\\d«])\u00a0(?=\\S)|\u00a0(?=[»;:!?%])")
STANDING_FOR_A_SPACE = "\ue000"


@dataclass(frozen=True)
class Run:
    """Words that look alike; a line break when `text` is a newline."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""


@dataclass(frozen=True)
class Place:
    """Where in the original a piece of text stands."""

    kind: str = "p"
    heading: int = 0
    list_tag: str = ""
    list_level: int = 0
    list_name: str = ""  # Word's own, which tells lists apart that follow each other.
    start: str = ""
    in_quote: bool = False
    in_pre: bool = False
    strong: bool = False
    em: bool = False
    href: str = ""


@dataclass
class Block:
    place: Place
    runs: list[Run]
    begins_item: bool = False


def visible(text: str) -> str:
    """`text` without what nobody sees, and with one space for many."""
    text = KEPT_SPACE.sub(STANDING_FOR_A_SPACE, INVISIBLE.sub("", text))
    return SPACES.sub(" ", text).replace(STANDING_FOR_A_SPACE, "\u00a0")


def paragraphs_of(runs: list[Run]) -> Iterator[list[Run]]:
    """The runs of each paragraph: two line breaks in a row part one from the next."""
    paragraph: list[Run] = []
    breaks = 0
    for run in _tidy(runs):
        if run.text == "\n":
            breaks += 1
            continue
        if breaks and paragraph:
            if breaks > 1:
                yield paragraph
                paragraph = []
            else:
                paragraph.append(Run("\n"))
        breaks = 0
        paragraph.append(run)
    if paragraph:
        yield paragraph


def _tidy(runs: list[Run]) -> list[Run]:
    """The same words with one space between them, none at the ends of lines, none marked."""
    parted: list[Run] = []
    for run in runs:
        if run.text == "\n":
            parted.append(run)
            continue
        words = run.text.strip(" ")
        if words != run.text and run.text[:1] == " ":
            parted.append(Run(" "))
        if words:
            parted.append(replace(run, text=words))
            if run.text[-1:] == " ":
                parted.append(Run(" "))
    tidy: list[Run] = []
    for run in parted:
        at_start = not tidy or tidy[-1].text in {"\n", " "}
        if run.text == " " and at_start:
            continue
        if run.text == "\n" and tidy and tidy[-1].text == " ":
            tidy.pop()
        tidy.append(run)
    if tidy and tidy[-1].text == " ":
        tidy.pop()
    return joined(tidy)


def joined(runs: list[Run]) -> list[Run]:
    """Neighbours that look alike as one, the space between them included."""
    result: list[Run] = []
    for index, run in enumerate(runs):
        follows = runs[index + 1] if index + 1 < len(runs) else None
        if run.text == " " and result and follows and _look(result[-1]) == _look(follows):
            run = replace(follows, text=" ")
        if result and "\n" not in (run.text, result[-1].text) and _look(result[-1]) == _look(run):
            result[-1] = replace(run, text=result[-1].text + run.text)
        else:
            result.append(run)
    return result


def _look(run: Run) -> tuple[bool, bool, str]:
    return run.strong, run.em, run.href
