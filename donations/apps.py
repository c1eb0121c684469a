from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """Everything about money: what the calls to action on public pages lead to."""

    name = "donations"

    def ready(self) -> None:
        from donations import checks  # noqa: F401
