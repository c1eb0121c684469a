"""What must not be configured together."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def live_key_goes_to_stripe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A key that moves money is shown to nobody but Stripe."""
    if settings.STRIPE_LIVE and settings.STRIPE_API_BASE:
        return [
            Error(
                "A live Stripe key would be sent to STRIPE_API_BASE, which is not Stripe.",
                hint="Unset STRIPE_API_BASE, or use a test key with it.",
                id="donations.E001",
            )
        ]
    return []
