from django.core.management import call_command
from django.db import migrations

TABLE = "newsroom_cache"


def create_table(apps, schema_editor):
    """The table of the shared cache, whatever CACHE_URL says today."""
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.RunPython(create_table, migrations.RunPython.noop),
        migrations.RunSQL(migrations.RunSQL.noop, f"DROP TABLE IF EXISTS {TABLE}"),
    ]
