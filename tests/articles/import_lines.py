"""Files to import, and what came of them."""

import io
import json

from django.core.management import call_command

from articles.importing import import_stories
from articles.importing.line import read_line
from articles.models import Article, Author, Publication, Redirect, Revision, Section, Tag

FULL = {
    "id": "harbour-1",
    "source_url": "https://elsewhere.example/harbour",
    "licence": "CC BY 4.0",
    "credit_line": "Written by Ida Holm.",
    "headline": "Harbour <reopens>",
    "kicker": "The coast",
    "standfirst": "Ships are back.",
    "authors": ["Ida Holm", "Per Lund"],
    "published": "2024-03-05T08:30:00+01:00",
    "section": "World",
    "tags": ["Ports", "Trade"],
    "body": ["The first ship came in.", "## What next", "- More", "- Ships", "> At last."],
}


def story(number=1, **fields):
    return {"id": f"story-{number}", "headline": f"Headline {number}", "body": ["Text."]} | fields


def lines_of(*lines):
    """The bytes of a file; what is not bytes already is written as JSON."""
    return b"".join(
        one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in lines
    )


def import_lines(*lines):
    """Import and give back the outcome, and the sentences about damaged lines by number."""
    damaged = {}
    outcome = import_stories(
        io.BytesIO(lines_of(*lines)), default_section="News", on_damaged=damaged.__setitem__
    )
    return outcome, damaged


def imported(**fields):
    """The one story of a file, on the desk."""
    _outcome, damaged = import_lines(FULL | fields)
    assert not damaged
    return Article.objects.get(source_id=FULL["id"])


def read(**fields):
    raw = json.dumps(FULL | fields).encode()
    return read_line(1, raw, licences={}, default_section="News")


def run(path, *options):
    out, errors = io.StringIO(), io.StringIO()
    call_command("import_articles", str(path), *options, stdout=out, stderr=errors)
    return out.getvalue()


def everything():
    """All rows that an import may write."""
    models = [Article, Publication, Revision, Section, Author, Tag, Redirect]
    return [list(model._default_manager.order_by("pk").values()) for model in models]
