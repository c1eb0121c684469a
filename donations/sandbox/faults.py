"""Faults to order, for trying what the site does when Stripe fails."""

import threading
from dataclasses import dataclass

from .errors import ApiError

KINDS = {
    "hang": "nothing is done and nothing answered",
    "lost": "the work is done, its answer lost",
    "error": "an answer of 500",
    "busy": "an answer of 429",
}


@dataclass
class Fault:
    """What goes wrong, with the next `times` calls to addresses that begin with `path`."""

    kind: str
    times: int = 1
    path: str = "/v1/"
    seconds: float = 30


class Faults:
    def __init__(self) -> None:
        self._ordered: list[Fault] = []
        self._lock = threading.Lock()
        self._ending = threading.Event()

    def order(self, fault: Fault) -> None:
        if fault.kind not in KINDS:
            raise ApiError(f"A fault is one of {', '.join(KINDS)}.")
        with self._lock:
            self._ordered.append(fault)

    def take(self, path: str) -> Fault | None:
        """The fault that this call meets, if any."""
        with self._lock:
            for fault in self._ordered:
                if path.startswith(fault.path):
                    fault.times -= 1
                    if fault.times < 1:
                        self._ordered.remove(fault)
                    return fault
        return None

    def wait(self, seconds: float) -> None:
        self._ending.wait(seconds)

    def end(self) -> None:
        """Let nobody hang any longer."""
        self._ending.set()
