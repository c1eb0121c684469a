"""What is pasted into a story, as it may stand there: its structure kept, all else taken off.

Word, Google Docs, mail and web pages put very different HTML on the clipboard. `read_paste` reads
it as a browser would, into paragraphs, headings, items of lists and quotations, and writes these
in the way the editor does.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles.markup import sanitise

from .original import original_of
from .reading import read
from .writing import written

MAXIMUM_LENGTH = 3_000_000


@dataclass(frozen=True)
class Paste:
    """`html` may stand in a story; `pictures` and `notes` of the original were left out."""

    html: str
    pictures: int = 0
    notes: int = 0


def read_paste(text: str) -> Paste:
    """What was copied elsewhere, as it may stand in a story.

    Raises ValidationError for what is too long or nested too deep.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise ValidationError(_("This is too long to be pasted at once. Divide it."))
    found = read(original_of(text))
    html = sanitise(written(found.blocks), figures=False)
    return Paste(html, found.pictures, found.notes)
