from typing import Any

from django.contrib.auth.models import User
from django.core.management import BaseCommand, CommandError, CommandParser

from newsroom.signing_in import second_factor, sessions


class Command(BaseCommand):
    help = "Take away the second factors of somebody who lost them, and sign them out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: object, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"Nobody is called {username}.")
        second_factor.forget(user)
        sessions.end_all(user)
        self.stdout.write(f"{username} signs in with the password alone, once, to set one up.")
