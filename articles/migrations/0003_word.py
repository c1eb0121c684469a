from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_licences")]

    operations = [
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=10)),
                ("word", models.CharField(blank=True, max_length=40)),
                ("stories", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("language", "word"), name="word_once")
                ],
            },
        ),
        migrations.RemoveIndex(model_name="publication", name="publication_words"),
        migrations.AddIndex(
            model_name="publication",
            index=GinIndex(fields=["words"], name="publication_words", fastupdate=False),
        ),
    ]
