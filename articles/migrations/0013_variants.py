from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0012_marks_and_cards")]

    operations = [
        migrations.AddField(
            model_name="outlet",
            name="old_after_months",
            field=models.PositiveSmallIntegerField(
                default=12,
                help_text="Its page then says how old it is. 0 for never.",
                verbose_name="months after which a story is called old",
            ),
        ),
        migrations.AddField(
            model_name="outlet",
            name="opinion_notice",
            field=models.CharField(
                blank=True,
                help_text="Whose views they are. When empty, a sentence in the language of the story.",
                max_length=300,
                verbose_name="line under opinions",
            ),
        ),
    ]
