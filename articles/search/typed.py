"""What somebody typed into the search, as words, phrases, and what is to be left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .folding import fold

MOST_CHARACTERS = 200
MOST_WORDS = 16

QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
PIECE = re.compile(r'(?P<minus>-?)"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)')
OR = {"or", "или", "|"}


@dataclass(frozen=True)
class Term:
    """Folded words that stand in this order, or must not."""

    words: str
    is_left_out: bool = False

    def __str__(self) -> str:
        """As `websearch_to_tsquery` reads it; quoted, so that no word is an operator."""
        return f'{"-" if self.is_left_out else ""}"{self.words}"'

    @property
    def looked_for(self) -> str:
        """The same, or nothing for what is left out."""
        return "" if self.is_left_out else str(self)

    @property
    def is_phrase(self) -> bool:
        return " " in self.words


@dataclass(frozen=True)
class Typed:
    """The terms of a search: alternatives, of each of which all terms must fit."""

    alternatives: list[list[Term]]
    was_cut: bool = False

    @property
    def terms(self) -> list[Term]:
        return [term for terms in self.alternatives for term in terms]

    def __bool__(self) -> bool:
        """Whether there is anything to look for; what only leaves out would find everything."""
        return any(not term.is_left_out for term in self.terms)

    def __str__(self) -> str:
        """For `websearch_to_tsquery`."""
        return " or ".join(" ".join(map(str, terms)) for terms in self.alternatives)

    @property
    def has_phrase(self) -> bool:
        return any(term.is_phrase and not term.is_left_out for term in self.terms)

    @property
    def loosely(self) -> Typed:
        """The same with phrases as words in any order: finds all that this finds, and more."""
        return Typed([_loosened(terms) for terms in self.alternatives])

    @property
    def wider(self) -> Typed:
        """What finds more: phrases as words, or else all but the last word; maybe nothing."""
        if len(self.alternatives) != 1:
            return Typed([])
        if self.has_phrase:
            return self.loosely
        wanted = [term for term in self.terms if not term.is_left_out]
        return Typed([wanted[:-1]] if len(wanted) > 1 else [])

    @property
    def as_typed(self) -> str:
        """As somebody would type the terms of one alternative."""
        return " ".join(
            str(term)
            if term.is_phrase or term.words in OR
            else f"{'-' if term.is_left_out else ''}{term.words}"
            for term in self.terms
        )


def _loosened(terms: list[Term]) -> list[Term]:
    loose = []
    for term in terms:
        if not term.is_left_out:
            loose += [Term(word) for word in term.words.split()]
        elif not term.is_phrase:
            loose.append(term)
    return loose


def typed_terms(text: str) -> Typed:
    """Read `text`: words, "phrases", -left out, `or`; nothing in it is an error.

    A word of several parts, as "covid-19", is a phrase. What goes beyond the limits is cut.
    """
    alternatives: list[list[Term]] = [[]]
    was_cut = len(text) > MOST_CHARACTERS
    room = MOST_WORDS
    for piece in PIECE.finditer(text[:MOST_CHARACTERS].translate(QUOTES)):
        word = piece["word"]
        if word is not None and word.casefold() in OR:
            alternatives.append([])
            continue
        is_left_out = bool(piece["minus"]) if word is None else word.startswith("-")
        words = fold(piece["phrase"] if word is None else word).split()
        was_cut = was_cut or len(words) > room
        words = words[:room]
        room -= len(words)
        if words:
            alternatives[-1].append(Term(" ".join(words), is_left_out))
    return Typed([terms for terms in alternatives if terms], was_cut)
