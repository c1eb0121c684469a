"""Pages of one's own account that allauth does not have, or has without what we need."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn.views import RemoveWebAuthnView, login_webauthn
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from newsroom.signing_in import second_factor
from newsroom.signing_in.forms import RemovePasskey


class YourAccount(IndexView):
    """Password, factors, recovery codes and devices; says so when a factor has to come first."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_missing = second_factor.is_missing(self.request.user)
        return super().get_context_data(is_factor_missing=is_missing, **kwargs)


your_account = YourAccount.as_view()


class RemovePasskeyView(RemoveWebAuthnView):
    """allauth's, which does not ask whether this is the last factor."""

    form_class = RemovePasskey

    def get_form_kwargs(self) -> dict[str, Any]:
        # Data at once, so that a refusal is read before the button is pressed.
        return {"instance": self.get_object(), "data": {}}


remove_passkey = RemovePasskeyView.as_view()

# Each question what to sign is kept in a session: nobody fills the table with them.
login_by_passkey = ratelimit.decorator(app="allauth.mfa", action="webauthn_login", limit_get=True)(
    login_webauthn
)


@login_required
@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """Sign out one device of one's own."""
    session = get_object_or_404(UserSession, user=request.user, pk=number)
    end_sessions(request, [session])
    if not request.user.is_authenticated:
        return HttpResponseRedirect(get_adapter().get_logout_redirect_url(request))
    messages.success(request, _("That device is signed out."))
    return HttpResponseRedirect(reverse("usersessions_list"))


def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """For what an app of others answers and we do not; nothing, also for who is signed out."""
    raise Http404
