from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0006_people_and_alarms")]

    operations = [
        migrations.RenameModel("CheckoutAttempt", "Attempt"),
        migrations.AddField(
            model_name="attempt",
            name="purpose",
            field=models.CharField(
                choices=[("checkout", "Checkout"), ("link", "Link by mail")],
                default="checkout",
                max_length=8,
            ),
        ),
    ]
