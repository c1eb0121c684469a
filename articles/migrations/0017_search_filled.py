"""Index the stories that are here already, in batches, each committed by itself."""

from typing import Any

from django.db import migrations

from articles.search.index import index_waiting


def index_all(apps: Any, schema_editor: Any) -> None:
    while index_waiting():
        pass


class Migration(migrations.Migration):
    atomic = False  # Stopped, it goes on where it was; the worker would do the rest as well.
    dependencies = [("articles", "0016_search_kept")]

    operations = [migrations.RunPython(index_all, migrations.RunPython.noop, elidable=True)]
