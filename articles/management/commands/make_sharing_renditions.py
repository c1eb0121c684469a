from typing import Any

from django.core.management.base import BaseCommand

from articles.tasks import make_sharing_renditions


class Command(BaseCommand):
    help = (
        "Give photos that were taken in before it was there the copy of 1200 × 630 pixels for links"
        " elsewhere. The worker does the same every night. It may be stopped and repeated at any"
        " time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        make_sharing_renditions()
