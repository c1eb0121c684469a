"""What comparing finds: counted, and told line by line to whoever listens."""

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError

from donations import gateway, money

from .reading import Object

logger = logging.getLogger(__name__)


@dataclass
class Report:
    """`tell` gets a line for each object that differs: ids and amounts, never a person."""

    tell: Callable[[str], None]
    compared: Counter[str] = field(default_factory=Counter)  # By kind of object.
    mended: int = 0
    differing: set[str] = field(default_factory=set)  # Ids.
    unbooked: Counter[tuple[str, str]] = field(default_factory=Counter)  # By type and currency.

    @contextmanager
    def comparing(self, kind: str, object_id: str) -> Iterator[None]:
        """Count an object, and guard the others from it."""
        self.compared[kind] += 1
        with self.guarding(kind, object_id):
            yield

    @contextmanager
    def guarding(self, kind: str, object_id: str) -> Iterator[None]:
        """One object that cannot be understood is told of, and keeps nobody from the others.

        Neither line nor log holds the message of what went wrong: a database's quotes values.
        """
        try:
            yield
        except (gateway.Unavailable, OperationalError, InterfaceError):
            raise
        except Exception as error:
            failure, place = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
            logger.warning("%s %s was not compared: %s\n%s", kind, object_id, failure, place)
            self.differ(kind, object_id, f"could not be compared ({failure})")

    @contextmanager
    def mending(self, standing: Callable[[], object]) -> Iterator[None]:
        """Count it if what is done inside changes what `standing` tells."""
        before = standing()
        yield
        self.mended += standing() != before

    def differ(self, kind: str, object_id: str, how: str) -> None:
        """Something for a person; each object is told of once."""
        if object_id not in self.differing:
            self.differing.add(object_id)
            self.tell(f"{kind} {object_id} {how}")

    def leave(self, balance_transaction: Object) -> None:
        """Sum what moves the balance and is no gift: payouts, Stripe's own invoices."""
        key = balance_transaction["type"], balance_transaction["currency"].upper()
        self.unbooked[key] += balance_transaction["net"]

    def summary(self) -> str:
        """What was done, in a sentence or two."""
        counts = [f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in self.compared.items()]
        differing = len(self.differing)
        verb = "differs" if differing == 1 else "differ"
        compared = ", ".join(counts) or "nothing"
        text = f"Compared {compared}; mended {self.mended}; {differing} {verb}."
        if self.unbooked:
            sums = [
                f"{type} {printed(net, currency)}"
                for (type, currency), net in sorted(self.unbooked.items())
            ]
            text += f" Not of gifts, so not in the books: {', '.join(sums)}."
        return text


def printed(amount_minor: int, currency: str) -> str:
    return f"{money.in_units(amount_minor, currency)} {currency}"
