"""XML made from a template, such as any parser reads."""

import re
from typing import Any

from django.template.loader import render_to_string

# Of these the standard says that no document holds them, not even escaped.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_document(template: str, context: dict[str, Any]) -> str:
    """The template as a document, without what was typed or pasted and XML forbids."""
    return FORBIDDEN.sub("", render_to_string(template, context)).lstrip()
