import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicTask


class Command(BaseCommand):
    help = "Say what the worker does by the clock, or do one of it now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="what to do; without it, all are listed")

    def handle(self, *args: Any, name: str | None, **options: Any) -> None:
        periodic = {
            each.task.name.rpartition(".")[2]: each
            for each in app.periodic_registry.periodic_tasks.values()
        }
        if name is None:
            for known, each in sorted(periodic.items()):
                first_line, *_more = (each.task.func.__doc__ or "").splitlines()
                self.stdout.write(f"{known:<26}{each.cron:<15}{first_line}")
        elif name in periodic:
            self._do(periodic[name])
        else:
            raise CommandError(
                f"Nothing by the clock is called {name}. Leave the name out to see all."
            )

    def _do(self, each: PeriodicTask) -> None:
        now = int(time.time())
        if each.task.pass_context:  # It is about the worker's own jobs.
            each.task.defer(timestamp=now)
            self.stdout.write("Ordered; a worker does it.")
        else:
            each.task.func(timestamp=now)
