from typing import Any

from django.core.management.base import BaseCommand

from articles.tasks import index_changed_stories


class Command(BaseCommand):
    help = "Index for the search what changed since it was indexed; also done every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        index_changed_stories()
