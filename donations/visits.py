"""From a link by mail to a visit: whose gifts a browser may show and change, and how long.

A cookie of our own holds the id of the link that was used, signed; what it is worth, the link's
row decides at each request. It is set when a link is used, and goes with the pages of a visit
only.
"""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from donations import emails, tasks
from donations.models import ManageLink, Supporter
from donations.models.manage_link import VISIT

COOKIE = "visit"
SALT = "donations.visit"  # Another than the mail's: a word that was used there opens nothing here.
LINKS_AT_ONCE = 3


def ask_for_link(email: str) -> None:
    """Have a link mailed to this address, if it is a supporter's.

    Known or not, the same is done here: whoever measures the answer learns nothing.
    """
    supporter = Supporter.objects.of_address(email)
    tasks.order_manage_link.defer(supporter_id=supporter.pk if supporter else None)


@transaction.atomic
def order_link(supporter_id: int) -> None:
    """Make a link and order the mail that brings it, unless enough are on their way."""
    supporters = Supporter.objects.select_for_update(no_key=True).exclude(email="")
    supporter = supporters.filter(pk=supporter_id).first()
    if supporter is None or supporter.links.usable().count() >= LINKS_AT_ONCE:
        return
    link = supporter.links.create()
    emails.order("manage_link", str(link.pk), supporter=supporter, link=str(link.pk))


def of(request: HttpRequest) -> ManageLink | None:
    """The link whose visit this browser is on, with its supporter; None for a stranger."""
    try:
        link_id = signing.Signer(salt=SALT).unsign(request.COOKIES.get(COOKIE, ""))
    except signing.BadSignature:
        return None
    return ManageLink.objects.visiting().select_related("supporter").filter(pk=link_id).first()


def begin(response: HttpResponse, link: ManageLink) -> None:
    """Let the browser that gets `response` visit as the holder of `link`, which was just used."""
    response.set_cookie(
        COOKIE,
        signing.Signer(salt=SALT).sign(str(link.pk)),
        max_age=int(VISIT.total_seconds()),
        path=reverse("donations:manage"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",  # Strict would lose the visit on the way back from Stripe's portal.
    )


def end(response: HttpResponse, link: ManageLink) -> None:
    """End a visit."""
    ManageLink.objects.visiting().filter(pk=link.pk).update(left_at=timezone.now())
    take_cookie(response)


def take_cookie(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=reverse("donations:manage"), samesite="Lax")
