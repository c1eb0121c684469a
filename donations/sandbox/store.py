"""Everything the sandbox knows, in memory, and in one file where it should outlive the process."""

import copy
import json
import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import spec
from .errors import missing_object

Object = dict[str, Any]

PREFIXES = {
    "checkout.session": "cs_test_",
    "item": "li_",
    "customer": "cus_",
    "product": "prod_",
    "price": "price_",
    "payment_intent": "pi_",
    "charge": "ch_",
    "refund": "re_",
    "subscription": "sub_",
    "subscription_item": "si_",
    "invoice": "in_",
    "line_item": "il_",
    "invoice_payment": "inpay_",
    "billing_portal.session": "bps_",
    "event": "evt_",
    "balance_transaction": "txn_",
    "dispute": "du_",
    "payment_method": "pm_",
}


@dataclass
class Store:
    """Objects by kind and id, in the order they were made. Hold `lock` to read or change it."""

    path: Path | None = None
    base_url: str = ""  # Where the pages of this sandbox are.
    objects: dict[str, dict[str, Object]] = field(default_factory=dict)
    undelivered: list[str] = field(default_factory=list)  # Ids of events.
    answers: dict[str, list[Any]] = field(default_factory=dict)  # By idempotency key.
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        if self.path and self.path.exists():
            kept = json.loads(self.path.read_text())
            self.objects, self.undelivered = kept["objects"], kept["undelivered"]
            self.answers = kept["answers"]

    def save(self) -> None:
        """Write all to the file, whole or not at all."""
        if self.path:
            unfinished = self.path.with_suffix(".unfinished")
            kept = {name: getattr(self, name) for name in ("objects", "undelivered", "answers")}
            unfinished.write_text(json.dumps(kept))
            os.replace(unfinished, self.path)

    def make(self, kind: str, **fields: Any) -> Object:
        """A new object with all that Stripe always sends; what is not said is empty."""
        made = spec.blank(kind) | {"id": PREFIXES[kind] + secrets.token_hex(12)}
        if "created" in made:
            made["created"] = int(time.time())
        made |= fields
        self.objects.setdefault(kind, {})[made["id"]] = made
        return made

    def get(self, kind: str, object_id: str, param: str = "id") -> Object:
        """The object itself, not a copy. Raises ApiError as Stripe does for unknown ones."""
        try:
            return self.objects[kind][object_id]
        except KeyError:
            raise missing_object(kind, object_id, param) from None

    def find(self, object_id: str) -> Object | None:
        """The object of this id, of whichever kind."""
        for known in self.objects.values():
            if object_id in known:
                return known[object_id]
        return None

    def newest_first(self, kind: str) -> list[Object]:
        return list(reversed(self.objects.get(kind, {}).values()))

    def tell(self, type: str, about: Object) -> None:
        """Note an event, to be delivered when the request that caused it is done."""
        event = self.make(
            "event",
            type=type,
            api_version=spec.version(),
            data={"object": copy.deepcopy(public(about))},
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
        )
        self.undelivered.append(event["id"])


def public(made: Object) -> Object:
    """What is shown of an object; names with an underscore are the sandbox's own notes."""
    return {name: value for name, value in made.items() if not name.startswith("_")}


def listed(found: list[Object], url: str, *, has_more: bool = False) -> Object:
    """Objects as a list of Stripe's."""
    data = [public(made) for made in found]
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
