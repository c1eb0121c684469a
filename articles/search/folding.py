"""Texts as the search reads them: small letters without accents, and spaces for all else.

Stories and what is typed are read by this one rule, so that both meet whatever PostgreSQL's own
parser would make of a hyphen, an address or a full-width digit; it is left with bare words.
"""

import re
import unicodedata

from articles.words import configuration_of

# Those every supported PostgreSQL knows, so that an upgrade of it goes on finding everything.
KNOWN = """
arabic armenian basque catalan danish dutch english finnish french german greek hindi hungarian
indonesian irish italian lithuanian nepali norwegian portuguese romanian russian serbian spanish
swedish tamil turkish yiddish
"""
CONFIGURATIONS = frozenset(KNOWN.split())

# Letters, not accents: in the alphabets that have these, another word results without the sign.
LETTERS_OF_THEIR_OWN = "йўї"
UNDECOMPOSED = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
# Scripts without spaces between words: each sign is a word, and words are phrases.
UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
ZERO_WIDTH_SPACE = "\u200b"


class _Readings(dict[int, str]):
    """What each character is read as, worked out when it first occurs."""

    def __missing__(self, code: int) -> str:
        reading = self[code] = _reading(chr(code))
        return reading


def _reading(character: str) -> str:
    letter = character
    if character not in LETTERS_OF_THEIR_OWN:
        parts = unicodedata.normalize("NFD", character)
        bare = ACCENTS.sub("", parts)
        if bare != parts:
            letter = unicodedata.normalize("NFC", bare)
    letter = UNDECOMPOSED.get(letter, letter)
    if not letter:
        return ""
    if UNSPACED.fullmatch(letter):
        return f" {letter} "
    category = unicodedata.category(letter[0])
    if category == "Cf" and letter != ZERO_WIDTH_SPACE:  # Soft hyphens, marks of direction.
        return ""
    return letter if category[0] in "LMN" else " "


_READINGS = _Readings()


def fold(text: str) -> str:
    """`text` as words and single spaces: "Ёлка-1, L’été" gives "елка 1 l ete"."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(composed.translate(_READINGS).split())


def configuration(language: str) -> str:
    """The text search configuration of PostgreSQL for a language; `simple` where it has none."""
    name = configuration_of(language)
    return name if name in CONFIGURATIONS else "simple"
