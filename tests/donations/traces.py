"""Where a text is kept: every column of every table is looked at, whoever made it."""

from django.db import connection


def tables_holding(text: str) -> set[str]:
    """The tables with a row that holds `text` anywhere, however it is capitalised."""
    found = set()
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS kept WHERE kept::text ILIKE %s',
                [f"%{text}%"],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found
