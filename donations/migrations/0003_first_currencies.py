"""The currencies gifts are taken in until the outlet decides otherwise."""

from django.db import migrations

# The fees are a usual price for cards; which ones apply, Stripe tells each account.
CURRENCIES = [("EUR", 10, 25), ("USD", 20, 30), ("GBP", 30, 20)]  # currency, position, fixed fee
PRESETS = {
    "monthly": [500, 1000, 2000, 5000],
    "once": [1000, 2500, 5000, 10000],
    "annual": [5000, 10000, 20000, 50000],
}
CHOSEN = {"monthly": 1000, "once": 2500, "annual": 10000}


def add_currencies(apps, schema_editor):
    rules = apps.get_model("donations", "CurrencyRule")
    presets = apps.get_model("donations", "Preset")
    for currency, position, fee_fixed_minor in CURRENCIES:
        rule = rules.objects.create(
            currency=currency,
            position=position,
            minimum_minor=100,
            maximum_minor=1_000_000,
            fee_percent="2.9",
            fee_fixed_minor=fee_fixed_minor,
        )
        presets.objects.bulk_create(
            presets(
                rule=rule, frequency=frequency, amount_minor=amount, is_default=amount == chosen
            )
            for frequency, chosen in CHOSEN.items()
            for amount in PRESETS[frequency]
        )


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_append_only_ledger")]

    operations = [migrations.RunPython(add_currencies, migrations.RunPython.noop)]
