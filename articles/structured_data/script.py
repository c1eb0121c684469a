"""Nodes of JSON-LD, and how they are written into a page."""

import json
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

Node = dict[str, Any]

# Inside a script element nothing may end it or begin a comment, and JavaScript once took the two
# separators for ends of lines.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def node(type: str, **properties: Any) -> Node:
    """A node of this type with those properties that say something."""
    return {"@type": type} | {name: value for name, value in properties.items() if value}


def graph(nodes: list[Node]) -> SafeString:
    """The nodes as the content of a script element, safe to print as it stands."""
    said = {"@context": "https://schema.org", "@graph": nodes}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308  Nothing in it can end the element.


def moment(at: datetime) -> str:
    """In the outlet's zone, to the second, as the page's own `time` elements have it."""
    return timezone.localtime(at).isoformat(timespec="seconds")
