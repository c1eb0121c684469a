from django.db import migrations, models

# Where both kinds were sent of one attempt, the one that asks for less keeps another name.
RENAME = """
UPDATE donations_outgoingmail AS failed
   SET about = left(failed.about, 240) || ':failed'
  FROM donations_outgoingmail AS asking
 WHERE failed.kind = 'payment_failed'
   AND asking.kind = 'confirmation_needed'
   AND asking.about = failed.about
"""


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0004_self_service_and_watch"),
    ]

    operations = [
        migrations.RunSQL(RENAME, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["payment_failed", "confirmation_needed"])),
                fields=("about",),
                name="mail_once_for_each_attempt",
            ),
        ),
    ]
