"""Words of the index that no text contains: in which section, language and kind, and by whom.

As such they narrow a search inside its index, at the cost of one word more.
"""

from collections.abc import Iterable


def in_language(code: str) -> str:
    return f"=l{code.lower()}"


def in_section(number: int | None) -> str:
    return f"=s{number}"


def of_kind(kind: str) -> str:
    return f"=k{kind}"


def by_author(number: int) -> str:
    return f"=a{number}"


def any_of(labels: Iterable[str]) -> str:
    """As a tsquery."""
    quoted = " | ".join(f"'{label}'" for label in labels)
    return f"({quoted})"
