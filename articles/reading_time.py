"""How long a story takes to read."""

import math

# Words a minute, of adults who read silently in their first language; signs, where a language
# has no spaces between its words.
# Source: Trauzettel-Klosinski and Dietz, "Standardized Assessment of Reading Performance: The New
# International Reading Speed Texts IReST" (2012), https://doi.org/10.1167/iovs.11-8284
WORDS_A_MINUTE = {
    "ar": 138,
    "de": 179,
    "en": 228,
    "es": 218,
    "fi": 161,
    "fr": 195,
    "he": 187,
    "it": 188,
    "nl": 202,
    "pl": 166,
    "pt": 181,
    "ru": 184,
    "sl": 180,
    "sv": 199,
    "tr": 166,
}
SIGNS_A_MINUTE = {"ja": 357, "zh": 255}
IN_OTHERS = 184


def reading_minutes(text: str, language: str) -> int:
    """Whole minutes, begun ones included; at least one, and 0 for no text."""
    code = language.split("-")[0]
    if code in SIGNS_A_MINUTE:
        count, a_minute = len("".join(text.split())), SIGNS_A_MINUTE[code]
    else:
        count, a_minute = len(text.split()), WORDS_A_MINUTE.get(code, IN_OTHERS)
    return math.ceil(count / a_minute)
