from .giving import contribute, thanks
from .manage import (
    cancel,
    card,
    change_amount,
    forget,
    leave,
    manage,
    pause,
    receipt,
    resume,
    statement,
)
from .webhook import stripe_webhook

__all__ = [
    "cancel",
    "card",
    "change_amount",
    "contribute",
    "forget",
    "leave",
    "manage",
    "pause",
    "receipt",
    "resume",
    "statement",
    "stripe_webhook",
    "thanks",
]
