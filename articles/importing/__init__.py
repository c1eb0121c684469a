"""Stories from elsewhere, taken in and published by the thousand.

The file is JSON Lines: one story a line, a JSON object in UTF-8 with these fields.

| Field | What it holds | Without it |
|---|---|---|
| `id` | what the story is found again by; text or a whole number | `source_url` stands in |
| `source_url` | address of the original; one on this very site becomes a redirect | none |
| `headline` | | the line is damaged |
| `body` | list of paragraphs, see `articles.importing.body` | the line is damaged |
| `kicker`, `standfirst` | | empty |
| `authors` | list of names | "no byline" |
| `section` | name | the section named by `--section` |
| `tags` | list of names, capitals or not | none |
| `published` | ISO date (noon here) or date and time (here, unless it names its zone) | now |
| `licence`, `credit_line` | terms of the text, see `articles.importing.terms` | |

A name that is not known yet becomes a section, author or tag. `photos` make no photos, for no
pictures come with them. Any other field is listed as not taken over.

    file.py → line.py (body.py, terms.py) → batch.py (names.py) → Article, Publication, Revision
"""

from .file import Outcome, import_stories

__all__ = ["Outcome", "import_stories"]
