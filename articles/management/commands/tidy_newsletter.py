from typing import Any

from django.core.management.base import BaseCommand

from articles.newsletter import forgetting


class Command(BaseCommand):
    help = "Forget what is kept of newsletter subscribers no longer; also done every night."

    def handle(self, *args: Any, **options: Any) -> None:
        forgotten = forgetting.tidy()
        self.stdout.write(
            f"Unconfirmed addresses: {forgotten.unconfirmed}, issues: {forgotten.issues}"
        )
