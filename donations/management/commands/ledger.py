import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from donations import money
from donations.models import LedgerEntry


class Command(BaseCommand):
    help = "Sum the ledger per currency and kind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json",
            action="store_true",
            help="print JSON alone, amounts in the smallest unit of their currency",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sums = LedgerEntry.objects.sums()
        if options["json"]:
            self.stdout.write(json.dumps(sums))
            return
        if not sums:
            self.stdout.write("The ledger is empty.")
        for currency, kinds in sums.items():
            kinds = kinds | {"left": sum(kinds.values())}
            for kind, amount_minor in kinds.items():
                amount = money.in_units(amount_minor, currency)
                self.stdout.write(f"{currency}  {kind:<16}  {amount:>14}")
