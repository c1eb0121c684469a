"""Quotation marks, dashes and spaces as a language prints them.

Only what a keyboard has no key for is set: straight quotes, hyphens that stand for dashes, three
points. What somebody typed with care stays, and so do addresses of pages and mailboxes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

NARROW = "\u202f"  # No line break here, and less room than a space.
NO_BREAK = "\u00a0"

# Outside and inside: opening, closing, opening, closing.
QUOTES: Mapping[str, tuple[str, str, str, str]] = {
    "ar": ("«", "»", "“", "”"),
    "be": ("«", "»", "„", "“"),
    "bg": ("„", "“", "‚", "‘"),
    "cs": ("„", "“", "‚", "‘"),
    "da": ("»", "«", "›", "‹"),
    "de": ("„", "“", "‚", "‘"),
    "el": ("«", "»", "“", "”"),
    "en": ("“", "”", "‘", "’"),
    "es": ("«", "»", "“", "”"),
    "fa": ("«", "»", "“", "”"),
    "fi": ("”", "”", "’", "’"),
    "fr": ("«" + NARROW, NARROW + "»", "“", "”"),
    "hr": ("„", "“", "‚", "‘"),
    "hu": ("„", "”", "»", "«"),
    "it": ("«", "»", "“", "”"),
    "ka": ("„", "“", "‚", "‘"),
    "nb": ("«", "»", "‘", "’"),
    "nn": ("«", "»", "‘", "’"),
    "pl": ("„", "”", "«", "»"),
    "ro": ("„", "”", "«", "»"),
    "ru": ("«", "»", "„", "“"),
    "sk": ("„", "“", "‚", "‘"),
    "sl": ("„", "“", "‚", "‘"),
    "sr": ("„", "“", "‚", "‘"),
    "sv": ("”", "”", "’", "’"),
    "uk": ("«", "»", "„", "“"),
}
EM_DASH = {"be", "ru", "uk"}  # Between spaces; others have the shorter one there.
APOSTROPHE = "’"
READ_AHEAD = 400  # How far off the end of a quotation is looked for.

PIECE = re.compile(
    r"""(?P<address>(?:https?://|www\.)[^\s"«»“”]+|\w[\w.+'-]{0,63}@[\w.-]{1,99}\.\w+)"""
    r"""|(?P<break>[\n\ufffc])|(?P<dash>-+)|(?P<points>\.{2,})|(?P<quote>["'])|(?P<other>.)""",
    re.DOTALL,
)
OPENS_AFTER = re.compile(r"[\s(\[{/–—-]")
WORD = re.compile(r"[^\W_]")
SINGLE_END = re.compile(r"[^\s(\[{]'(?![^\W_])")
FRENCH_WORD_END = re.compile(r"[\w)\]%€$»”’]")
SPEECH = {"be", "es", "fr", "pl", "ru", "uk"}  # A dash begins what somebody says.


@dataclass(frozen=True)
class Edit:
    """`new` instead of the characters from `start` up to `end`."""

    start: int
    end: int
    new: str


def language_of(code: str) -> str:
    """The language itself, without its country; English for one that is not known here."""
    language = code.lower().replace("_", "-").partition("-")[0]
    return language if language in QUOTES else "en"


def dash_of(code: str) -> str:
    """What stands between two spaces."""
    return "—" if language_of(code) in EM_DASH else "–"


def typing_rules() -> dict[str, dict[str, Any]]:
    """By language, the quotation marks and the dash that the editor sets while somebody types."""
    return {code: {"quotes": marks, "dash": dash_of(code)} for code, marks in QUOTES.items()}


def edits(text: str, language: str) -> list[Edit]:
    """What is to be changed in the words of one paragraph, from its start to its end."""
    found = _read_once(text, language)
    set_once = printed = _applied(found, text)
    while further := _read_once(printed, language):  # What was set may part what stood together.
        printed = _applied(further, printed)
    if printed == set_once:
        return found
    changes = SequenceMatcher(None, text, printed, autojunk=False).get_opcodes()
    return [
        Edit(start, end, printed[new_start:new_end])
        for kind, start, end, new_start, new_end in changes
        if kind != "equal"
    ]


def _read_once(text: str, language: str) -> list[Edit]:
    setter = _Setter(language)
    found = []
    for match in PIECE.finditer(text):
        new = setter.set(match, text)
        if new != match[0]:
            found.append(Edit(match.start(), match.end(), new))
    return found


def _applied(changes: list[Edit], text: str) -> str:
    for edit in reversed(changes):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


class _Setter:
    """Goes through a text once, and knows what it has set so far."""

    def __init__(self, language: str) -> None:
        self.language = language_of(language)
        self.dash = dash_of(language)
        marks = QUOTES[self.language]
        self.levels = [marks[:2], marks[2:]]
        self.openers = {opening.strip(NARROW) for opening in marks[::2]}
        self.openers -= {closing.strip(NARROW) for closing in marks[1::2]}
        self.open: list[tuple[int, str]] = []  # Level and mark of each quotation not yet ended.
        self.before = ""  # The last character that was set.

    def set(self, match: re.Match[str], text: str) -> str:
        rest = text[match.end() : match.end() + READ_AHEAD]
        new = match[0]
        if new == '"':
            new = self._double(rest[:1])
        elif new == "'":
            new = self._single(rest)
        elif match["dash"]:
            new = self._dash(new, rest[:1])
        elif match["points"] and len(new) == 3:
            new = "…"
        elif match["other"]:
            self._notice(new, rest[:1])
            if self.language == "fr":
                new = self._spaced(new, rest[:1])
        self.before = "" if match["break"] else new[-1]
        return new

    def _double(self, after: str) -> str:
        is_opening = self._is_at_beginning() and not _is_blank(after)
        if is_opening:
            return self._opened(len(self.open) % 2, '"')
        if not self._is_at_beginning() and any(mark == '"' for _level, mark in self.open):
            while self.open[-1][1] != '"':
                self.open.pop()
            return self.levels[self.open.pop()[0]][1]
        return '"'

    def _single(self, rest: str) -> str:
        """An apostrophe, unless it begins or ends a quotation."""
        after = rest[:1]
        if self._is_at_beginning():
            if _is_blank(after):
                return "'"
            if WORD.match(after) and not after.isdigit() and SINGLE_END.search(rest):
                return self._opened(1, "'")
            return APOSTROPHE if WORD.match(after) else "'"
        if not WORD.match(after) and self.open and self.open[-1][1] == "'":
            return self.levels[self.open.pop()[0]][1]
        if self.before.isdigit() and not WORD.match(after):
            return "'"  # Feet, or minutes.
        return APOSTROPHE

    def _opened(self, level: int, mark: str) -> str:
        self.open.append((level, mark))
        return self.levels[level][0]

    def _notice(self, mark: str, after: str) -> None:
        """Remember a quotation that was typed with care."""
        if mark == APOSTROPHE and (WORD.match(after) or not self.open):
            return
        if self.open and mark == self.levels[self.open[-1][0]][1].strip(NARROW):
            self.open.pop()
        elif mark == self.levels[0][0].strip(NARROW):
            self.open.append((0, '"'))
        elif mark == self.levels[1][0] and mark != APOSTROPHE:
            self.open.append((1, '"' if self.open else "'"))

    def _is_at_beginning(self) -> bool:
        before = self.before
        return not before or before in self.openers or OPENS_AFTER.match(before) is not None

    def _dash(self, hyphens: str, after: str) -> str:
        is_apart = _is_blank(self.before) and _is_blank(after)
        if len(hyphens) == 1:
            if is_apart and self.before and after:
                return self.dash
            is_speech = not self.before and after.isspace() and self.language in SPEECH
            return "—" if is_speech else "-"
        if len(hyphens) > 3 or not self.before or (_is_blank(self.before) and not is_apart):
            return hyphens
        return self.dash if is_apart and len(hyphens) == 2 else "—"

    def _spaced(self, sign: str, after: str) -> str:
        """A French sign with the spaces it stands between."""
        if sign in {" ", NO_BREAK} and not _is_blank(self.before):
            if (after and after in ";!?»") or self.before == "«":
                return NARROW
            return NO_BREAK if after == ":" else sign
        if sign == "«" and not _is_blank(after):
            return sign + NARROW
        if sign == "»" and not _is_blank(self.before):
            return NARROW + sign
        if FRENCH_WORD_END.match(self.before):
            if sign in ";!?":
                return NARROW + sign
            if sign == ":" and _is_blank(after):
                return NO_BREAK + sign
        return sign


def _is_blank(character: str) -> bool:
    return not character or character.isspace()
