"""Telling the site: signed webhooks in the order things happened, again where it did not listen."""

import hashlib
import heapq
import hmac
import json
import logging
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from .store import Object, Store, public

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 300.0
ATTEMPTS = 16


def signed(event: Object, secret: str) -> tuple[bytes, str]:
    """The body of a webhook and its Stripe-Signature header, of now.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """
    body = json.dumps(public(event), indent=2).encode()
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, f"t={stamp},v1={digest}"


class Courier:
    """Delivers events to one address, on a thread of its own.

    One after another; an event that was not taken is tried again later, after others perhaps,
    and given up after ATTEMPTS.
    """

    def __init__(
        self, store: Store, url: str, secret: str, first_retry_seconds: float = FIRST_RETRY_SECONDS
    ) -> None:
        self.store, self.url, self.secret = store, url, secret
        self.first_retry_seconds = first_retry_seconds
        self._later: list[tuple[float, int, str]] = []  # When due, attempts made, event's id.
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Deliver until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """End after the delivery that is on its way."""
        self._is_stopping = True
        self._wake.set()
        self._thread.join(TIMEOUT_SECONDS)

    def wake(self) -> None:
        """Something may have happened."""
        self._wake.set()

    def _run(self) -> None:
        while not self._is_stopping:
            due = self._next()
            if due is None:
                waits = self._later[0][0] - time.monotonic() if self._later else None
                self._wake.wait(waits)
                self._wake.clear()
            else:
                self._try(*due)

    def _next(self) -> tuple[str, int] | None:
        """The event whose turn it is and how often it was tried."""
        if self._later and self._later[0][0] <= time.monotonic():
            _due, attempts, event_id = heapq.heappop(self._later)
            return event_id, attempts
        waiting = {event_id for _due, _attempts, event_id in self._later}
        with self.store.lock:
            fresh = (event for event in self.store.undelivered if event not in waiting)
            event_id = next(fresh, "")
        return (event_id, 0) if event_id else None

    def _try(self, event_id: str, attempts: int) -> None:
        event = self.store.get("event", event_id)
        is_taken = self._deliver(event)
        attempts += 1
        if not is_taken and attempts < ATTEMPTS:
            pause = min(self.first_retry_seconds * 2 ** (attempts - 1), LONGEST_RETRY_SECONDS)
            heapq.heappush(self._later, (time.monotonic() + pause, attempts, event_id))
            return
        with self.store.lock:
            self.store.undelivered.remove(event_id)
            event["pending_webhooks"] = 0 if is_taken else 1
            self.store.save()

    def _deliver(self, event: Object) -> bool:
        body, signature = signed(event, self.secret)
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        site = urlsplit(self.url)
        kind = HTTPSConnection if site.scheme == "https" else HTTPConnection
        connection = kind(site.netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", site.path, body, headers)
            status = connection.getresponse().status
        except (OSError, HTTPException) as problem:
            logger.info("%s was not taken: %s", event["type"], type(problem).__name__)
            return False
        finally:
            connection.close()
        return 200 <= status < 300
