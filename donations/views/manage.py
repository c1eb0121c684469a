"""The pages on which supporters see and change their own gifts."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import forgetting, gateway, given, links, rates, self_service, visits
from donations.manage_forms import AmountForm, LinkForm, PauseForm
from donations.models import CurrencyRule, ManageLink, Pledge, Supporter
from donations.standing import LONGEST_PAUSE_MONTHS, Standing, end_of_pause, first_charge

from .giving import is_from_here, see_other

PAYMENTS_SHOWN = 12  # The statements of the years have them all.
ENDED_SHOWN = 10

Params = ParamSpec("Params")
Page = Callable[Concatenate[HttpRequest, Params], HttpResponse]
VisitorPage = Callable[Concatenate[HttpRequest, Supporter, Params], HttpResponse]
page_with_form = require_http_methods(["GET", "HEAD", "POST"])


def for_visitors(view: VisitorPage[Params]) -> Page[Params]:
    """Give `view` the supporter who visits; anybody else is offered a link by mail."""

    @never_cache
    @csrf_exempt  # No stranger gets a cookie: `is_from_here` and SameSite stand in for Django's.
    @wraps(view)
    def page(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        visit = visits.of(request)
        if visit is None:
            trouble = _("Your visit is over, or has not begun. Ask for a new link.")
            return _door(request, trouble=trouble, status=403)
        if request.method == "POST" and not is_from_here(request):
            return _door(request, trouble=_from_elsewhere(), status=403)
        return view(request, visit.supporter, *args, **kwargs)

    return page


# Coming in and going


@never_cache
@csrf_exempt
@page_with_form
def manage(request: HttpRequest) -> HttpResponse:
    """A visitor's gifts; for anybody else, the form that asks for a link by mail."""
    visit = visits.of(request)
    if request.method == "POST":
        if not is_from_here(request):
            return _door(request, trouble=_from_elsewhere(), status=403)
        if "link" in request.POST:
            return _enter(request, visit)
        return _asked_for_link(request)
    if "link" in request.GET:
        return _show_link(request, visit)
    if visit is None:
        return _door(request)
    return _overview(request, visit.supporter)


def _asked_for_link(request: HttpRequest) -> HttpResponse:
    """The same answer for every address, be it known or not."""
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _door(request, form, status=400)
    try:
        rates.admit_link(rates.hash_of(request))
    except rates.TooMany:
        trouble = _("Very many links were asked for just now. Please try again in a minute.")
        response = _door(request, form, trouble=trouble, status=429)
        response["Retry-After"] = "60"
        return response
    visits.ask_for_link(form.cleaned_data["email"])
    context = {"email": form.cleaned_data["email"]}
    return render(request, "donations/manage/link_ordered.html", context)


def _show_link(request: HttpRequest, visit: ManageLink | None) -> HttpResponse:
    """One button: what only opens the address, a mail scanner perhaps, uses nothing."""
    word = request.GET["link"]
    link = links.link_of(word)
    if link is not None and link == visit:
        return see_other(reverse("donations:manage"))
    if link is None or not ManageLink.objects.usable().filter(pk=link.pk).exists():
        return _useless_link(request)
    response = render(request, "donations/manage/link.html", {"word": word})
    # The stylesheet's request shall not say the word either; a form needs the origin said.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _enter(request: HttpRequest, visit: ManageLink | None) -> HttpResponse:
    """Begin a visit with a link nobody has used; a second press of the button changes nothing."""
    link = links.link_of(request.POST["link"])
    if link is None or (link != visit and not link.use()):
        return _useless_link(request)
    response = see_other(reverse("donations:manage"))
    if link != visit:
        visits.begin(response, link)
    return response


def _useless_link(request: HttpRequest) -> HttpResponse:
    trouble = _(
        "This link cannot be used any more: it was used before, is older than fifteen minutes,"
        " or was not copied whole. Ask for a new one."
    )
    return _door(request, trouble=trouble, status=410)


@never_cache
@csrf_exempt
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the visit."""
    if not is_from_here(request):
        return _door(request, trouble=_from_elsewhere(), status=403)
    response = see_other(reverse("donations:manage"))
    visit = visits.of(request)
    if visit is not None:
        visits.end(response, visit)
    return response


def _door(
    request: HttpRequest, form: LinkForm | None = None, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    """The form that asks for a link, whoever asks for whatever page."""
    context = {"form": form or LinkForm(), "trouble": trouble}
    return render(request, "donations/manage/door.html", context, status=status)


def _from_elsewhere() -> str:
    return _("This form was sent by another site. Nothing was changed.")


# What was given


def _overview(request: HttpRequest, supporter: Supporter) -> HttpResponse:
    ended = supporter.pledges.filter(status=Pledge.Status.CANCELLED)
    context = {
        "supporter": supporter,
        "current": _current(supporter),
        "ended": [Standing(pledge) for pledge in ended[:ENDED_SHOWN]],
        "payments": given.newest(supporter, PAYMENTS_SHOWN),
        "years": given.years(supporter),
    }
    return render(request, "donations/manage/overview.html", context)


def _current(supporter: Supporter) -> list[Standing]:
    """The regular gifts that go on, those left out of which nothing is known yet."""
    return [Standing(pledge) for pledge in supporter.pledges.living().exclude(currency="")]


@for_visitors
@require_safe
def receipt(request: HttpRequest, supporter: Supporter, intent_id: str) -> HttpResponse:
    payment = given.receipt(supporter, intent_id)
    if payment is None:
        raise Http404
    context = {"supporter": supporter, "payment": payment}
    return render(request, "donations/manage/receipt.html", context)


@for_visitors
@require_safe
def statement(request: HttpRequest, supporter: Supporter, year: int) -> HttpResponse:
    if year not in given.years(supporter):
        raise Http404
    context = {
        "supporter": supporter,
        "year": year,
        "accounts": given.accounts_of_year(supporter, year),
    }
    return render(request, "donations/manage/statement.html", context)


# What is done with a regular gift


@for_visitors
@page_with_form
def change_amount(request: HttpRequest, supporter: Supporter, subscription_id: str) -> HttpResponse:
    pledge = get_object_or_404(supporter.pledges, pk=subscription_id)
    rule = CurrencyRule.objects.filter(currency=pledge.currency).first()
    standing = Standing(pledge)
    if standing.is_over:
        return _outcome(request, "amount", pledge, is_done=False)
    if rule is None:
        return render(request, "donations/manage/amount.html", {"standing": standing})
    form = AmountForm(pledge, rule, request.POST or None)
    context: dict[str, Any] = {"standing": standing, "form": form}
    if request.method == "POST" and form.is_valid():
        amount_minor = form.cleaned_data["amount"]
        context["promise"] = standing.promise(amount_minor)
        if request.POST.get("step") != "show":
            return _do(
                request,
                "amount",
                context,
                deed=lambda: self_service.change_amount(pledge, amount_minor),
                is_done=lambda changed: changed.amount_minor == amount_minor,
            )
    return render(
        request, "donations/manage/amount.html", context, status=400 if form.errors else 200
    )


@for_visitors
@page_with_form
def pause(request: HttpRequest, supporter: Supporter, subscription_id: str) -> HttpResponse:
    pledge = get_object_or_404(supporter.pledges, pk=subscription_id)
    standing = Standing(pledge)
    if not (standing.has_pause or standing.is_paused):
        return _outcome(request, "pause", pledge, is_done=False)
    form = PauseForm(request.POST or None)
    choices = [
        (months, first_charge(pledge, end_of_pause(pledge, months)))
        for months in range(1, LONGEST_PAUSE_MONTHS + 1)
    ]
    context = {"standing": standing, "form": form, "choices": choices}
    if request.method == "POST" and form.is_valid():
        resumes_at = end_of_pause(pledge, form.cleaned_data["months"])
        return _do(
            request,
            "pause",
            context,
            deed=lambda: self_service.pause(pledge, resumes_at),
            is_done=lambda changed: Standing(changed).is_paused,
        )
    return render(
        request, "donations/manage/pause.html", context, status=400 if form.errors else 200
    )


@for_visitors
@page_with_form
def resume(request: HttpRequest, supporter: Supporter, subscription_id: str) -> HttpResponse:
    pledge = get_object_or_404(supporter.pledges, pk=subscription_id)
    standing = Standing(pledge)
    if standing.is_over:
        return _outcome(request, "resume", pledge, is_done=False)
    context = {"standing": standing}
    if request.method != "POST":
        return render(request, "donations/manage/resume.html", context)
    return _do(
        request,
        "resume",
        context,
        deed=lambda: self_service.resume(pledge),
        is_done=lambda changed: not (Standing(changed).is_paused or Standing(changed).is_over),
    )


@for_visitors
@page_with_form
def cancel(request: HttpRequest, supporter: Supporter, subscription_id: str) -> HttpResponse:
    pledge = get_object_or_404(supporter.pledges, pk=subscription_id)
    if Standing(pledge).is_over:
        return _outcome(request, "cancel", pledge, is_done=True)
    context = {"standing": Standing(pledge), "total": given.total_of(pledge)}
    if request.method != "POST":
        return render(request, "donations/manage/cancel.html", context)
    return _do(
        request,
        "cancel",
        context,
        deed=lambda: self_service.cancel(pledge),
        is_done=lambda changed: Standing(changed).is_over,
    )


@for_visitors
@page_with_form
def card(request: HttpRequest, supporter: Supporter, subscription_id: str) -> HttpResponse:
    """On to the page at Stripe where the card is changed."""
    pledge = get_object_or_404(supporter.pledges, pk=subscription_id)
    if Standing(pledge).is_over:
        return _outcome(request, "card", pledge, is_done=False)
    context: dict[str, Any] = {"standing": Standing(pledge)}
    if request.method != "POST":
        return render(request, "donations/manage/card.html", context)
    return_url = f"{settings.SITE_URL}{reverse('donations:manage')}"
    try:
        return see_other(self_service.address_of_portal(pledge, return_url))
    except (gateway.Unavailable, gateway.Refused) as failure:
        return _failed(request, "card", context, failure)


def _do(
    request: HttpRequest,
    name: str,
    context: dict[str, Any],
    *,
    deed: Callable[[], Pledge],
    is_done: Callable[[Pledge], bool],
) -> HttpResponse:
    """Do it, and show how the gift stands then; where nobody can tell, the form once more."""
    try:
        changed = deed()
    except (gateway.Unavailable, gateway.Refused) as failure:
        return _failed(request, name, context, failure)
    return _outcome(request, name, changed, is_done=is_done(changed))


def _outcome(request: HttpRequest, name: str, pledge: Pledge, *, is_done: bool) -> HttpResponse:
    context = {"deed": name if is_done else "", "standing": Standing(pledge)}
    return render(request, "donations/manage/outcome.html", context)


def _failed(
    request: HttpRequest, name: str, context: dict[str, Any], failure: Exception
) -> HttpResponse:
    """The form as it was sent, and nothing claimed."""
    if isinstance(failure, gateway.Unavailable):
        context["trouble"] = _(
            "The payment service does not answer at the moment, so we cannot tell whether this"
            " was done. You can safely try again: nothing is done twice."
        )
    else:
        context["trouble"] = _(
            "The payment service did not accept this, and we do not know why. Please write to us."
        )
    response = render(request, f"donations/manage/{name}.html", context, status=503)
    response["Retry-After"] = "60"
    return response


# Being forgotten


@for_visitors
@page_with_form
def forget(request: HttpRequest, supporter: Supporter) -> HttpResponse:
    """What is deleted and what stays, with one button; afterwards, what happened."""
    if request.method != "POST":
        context = {"supporter": supporter, "current": _current(supporter)}
        return render(request, "donations/manage/forget.html", context)
    is_done = forgetting.forget(supporter)
    response = render(request, "donations/manage/forgotten.html", {"is_done": is_done})
    visits.take_cookie(response)
    return response
