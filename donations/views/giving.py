from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from donations import checkout, gateway, money, rates
from donations.forms import ContributionForm
from donations.models import Contribution, ContributionRules, CurrencyRule
from donations.waiting import place_in_line


@never_cache
@csrf_exempt  # No reader gets a cookie: `is_from_here` and the signed token stand in for Django's.
@require_http_methods(["GET", "HEAD", "POST"])
def contribute(request: HttpRequest) -> HttpResponse:
    currencies = list(CurrencyRule.objects.prefetch_related("presets"))
    if not currencies:
        return render(request, "donations/closed.html", status=503)
    if request.method == "POST":
        return _sent(request, currencies)
    token = request.GET.get("back", "")
    earlier = Contribution.objects.of_form(checkout.token_id(token))
    if earlier is None:
        form = ContributionForm.for_link(currencies, request.GET)
        return _form_page(request, form, checkout.new_token())
    return _form_page(request, ContributionForm.for_return(currencies, earlier), token)


def _sent(request: HttpRequest, currencies: list[CurrencyRule]) -> HttpResponse:
    """Send the reader on to Stripe, or show the form again with all that was typed."""
    token = request.POST.get("form_token", "")
    is_known = checkout.token_id(token) is not None
    if not is_from_here(request):
        trouble = _("This form was sent by another site. Nothing was charged.")
        form = ContributionForm.for_link(currencies, request.GET)
        return _form_page(request, form, checkout.new_token(), trouble=trouble, status=403)
    if request.POST.get("step") == "show":
        form = ContributionForm.for_other_choices(currencies, request.POST)
        kept = token if is_known else checkout.new_token()
        return _form_page(request, form, kept, errors=form.doubts)
    form = ContributionForm(currencies, request.POST)
    if not form.is_valid():
        kept = token if is_known else checkout.new_token()
        return _form_page(request, form, kept, errors=form.errors, status=400)
    if not is_known:
        trouble = _("This form was open for too long. Nothing was charged: please send it again.")
        return _form_page(request, form, checkout.new_token(), trouble=trouble, status=400)
    try:
        address = checkout.begin(form.contribution(), token, rates.hash_of(request))
    except gateway.Refused:
        trouble = _(
            "The payment service did not accept this. Nothing was charged. Please look at the"
            " e-mail address and the amount, and try again."
        )
        return _form_page(request, form, token, trouble=trouble, status=400)
    except rates.TooMany:
        trouble = _(
            "Very many people are giving at this moment. Nothing was charged. Please try again"
            " in a minute: what you entered is kept below."
        )
        return _form_page(request, form, token, trouble=trouble, status=429)
    except gateway.Unavailable:
        trouble = _(
            "The payment service does not answer at the moment. Nothing was charged. Please try"
            " again: what you entered is kept below."
        )
        return _form_page(request, form, token, trouble=trouble, status=503)
    return see_other(address)


def _form_page(
    request: HttpRequest,
    form: ContributionForm,
    token: str,
    *,
    errors: Mapping[str, Iterable[object]] | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form as it stands, and of what is wrong with it only what is to be said now."""
    context = {
        "form": form,
        "form_token": token,
        "errors": errors or {},
        "trouble": trouble,
        "rules": ContributionRules.load().words(),
    }
    response = render(request, "donations/contribute.html", context, status=status)
    if status in {429, 503}:
        response["Retry-After"] = "60"
    return response


def is_from_here(request: HttpRequest) -> bool:
    """Whether a form was sent by a page of ours, as far as the browser says where it was."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    hosts = {request.get_host(), urlsplit(settings.SITE_URL).netloc}
    return origin is None or urlsplit(origin).netloc in hosts


def see_other(address: str) -> HttpResponse:
    """Send a browser on after a form: whoever reloads there sends nothing again."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """What Stripe says now about the payment of a session; the address proves nothing."""
    contribution = Contribution.objects.of_session(request.GET.get("session_id", ""))
    if contribution is None or contribution.session_id is None:
        return render(request, "donations/thanks.html", {"standing": "unknown"}, status=404)
    try:
        with place_in_line():
            session = gateway.retrieve_checkout(contribution.session_id)
    except gateway.Refused:
        return render(request, "donations/thanks.html", {"standing": "unknown"}, status=404)
    except gateway.Unavailable:
        return render(request, "donations/thanks.html", {"standing": "unasked"}, status=503)
    story = contribution.publication
    context = {
        "standing": checkout.standing_of(session, contribution),
        "total": money.printed(session["amount_total"], session["currency"].upper()),
        "frequency": contribution.frequency,
        "checkout_url": contribution.checkout_url if session["status"] == "open" else "",
        "story": story if story and story.is_visible else None,
    }
    return render(request, "donations/thanks.html", context)
