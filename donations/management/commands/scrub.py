from typing import Any

from django.core.management.base import BaseCommand

from donations import scrubbing


class Command(BaseCommand):
    help = "Forget people, and what else is kept, where the time for it has come."

    def handle(self, *args: Any, **options: Any) -> None:
        scrubbed = scrubbing.scrub()
        self.stdout.write(f"Unfinished contributions emptied: {scrubbed.contributions}")
        self.stdout.write(f"Supporters let go: {scrubbed.supporters}")
        self.stdout.write(f"Events emptied that were never applied: {scrubbed.payloads}")
        self.stdout.write(f"Links deleted that were over: {scrubbed.links}")
        if scrubbed.left_at_stripe:
            self.stderr.write(
                f"Supporters whom Stripe still knows: {scrubbed.left_at_stripe}."
                " The next run asks it again."
            )
