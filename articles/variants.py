"""What sets some kinds of stories apart in how their text is shown, beside the stylesheet.

Each function takes a text that is ready for readers and gives it back with marks of ours.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

QUESTION = re.compile(r"<p>(?=<strong>(?:[^<]|<(?!/?strong>|/p>))*</strong></p>)")
HEADING = re.compile(r"<h2>((?:[^<]|<(?!/h2>))*)</h2>")
TAG = re.compile(r"<[^>]*>")
FEWEST_PARTS = 3


@dataclass(frozen=True)
class Part:
    """A heading of a story and the fragment that leads to it."""

    fragment: str
    title: str


def with_questions(shown: SafeString) -> SafeString:
    """The text of an interview with its questions marked: paragraphs that are bold throughout."""
    return mark_safe(QUESTION.sub('<p class="question">', shown))  # noqa: S308  Safe before.


def with_parts(shown: SafeString) -> tuple[SafeString, list[Part]]:
    """The text of an explainer with fragments on its headings, and those, for its contents.

    A text of few headings stays as it is and has no contents.
    """
    parts: list[Part] = []

    def heading(match: re.Match[str]) -> str:
        parts.append(Part(f"part-{len(parts) + 1}", html.unescape(TAG.sub("", match[1]))))
        return f'<h2 id="{parts[-1].fragment}">{match[1]}</h2>'

    marked = HEADING.sub(heading, shown)
    if len(parts) < FEWEST_PARTS:
        return shown, []
    return mark_safe(marked), parts  # noqa: S308  Safe before.
