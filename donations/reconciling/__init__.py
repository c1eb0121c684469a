"""Compare with Stripe what is known here, in both directions, and mend what is missing here.

    manage.py reconcile

What Stripe knows and we do not is brought about by the code that applies its events, so a lost
event leaves no trace. What differs, or is known here alone, is told to a person: the ledger only
ever grows, and nothing is guessed. Before anything is told that could have changed meanwhile,
Stripe is asked for that object again: events go on arriving.

`checkouts` follows sessions, `pledges` subscriptions and their cards, `books` all that moved
money, `invoices` what was paid and what failed of pledges. `reading` reads Stripe's lists in
pieces, `report` counts and sums: payouts, and what else moves the balance and is no gift, are
neither booked nor a difference, and stand in the summary as a sum for each type.
"""

from .run import UnderWay, reconcile, reconcile_nightly

__all__ = ["UnderWay", "reconcile", "reconcile_nightly"]
