"""How the database looks for words in an archive of thousands: never by reading all of it."""

import pytest
from django.db import connection

from articles.models import Tag
from articles.search import finding, suggestions
from articles.search.finding import Among, hits_of
from articles.search.typed import typed_terms
from tests.articles.test_query_counts import add_stories
from tests.factories import make_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive():
    """Two thousand stories with one word in all of them and one in a hundredth."""
    add_stories(make_publication(tags=["Water"]), 2_000)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE articles_publicationsearch
            SET found_by = read || '''=len''', about = read, headline_words = read
            FROM (
                SELECT publication_id AS number, to_tsvector('english',
                    'common number' || publication_id
                    || CASE WHEN publication_id % 100 = 0 THEN ' rare' ELSE '' END) AS read
                FROM articles_publicationsearch
            ) AS story
            WHERE number = publication_id
            """
        )
        cursor.execute("ANALYZE")


def plan_of(run):
    """How the database carries out what `run` asks of the index of the search."""
    statements = []

    def note(execute, sql, parameters, many, context):
        statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        run()
    sql, parameters = next(sent for sent in statements if "articles_publicationsearch" in sent[0])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(row[0] for row in cursor)


INDEXES = {
    "rare": "search_found_by",
    "number77": "search_found_by",
    "common": "search_newest",
    "common rare": "search_found_by",
    '"common rare"': "search_found_by",
    "rare or number77": "search_found_by",
    "common -rare": "search_newest",
}


def test_what_is_looked_for_comes_from_an_index(archive, monkeypatch):
    monkeypatch.setattr(finding, "MOST_COUNTED", 50)  # Of two thousand, as 1,000 of very many.
    for query, index in INDEXES.items():
        typed = typed_terms(query)
        plan = plan_of(lambda typed=typed: hits_of(typed, Among(["en"])))
        assert index in plan, query
        assert "Seq Scan" not in plan, query

    plan = plan_of(lambda: suggestions.suggestions_for("rar", "en"))
    assert "search_" in plan
    assert "Seq Scan" not in plan

    hits = hits_of(typed_terms("common"), Among(["en"]))
    assert hits.is_beyond_count
    assert hits.count == 51

    monkeypatch.setattr(finding, "MOST_READ", 10)
    assert hits_of(typed_terms('"rare common"'), Among(["en"])).is_partial
    assert not hits_of(typed_terms('"rare number77"'), Among(["en"])).is_partial


def test_themes_come_from_an_index():
    Tag.objects.bulk_create(Tag(name=f"Theme {n}", slug=f"theme-{n}") for n in range(3_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_tag")

    assert "tag_name_words" in suggestions.tags_named("'77':*", "en").explain()
