"""How many checkouts may begin and links be asked for in a minute, by one address and by all.

An address is known only as a hash whose key changes daily, and for as long as it counts.
"""

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from donations.models import Attempt, ContributionRules

LINKS_PER_ADDRESS = 10
LINKS_OVERALL = 120
IPV6_PREFIX = 64  # One connection has all of these addresses.

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TooMany(Exception):
    """As many as are allowed were begun, or asked for, in the last minute."""


def admit(address_hash: str) -> None:
    """Count one more checkout; inside a transaction that has taken `Attempt`'s lock.

    Raises TooMany, and counts nothing, when the address or the site has had its share.
    """
    rules = ContributionRules.load()
    _count(
        Attempt.Purpose.CHECKOUT,
        address_hash,
        per_address=rules.checkouts_per_address,
        overall=rules.checkouts_overall,
    )


@transaction.atomic
def admit_link(address_hash: str) -> None:
    """Count one more wish for a link by mail. Raises TooMany, and counts nothing, for too many."""
    Attempt.objects.lock()
    _count(Attempt.Purpose.LINK, address_hash, per_address=LINKS_PER_ADDRESS, overall=LINKS_OVERALL)


def _count(purpose: str, address_hash: str, *, per_address: int, overall: int) -> None:
    recent = Attempt.objects.recent(purpose)
    if recent.count() >= overall or recent.filter(address_hash=address_hash).count() >= per_address:
        raise TooMany
    Attempt.objects.forget_old()
    Attempt.objects.create(purpose=purpose, address_hash=address_hash)


def hash_of(request: HttpRequest) -> str:
    """What stands today for the address a request came from."""
    today = timezone.now().date().isoformat()
    key = f"{settings.SECRET_KEY}:addresses:{today}".encode()
    return hmac.new(key, _network_of(request).encode(), hashlib.sha256).hexdigest()


def _network_of(request: HttpRequest) -> str:
    address = sender_of(request)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)


def sender_of(request: HttpRequest) -> Address | None:
    """The address a request came from, as the last proxy of TRUSTED_PROXIES saw it.

    X-Forwarded-For is read from its end, only as far as each who wrote there is believed: the
    sender may have written the rest.
    """
    # Nobody has an address at the other end of a unix socket, but all there are on this machine.
    sender = _address(request.META.get("REMOTE_ADDR") or "127.0.0.1")
    named = request.headers.get("X-Forwarded-For", "").split(",")
    while named and sender is not None and _is_trusted(sender):
        before = _address(named.pop())
        if before is None:
            break
        sender = before
    return sender


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
