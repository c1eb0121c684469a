from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from donations.sandbox.events import Courier
from donations.sandbox.server import Sandbox, Server
from donations.sandbox.store import Store


class Command(BaseCommand):
    help = "Serve a stand-in for Stripe that moves no money, until it is ended."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=0, help="0 lets the system choose.")
        parser.add_argument("--state", type=Path, help="The file that keeps what has happened.")

    def handle(
        self, *args: object, host: str, port: int, state: Path | None, verbosity: int, **_: object
    ) -> None:
        if settings.STRIPE_LIVE:
            raise CommandError("The sandbox does not start where a live key is set.")
        store = Store(state)
        courier = Courier(
            store, f"{settings.SITE_URL}/stripe/webhook", settings.STRIPE_WEBHOOK_SECRETS[0]
        )
        server = Server((host, port), Sandbox(store, settings.STRIPE_SECRET_KEY, courier))
        if settings.STRIPE_API_BASE.endswith(f":{server.server_port}"):
            store.base_url = settings.STRIPE_API_BASE  # As the site knows it.
        if verbosity:
            self.stdout.write(f"The payment sandbox is at {store.base_url}/sandbox")
            self.stdout.flush()
        courier.start()
        with suppress(KeyboardInterrupt):
            server.serve_forever()
