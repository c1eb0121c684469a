"""The ledger and all that moved money at Stripe: charges, refunds, disputes, fees, payouts."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from donations import gateway, ledger
from donations.models import LedgerEntry

from .reading import Object, Period, in_pieces
from .report import Report, printed

Kind = LedgerEntry.Kind
Key = tuple[str, str]  # Object at Stripe and kind of entry: each is booked once.


@dataclass(frozen=True)
class Shelf:
    """Objects of one kind at Stripe, and the entries they have in the books."""

    name: str
    kinds: tuple[Kind, ...]
    between: Callable[[datetime, datetime], Iterator[Object]]
    retrieve: Callable[[str], Object]
    entries: Callable[[Object], list[LedgerEntry]]
    book: Callable[[Object], None]


def book_charge(charge: Object) -> None:
    ledger.book_charge(charge, timezone.now())


def book_refund(refund: Object) -> None:
    ledger.book_refund(refund, timezone.now())


def book_dispute(dispute: Object) -> None:
    """As the events of its withdrawal and its reinstatement do."""
    for moved in dispute["balance_transactions"]:
        book = ledger.book_withdrawal if moved["amount"] < 0 else ledger.book_reinstatement
        book(dispute, ledger.moment(moved))


def book_fee(balance_transaction: Object) -> None:
    """With the payment of what it was kept of."""
    source = booked([balance_transaction["source"]]).values()
    ledger.book_fee(balance_transaction, next((entry.payment for entry in source), None))


CHARGES = Shelf(
    "charge",
    (Kind.CHARGE,),
    gateway.charges_between,
    gateway.retrieve_charge,
    ledger.of_charge,
    book_charge,
)
REFUNDS = Shelf(
    "refund",
    (Kind.REFUND,),
    gateway.refunds_between,
    gateway.retrieve_refund,
    ledger.of_refund,
    book_refund,
)
DISPUTES = Shelf(
    "dispute",
    (Kind.DISPUTE, Kind.DISPUTE_REVERSAL),
    gateway.disputes_between,
    gateway.retrieve_dispute,
    ledger.of_dispute,
    book_dispute,
)
BALANCE = Shelf(
    "balance transaction",
    (Kind.FEE,),
    gateway.balance_transactions_between,
    gateway.retrieve_balance_transaction,
    ledger.of_balance_transaction,
    book_fee,
)

# What moved the balance, by the type of its balance transaction. All else is no gift.
# Source: https://docs.stripe.com/reports/balance-transaction-types
SHELVES = {
    "charge": CHARGES,
    "payment": CHARGES,
    "refund": REFUNDS,
    "payment_refund": REFUNDS,
    "refund_failure": REFUNDS,
    "payment_failure_refund": REFUNDS,
}


def compare(period: Period, report: Report) -> None:
    """Compare a time day by day, so that what is held in memory stays small."""
    for shelf in (CHARGES, REFUNDS, DISPUTES):
        for day in period.days():
            seen: set[Key] = set()
            for piece in in_pieces(shelf.between(day.begin, day.end)):
                seen |= compare_entries(shelf, piece, report)
            look_back(shelf, day, seen, report)
    for day in period.days():
        compare_balance(day, period.begin, report)


def compare_entries(shelf: Shelf, piece: list[Object], report: Report) -> set[Key]:
    """Book what is missing, tell what differs; the keys that these objects have in the books."""
    ids = [each["id"] for each in piece]
    known = booked([*ids, *(f"{id}:failed" for id in ids)])
    seen: set[Key] = set()
    for made in piece:
        with report.comparing(shelf.name, made["id"]):
            entries = shelf.entries(made)
            seen |= {key_of(entry) for entry in entries}
            if any(key_of(entry) not in known for entry in entries):
                with transaction.atomic():
                    shelf.book(made)
                report.mended += 1
            for entry in entries:
                check(shelf, made["id"], entry, known.get(key_of(entry)), report)
    return seen


def check(
    shelf: Shelf, stripe_id: str, entry: LedgerEntry, kept: LedgerEntry | None, report: Report
) -> None:
    """Tell where the books hold another amount than Stripe has: they are not changed."""
    wanted = entry.amount_minor, entry.currency
    if kept is not None and (kept.amount_minor, kept.currency) != wanted:
        held = printed(kept.amount_minor, kept.currency)
        how = f"moved {printed(*wanted)} at Stripe, {held} here ({entry.kind})"
        report.differ(shelf.name, stripe_id, how)


def look_back(shelf: Shelf, day: Period, seen: set[Key], report: Report) -> None:
    """Ask for what is in the books of a day and was not listed: Stripe may not know it."""
    kept_then = LedgerEntry.objects.filter(
        kind__in=shelf.kinds, occurred_at__gte=day.begin, occurred_at__lt=day.end
    )
    for kept in [each for each in kept_then.iterator() if key_of(each) not in seen]:
        stripe_id = kept.stripe_id.removesuffix(":failed")
        with report.comparing(shelf.name, stripe_id):
            try:
                made = shelf.retrieve(stripe_id)
            except gateway.Missing:
                how = f"is in the books as {kept.kind}, and unknown at Stripe"
                report.differ(shelf.name, stripe_id, how)
                continue
            entries = {key_of(entry): entry for entry in shelf.entries(made)}
            if key_of(kept) in entries:
                check(shelf, stripe_id, entries[key_of(kept)], kept, report)
            else:
                how = f"is in the books as {kept.kind}, and moved nothing at Stripe"
                report.differ(shelf.name, stripe_id, how)


def compare_balance(day: Period, begin: datetime, report: Report) -> None:
    """Compare all that moved the balance, and what was paid out together with it."""
    seen: set[Key] = set()
    payouts = []
    for piece in in_pieces(BALANCE.between(day.begin, day.end)):
        seen |= compare_movements(piece, report)
        for moved in piece:
            if shelf_of(moved) is None:
                report.leave(moved)
            if moved["type"] == "payout":
                payouts.append(moved["source"])
    look_back(BALANCE, day, seen, report)
    for payout_id in payouts:
        compare_payout(payout_id, begin, report)


def compare_payout(payout_id: str, begin: datetime, report: Report) -> None:
    """Compare what a payout holds from before the time that is compared anyway."""
    report.compared["payout"] += 1
    with suppress(gateway.Refused):  # Made by hand, it holds no particular transactions.
        for piece in in_pieces(gateway.balance_transactions_of(payout_id)):
            compare_movements([each for each in piece if ledger.moment(each) < begin], report)


def compare_movements(piece: list[Object], report: Report) -> set[Key]:
    """Compare with the books what gifts did to the balance, and what Stripe kept of it."""
    ours = [each for each in piece if shelf_of(each) is not None]
    known = booked([key_of_source(each)[0] for each in ours])
    for moved in ours:
        with report.guarding("balance transaction", moved["id"]):
            compare_movement(moved, known.get(key_of_source(moved)), report)
    return compare_entries(BALANCE, ours, report)


def compare_movement(moved: Object, kept: LedgerEntry | None, report: Report) -> None:
    """Book what moved the balance and is in no list of this time, such as a refund that failed."""
    shelf, key = shelf_of(moved), key_of_source(moved)
    if shelf is None:
        return
    if kept is None:
        made = shelf.retrieve(moved["source"])
        with report.mending(lambda: key in booked([key[0]])), transaction.atomic():
            shelf.book(made)
        kept = booked([key[0]]).get(key)
    wanted = moved["amount"], moved["currency"].upper()
    held = (kept.amount_minor, kept.currency) if kept else (0, wanted[1])
    # Where the balance is in another currency than the gift, the amounts cannot be compared.
    if held[1] == wanted[1] and held != wanted:
        how = f"moved the balance by {printed(*wanted)}, the books by {printed(*held)} ({key[1]})"
        report.differ(shelf.name, moved["source"], how)


def shelf_of(moved: Object) -> Shelf | None:
    """What kind of object moved the balance; None where it was no gift."""
    source = moved.get("source") or ""
    if moved["type"] == "adjustment" and source.startswith(("dp_", "du_")):
        return DISPUTES
    return SHELVES.get(moved["type"]) if source else None


def key_of_source(moved: Object) -> Key:
    """Where what moved the balance stands in the books."""
    source, is_loss, shelf = moved["source"], moved["amount"] < 0, shelf_of(moved)
    kinds = shelf.kinds if shelf else ()
    if Kind.DISPUTE in kinds:
        return source, Kind.DISPUTE if is_loss else Kind.DISPUTE_REVERSAL
    if Kind.REFUND in kinds:
        return source if is_loss else f"{source}:failed", Kind.REFUND
    return source, Kind.CHARGE


def key_of(entry: LedgerEntry) -> Key:
    return entry.stripe_id, entry.kind


def booked(stripe_ids: list[str]) -> dict[Key, LedgerEntry]:
    """What the books hold of some objects."""
    entries = LedgerEntry.objects.filter(stripe_id__in=stripe_ids)
    return {key_of(entry): entry for entry in entries.select_related("payment")}
