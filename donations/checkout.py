"""From a filled form to the page at Stripe where it is paid.

One form, known by its token, leads to one payment: whatever is sent again, and by however many
clicks, at most one checkout of it is open.
"""

import logging
import secrets
import time

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from donations import gateway, rates
from donations.models import Attempt, Contribution, Frequency
from donations.waiting import PATIENCE_SECONDS, be_in_time, place_in_line

logger = logging.getLogger(__name__)

State = Contribution.State

TOKEN_SALT = "donations.contribute"  # noqa: S105  Says what the signature is for.
TOKEN_SECONDS = 12 * 3600  # Stripe keeps idempotency keys twice as long.

# What must be the same for two submissions of a form to be one.
CHOICES = [
    "frequency",
    "currency",
    "amount_minor",
    "fee_cover_minor",
    "email",
    "name",
    "message",
]
INTERVALS = {Frequency.MONTHLY: "month", Frequency.ANNUAL: "year"}
# Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-locale
LOCALES = set(
    "bg cs da de el en es et fi fil fr hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru sk sl sv"  # noqa: SIM905
    " th tr vi zh".split()
)


def new_token() -> str:
    """A word for a new form, signed, so that only forms of ours are taken."""
    return signing.TimestampSigner(salt=TOKEN_SALT).sign(secrets.token_urlsafe(16))


def token_id(token: str) -> str | None:
    """What a form's contribution is found by; None for a word that is forged or too old."""
    try:
        return signing.TimestampSigner(salt=TOKEN_SALT).unsign(token, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None


def address_of_thanks(session_id: str) -> str:
    return f"{reverse('donations:thanks')}?{urlencode({'session_id': session_id})}"


def begin(wanted: Contribution, token: str, address_hash: str) -> str:
    """The address to send a reader to who wants `wanted`, an unsaved contribution.

    That is a checkout for exactly this, or the thank-you page if the form was paid already.
    `token` is the signed one, proven by the caller. Raises gateway.Unavailable, gateway.Refused
    and rates.TooMany; then the same form may be sent again.
    """
    form_id = token_id(token) or ""
    stop_at = time.monotonic() + PATIENCE_SECONDS
    current = Contribution.objects.of_form(form_id)
    closed = None
    if current is not None and current.session_id:
        if _is_paid(current):
            return address_of_thanks(current.session_id)
        session = _session(current.session_id)
        if session["status"] == "open" and is_same(current, wanted):
            return current.checkout_url
        if session["status"] == "open":
            be_in_time(stop_at)
            session = _closed(current.session_id)
        if session["status"] == "complete":
            return address_of_thanks(current.session_id)
        closed = current
    contribution = _claim(wanted, form_id, address_hash, closed)
    if contribution.session_id:
        return contribution.checkout_url
    be_in_time(stop_at)
    return _open(contribution, token, form_id)


def is_same(one: Contribution, other: Contribution) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in CHOICES)


def standing_of(session: gateway.Object, contribution: Contribution) -> str:
    """ "paid", "processing" or "not_paid", as Stripe's session says.

    A payment that takes days and then does not come leaves its session complete and unpaid for
    ever; that it failed, an event told the contribution.
    """
    if session["status"] != "complete" or contribution.state == State.FAILED:
        return "not_paid"
    return "processing" if session["payment_status"] == "unpaid" else "paid"


def _is_paid(contribution: Contribution) -> bool:
    return contribution.state in {State.SUCCEEDED, State.PROCESSING}


def _session(session_id: str) -> gateway.Object:
    try:
        with place_in_line():
            return gateway.retrieve_checkout(session_id)
    except gateway.Missing:
        return {"status": "expired"}


def _closed(session_id: str) -> gateway.Object:
    """The session, not open any more: it may have been paid before it could be closed."""
    try:
        with place_in_line():
            gateway.expire_checkout(session_id)
    except gateway.Refused:
        return _session(session_id)
    return {"status": "expired"}


@transaction.atomic
def _claim(
    wanted: Contribution, form_id: str, address_hash: str, closed: Contribution | None
) -> Contribution:
    """The form's contribution for what is wanted: the one it has, or a new one in its place.

    `closed` is the one whose checkout cannot be paid any more. Raises gateway.Unavailable when
    another submission has opened a checkout since we looked: the next try sees it.
    """
    Attempt.objects.lock()
    current = Contribution.objects.of_form(form_id)
    if current is not None and current != closed:
        if current.state in {State.STARTED, State.CHECKOUT} and is_same(current, wanted):
            return current
        if current.session_id:
            raise gateway.Unavailable("sent twice")
    rates.admit(address_hash)
    if current is not None:
        current.advance(State.EXPIRED)
        # Nobody can pay it, so nobody needs to be known for it.
        Contribution.objects.filter(pk=current.pk).update(
            form_token=None, email="", name="", message=""
        )
    wanted.form_token = form_id
    wanted.save(force_insert=True)
    return wanted


def _open(contribution: Contribution, token: str, form_id: str) -> str:
    try:
        with place_in_line():
            session = gateway.create_checkout(_order(contribution, token), key=str(contribution.pk))
    except gateway.Refused as refusal:
        logger.warning("Stripe refused the checkout of %s: %s", contribution.pk, refusal)
        contribution.advance(State.FAILED)  # Its key would bring the same answer again.
        raise
    except gateway.Unavailable:
        # A second click may have met the first on its way; by now that one may be through.
        contribution.refresh_from_db()
        if contribution.form_token == form_id and contribution.session_id:
            return contribution.checkout_url
        raise
    is_current = Contribution.objects.filter(pk=contribution.pk, form_token=form_id).update(
        session_id=session["id"], checkout_url=session["url"]
    )
    if not is_current:  # Another submission with other values came meanwhile.
        _closed(session["id"])
        raise gateway.Unavailable("replaced")
    contribution.advance(State.CHECKOUT)
    return session["url"]


def _order(contribution: Contribution, token: str) -> gateway.CheckoutOrder:
    """What Stripe is told: the same whenever it is told again, for the same key demands it."""
    language = contribution.language
    with translation.override(language):
        form, thanks = reverse("donations:contribute"), reverse("donations:thanks")
        product_name = {
            Frequency.ONCE: _("Contribution"),
            Frequency.MONTHLY: _("Monthly contribution"),
            Frequency.ANNUAL: _("Yearly contribution"),
        }[Frequency(contribution.frequency)]
    return gateway.CheckoutOrder(
        reference=str(contribution.pk),
        currency=contribution.currency,
        total_minor=contribution.total_minor,
        interval=INTERVALS.get(Frequency(contribution.frequency)),
        product_name=product_name,
        email=contribution.email,
        language=language if language in LOCALES else "auto",
        success_url=f"{settings.SITE_URL}{thanks}?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{settings.SITE_URL}{form}?{urlencode({'back': token})}",
    )
