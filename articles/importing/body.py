"""The paragraphs of an import file as HTML.

A paragraph that begins with `## ` is a subhead, with `- ` an item of a list, with `> ` a
quotation; the text itself is plain. In an interview each turn begins with "Name: ".
"""

import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from itertools import groupby

LABEL = re.compile(r"(?=.{1,40}: )([^\W\d_][^\s:]*(?: [^\s:]+){0,3}): (?=\S)")
SUBHEAD, ITEM, QUOTATION = "## ", "- ", "> "


def html_of(paragraphs: Iterable[str]) -> str:
    """`paragraphs` as HTML, every word kept; blank ones are left out.

    Items that follow each other are one list, each quotation stands alone.
    """
    texts = [text.strip() for text in paragraphs if text.strip()]
    speakers = speakers_in(texts)
    parts = []
    for mark, group in groupby(texts, key=_mark):
        words = [escape(text.removeprefix(mark).strip(), quote=False) for text in group]
        if mark == SUBHEAD:
            parts += [f"<h2>{text}</h2>" for text in words]
        elif mark == ITEM:
            items = "".join(f"<li><p>{text}</p></li>" for text in words)
            parts.append(f"<ul>{items}</ul>")
        elif mark == QUOTATION:
            parts += [f"<blockquote><p>{text}</p></blockquote>" for text in words]
        else:
            parts += [f"<p>{_with_speaker(text, speakers)}</p>" for text in words]
    return "".join(parts)


def speakers_in(texts: Iterable[str]) -> set[str]:
    """The labels before the turns of an interview; empty for any other text.

    It is an interview when two labels come back at least once each. Then a name that stands
    before one turn only, in capitals, is a speaker too: people are introduced in full.
    """
    labels = Counter(match[1] for text in texts if (match := LABEL.match(text)))
    returning = {label for label, turns in labels.items() if turns > 1}
    if len(returning) < 2:
        return set()
    return returning | {
        label for label in labels if all(word[0].isupper() for word in label.split())
    }


def _mark(text: str) -> str:
    return next((mark for mark in (SUBHEAD, ITEM, QUOTATION) if text.startswith(mark)), "")


def _with_speaker(text: str, speakers: set[str]) -> str:
    match = LABEL.match(text)
    if match is None or match[1] not in speakers:
        return text
    label = f"{match[1]}:"
    return f"<strong>{label}</strong>{text.removeprefix(label)}"
