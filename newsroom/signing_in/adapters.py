"""What allauth asks the desk about accounts and second factors."""

import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Outlet
from donations.rates import hash_of
from newsroom.signing_in import sealing, second_factor


class DeskAccounts(DefaultAccountAdapter):
    """Accounts are made by an administrator; whoever is not of the desk stays outside."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("This name and this password do not belong together."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _(
            "Too many attempts for this name or from this address. Wait five minutes, or use a"
            " passkey: it works meanwhile."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """What stands for the address of a request, for a day: only limits are counted by it."""
        return hash_of(request)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if user.is_active and user.is_staff:
            return None
        return self.respond_user_inactive(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        clear_login(request)
        sentence = _("This account may not use the desk. An administrator can change that.")
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse("account_login"))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Nobody is asked again within minutes of signing in."""
        records = get_authentication_records(context.request, context.request.user)
        since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        if any(record["at"] > since for record in records):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)


class DeskFactors(DefaultMFAAdapter):
    """Second factors carry the outlet's name, belong to its address and lie sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code does not fit. Codes change every half minute."),
        "used_code": _("This code was used already. Wait for the next one."),
        "cannot_delete_authenticator": _(
            "The desk wants a second factor of everybody, and this is your only one."
            " Add another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (second_factor.is_required() and second_factor.is_last(authenticator))

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_totp_issuer(self) -> str:
        return Outlet.load().name

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site a passkey belongs to.

        A browser makes none for a numeric address, so a site on this machine is served at
        localhost too.
        """
        named = urlsplit(settings.SITE_URL).hostname or ""
        is_local = context.request.get_host().partition(":")[0] == "localhost"
        return {"id": "localhost" if is_local else named, "name": Outlet.load().name}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return super().get_public_key_credential_user_entity(user) | {"name": user.username}
