from typing import Any

from django.core.management.base import BaseCommand

from articles.newsletter.sending import go_on_with_lost


class Command(BaseCommand):
    help = "Go on with issues of the newsletter whose sending got lost; also done every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        go_on_with_lost()
