from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0008_pledge_asked_at")]

    operations = [
        migrations.AlterField(
            model_name="appeal",
            name="placement",
            field=models.CharField(
                choices=[
                    ("strip", "Strip on every page"),
                    ("top", "Above the headline"),
                    ("article_end", "After the text of a story"),
                    ("front_page", "On the front page"),
                ],
                max_length=12,
                verbose_name="placement",
            ),
        ),
    ]
