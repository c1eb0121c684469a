"""Under which terms a text came, and whom to credit for it."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from articles.models import Licence

# What these sources ask to be called, whoever wrote the text.
SOURCES = {
    "en.wikinews.org": "Wikinews",
    "learningenglish.voanews.com": "VOA Learning English",
}

# To be printed where the public body names no words of its own.
# Source: https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/
OGL_STATEMENT = "Contains public sector information licensed under the Open Government Licence v3.0"

REMARK = re.compile(r"\([^()]*\)")
SPELLINGS = {
    re.compile(r"https?://creativecommons\.org/(licenses|publicdomain)/"): "cc ",
    re.compile(r"creative commons"): "cc",
    re.compile(r"cc[ -]?(0|zero)\b"): "cczero",
    re.compile(r"attribution"): "by",
    re.compile(r"non-?commercial"): "nc",
    re.compile(r"no-?deriv(ative)?s"): "nd",
    re.compile(r"share-?alike"): "sa",
    re.compile(r"open government licen[cs]e"): "ogl",
}
TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
FILLERS = {"v", "version", "licence", "license", "international", "unported", "generic"}


def licences_by_key() -> dict[str, Licence]:
    """The licences this site knows, by `key_of` their codes and names."""
    known = Licence.objects.all()
    return {key_of(text): licence for licence in known for text in (licence.name, licence.code)}


def key_of(text: str) -> str:
    """What all spellings of a licence have in common.

    "CC-BY-SA-4.0", "cc by-sa 4" and "Creative Commons Attribution-ShareAlike 4.0 International"
    give "cc by sa 4.0". A remark in brackets does not count: "Public domain (NASA)".
    """
    plain = REMARK.sub(" ", text.casefold()).strip() or text.casefold()
    for spelling, word in SPELLINGS.items():
        plain = spelling.sub(word, plain)
    tokens = [token for token in TOKEN.findall(plain) if token not in FILLERS]
    return " ".join(f"{token}.0" if token.isdigit() else token for token in tokens)


def licence_of(text: str, known: Mapping[str, Licence]) -> Licence | None:
    """The licence that `text` means; None for one this site does not know."""
    key = key_of(text)
    return known.get(f"{key} 1.0" if key == "cczero" else key)


def credit_of_text(
    *,
    credit_line: str,
    terms: str,
    licence: Licence | None,
    authors: Sequence[str],
    source_url: str,
) -> str:
    """The credit to print under a text that came under `terms`, which may mean `licence`.

    The line that came with it, and the name of its source. Without such a line: what the licence
    wants printed, or the name of the source, or those of the authors; nothing for CC0 and for a
    text of our own, which has no terms. Terms that are no licence we know stand in brackets.
    """
    source = SOURCES.get(urlsplit(source_url).hostname or "", "")
    if credit_line:
        credit = credit_line if source in credit_line else f"{source}. {credit_line}"
    elif not terms or (licence and licence.code.startswith("CC0")):
        credit = ""
    elif licence and licence.code.startswith("OGL"):
        credit = OGL_STATEMENT
    else:
        credit = source or ", ".join(authors)
    return credit if licence or not terms else f"{credit} ({terms})".strip()
