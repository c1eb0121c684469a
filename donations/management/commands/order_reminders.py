from typing import Any

from django.core.management.base import BaseCommand

from donations import reminders


class Command(BaseCommand):
    help = "Order the mails that have fallen due: cards about to expire, gifts about to be renewed."

    def handle(self, *args: Any, **options: Any) -> None:
        reminders.order_due()
