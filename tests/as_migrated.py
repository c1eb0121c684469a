"""The database as the migrations leave it, brought back after tests that commit.

Django would empty every table and have all apps say again what belongs in them, a second and a
half for each such test. Here what the migrations left is kept once, and only tables that are not
empty are emptied and filled again.
"""

from dataclasses import dataclass

from django.db import connection, transaction

TABLES = """
    SELECT format('%I', tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'django_migrations'
"""
SEQUENCES = """
    SELECT format('%I', sequencename), coalesce(last_value, start_value), last_value IS NOT NULL
    FROM pg_sequences WHERE schemaname = 'public'
"""


@dataclass(frozen=True)
class AsMigrated:
    """The rows of every table, as PostgreSQL copies them, and where its sequences stood."""

    rows: dict[str, bytes]
    sequences: dict[str, tuple[int, bool]]

    @classmethod
    def kept(cls) -> "AsMigrated":
        """The database as it is now."""
        rows = {}
        with connection.cursor() as cursor:
            for table in _not_empty(cursor):
                with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    rows[table] = b"".join(copy)
            return cls(rows, _sequences(cursor))

    def bring_back(self) -> None:
        """Make the database what it was when this was kept."""
        with transaction.atomic(), connection.cursor() as cursor:
            # No trigger steps in: neither those of foreign keys nor the guard of the ledger.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in _not_empty(cursor):
                cursor.execute(f"DELETE FROM {table}")
            for table, rows in self.rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
            now = _sequences(cursor)
            for name, state in self.sequences.items():
                if now.get(name) != state:
                    cursor.execute("SELECT setval(%s, %s, %s)", [name, *state])


def _not_empty(cursor) -> list[str]:
    cursor.execute(TABLES)
    tables = [table for (table,) in cursor]
    cursor.execute(
        " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables)
    )
    return [table for (table,) in cursor]


def _sequences(cursor) -> dict[str, tuple[int, bool]]:
    cursor.execute(SEQUENCES)
    return {name: (value, is_called) for name, value, is_called in cursor}
