import io
import json
import os
from html import escape
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.markup import plain_text
from articles.models import Publication
from tests.articles.import_lines import everything, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference():
    """The file of real articles."""
    path = Path(os.environ.get("REFERENCE_CONTENT", "")) / "articles.jsonl"
    if not path.is_file():
        pytest.skip("REFERENCE_CONTENT names no folder with articles.jsonl")
    return path


def test_every_real_article_has_a_page_with_its_credit_and_licence(client, reference):
    credits = {
        "en.wikinews.org": "Wikinews",
        "learningenglish.voanews.com": "VOA Learning English",
        "www.gov.uk": (
            "Contains public sector information licensed under the Open Government Licence v3.0"
        ),
        "www.centcom.mil": "US Central Command",
        "www.state.gov": "US Department of State",
        "18f.gsa.gov": "",
    }
    run(reference)

    records = [json.loads(raw) for raw in reference.read_text().splitlines()]
    assert Publication.objects.visible().count() == len(records) == 94
    for record in records:
        publication = Publication.objects.get(article__source_id=record["id"])
        response = client.get(publication.get_absolute_url())
        page = response.content.decode()
        host = record["source_url"].split("/")[2]
        assert response.status_code == 200
        assert escape(credits[host]) in publication.text_credit
        assert escape(publication.text_credit) in page
        assert record["licence"].startswith(publication.text_licence_id)
        assert publication.text_licence.url in page
        assert escape(record["source_url"]) in page
        assert plain_text(publication.body).split() == [
            word
            for text in record["body"]
            for word in text.removeprefix("## ").removeprefix("- ").removeprefix("> ").split()
        ]
        publication.article.check_publishable()


def test_real_articles_again_change_nothing(reference):
    run(reference)
    before = everything()

    assert "0 imported, 94 already here." in run(reference)
    assert everything() == before


def test_real_articles_with_three_damaged_lines_among_them(reference, tmp_path):
    lines = reference.read_bytes().splitlines(keepends=True)
    lines[10:10] = [b"{\n"]
    lines[40:40] = [lines[0].replace(b'"headline"', b'"title"')]
    lines.append(b'"text"\n')
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(b"".join(lines))
    errors = io.StringIO()

    with pytest.raises(CommandError, match="3 lines are damaged"):
        call_command("import_articles", str(path), stdout=io.StringIO(), stderr=errors)

    assert [row.split(":")[0] for row in errors.getvalue().splitlines()] == [
        "Line 11",
        "Line 41",
        "Line 97",
    ]
    assert Publication.objects.count() == 94
