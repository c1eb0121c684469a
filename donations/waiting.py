"""How long somebody waits for Stripe, and how many may do so at once."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from donations import gateway

PATIENCE_SECONDS = 1.5  # A call takes at most 8.5: together the reader waits ten.

_places = threading.BoundedSemaphore(max(settings.WEB_THREADS // 2, 1))


@contextmanager
def place_in_line() -> Iterator[None]:
    """Half of the threads of a web process may wait for Stripe, so that others answer readers.

    Raises gateway.Unavailable at once when they all do.
    """
    if not _places.acquire(blocking=False):
        raise gateway.Unavailable("all places are taken")
    try:
        yield
    finally:
        _places.release()


def be_in_time(stop_at: float) -> None:
    """Raise gateway.Unavailable where one more call could let the reader wait for too long."""
    if time.monotonic() > stop_at:
        raise gateway.Unavailable("slow")
