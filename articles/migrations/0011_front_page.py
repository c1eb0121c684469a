import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0010_newsletter")]

    operations = [
        migrations.AddField(
            model_name="section",
            name="front_page_stories",
            field=models.PositiveSmallIntegerField(
                default=4,
                help_text="In a block of the section's own; 0 for no block.",
                validators=[django.core.validators.MaxValueValidator(8)],
                verbose_name="stories on the front page",
            ),
        ),
        migrations.AddField(
            model_name="section",
            name="front_page_position",
            field=models.PositiveSmallIntegerField(
                default=100,
                help_text="Low numbers come first; equal ones stand as in the navigation.",
                verbose_name="position on the front page",
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                name="publication_opinion_newest",
                fields=["language", "-visible_from", "-article"],
                condition=models.Q(withdrawn_at=None, kind="opinion"),
            ),
        ),
    ]
