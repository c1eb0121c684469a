from typing import Any

from django.core.management.base import BaseCommand

from articles.tasks import remove_stray_files


class Command(BaseCommand):
    help = "Delete picture files older than a day that no photo names; also done every night."

    def handle(self, *args: Any, **options: Any) -> None:
        remove_stray_files()
