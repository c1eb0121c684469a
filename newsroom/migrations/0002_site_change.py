from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0001_cache")]

    operations = [
        migrations.RunSQL(
            """
            create table newsroom_site_change (
                xid xid8 primary key default pg_current_xact_id(),
                weight bigint not null default 1
            )
            """,
            "drop table newsroom_site_change; drop function if exists newsroom_note_change cascade",
        ),
    ]
