"""Note the photos that the texts of the desk show, and the words photos are found by."""

import re
import unicodedata

from django.db import migrations

NOTE = """
INSERT INTO articles_{uses} ({side}_id, photo_id)
    SELECT DISTINCT text.id, photo.id
    FROM articles_{texts} AS text
    CROSS JOIN LATERAL regexp_matches(text.body, '<figure data-photo="([0-9]{{1,10}})"', 'g') AS number
    JOIN articles_photo AS photo ON photo.id = number[1]::bigint
    WHERE text.body LIKE '%<figure data-photo="%'
    ON CONFLICT DO NOTHING;
"""
AT_A_TIME = 1_000


def words_of(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", plain)


def make_photos_findable(apps, schema_editor) -> None:
    photos = apps.get_model("articles", "Photo").objects.order_by("pk")
    last = 0
    while batch := list(photos.filter(pk__gt=last)[:AT_A_TIME]):
        for photo in batch:
            texts = [photo.title, photo.caption, photo.alt, photo.creator, photo.agency]
            words = words_of(" ".join([*texts, *photo.keywords]))
            photo.searched = " ".join(dict.fromkeys(words))
        photos.bulk_update(batch, ["searched"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_photo_library")]

    operations = [
        migrations.RunSQL(
            NOTE.format(uses="articlephoto", side="article", texts="article"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            NOTE.format(uses="liveentryphoto", side="entry", texts="liveentry"),
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(make_photos_findable, migrations.RunPython.noop),
    ]
