"""The blocks of a paste as the editor writes them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from django.utils.html import escape

from .blocks import Block, Place, Run, joined

BULLET = re.compile(r"[•●▪◦‣·]\s+")


def written(blocks: list[Block]) -> str:
    """HTML of paragraphs, headings of two levels, lists and quotations."""
    return "".join(_written(_levelled(blocks)))


def _levelled(blocks: list[Block]) -> list[Block]:
    """Headings of two levels, the highest of the original first; typed bullets as lists."""
    highest = min((block.place.heading for block in blocks if block.place.heading), default=0)
    result = []
    for block in blocks:
        place = block.place
        if place.heading and not place.list_tag and not place.in_quote:
            kind = "h2" if place.heading == highest else "h3"
            runs = joined([replace(run, strong=False) for run in block.runs])
            result.append(Block(replace(place, kind=kind), runs))
        elif not place.list_tag and (bullet := BULLET.match(block.runs[0].text)):
            first = replace(block.runs[0], text=block.runs[0].text[bullet.end() :])
            item = replace(place, list_tag="ul", list_level=1)
            result.append(Block(item, [first, *block.runs[1:]], begins_item=True))
        else:
            result.append(block)
    return result


def _written(blocks: list[Block]) -> Iterator[str]:
    for in_quote, quoted in groupby(blocks, key=lambda block: block.place.in_quote):
        yield "<blockquote>" if in_quote else ""
        for is_list, group in groupby(quoted, key=lambda block: bool(block.place.list_tag)):
            if is_list:
                yield from _written_lists(list(group))
            else:
                for block in group:
                    yield f"<{block.place.kind}>{_words(block)}</{block.place.kind}>"
        yield "</blockquote>" if in_quote else ""


def _written_lists(blocks: list[Block]) -> Iterator[str]:
    """Lists, those of deeper levels inside the item before them."""
    open_lists: list[Place] = []
    for block in blocks:
        place = block.place
        if not block.begins_item and open_lists:
            yield f"<p>{_words(block)}</p>"
            continue
        level = min(place.list_level, len(open_lists) + 1)
        while len(open_lists) > level:
            yield f"</li></{open_lists.pop().list_tag}>"
        if len(open_lists) == level and _is_another_list(open_lists[-1], place):
            yield f"</li></{open_lists.pop().list_tag}>"
        if len(open_lists) < level:
            open_lists.append(place)
            has_start = place.list_tag == "ol" and place.start not in {"", "1"}
            yield f'<ol start="{escape(place.start)}">' if has_start else f"<{place.list_tag}>"
        else:
            yield "</li>"
        yield f"<li><p>{_words(block)}</p>"
    while open_lists:
        yield f"</li></{open_lists.pop().list_tag}>"


def _is_another_list(before: Place, after: Place) -> bool:
    return (before.list_tag, before.list_name) != (after.list_tag, after.list_name)


def _words(block: Block) -> str:
    written = []
    for href, runs in groupby(block.runs, key=lambda run: run.href):
        words = "".join(_marked(run) for run in runs)
        written.append(f'<a href="{escape(href)}">{words}</a>' if href else words)
    return "".join(written)


def _marked(run: Run) -> str:
    if run.text == "\n":
        return "<br>"
    text: str = escape(run.text)
    if run.em:
        text = f"<em>{text}</em>"
    return f"<strong>{text}</strong>" if run.strong else text
