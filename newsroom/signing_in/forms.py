"""allauth's forms, where a code must count once and a passkey is more than a key."""

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _


class CodeCountsOnce(forms.Form):
    """Refuses a code its owner has used, in whichever process and for whichever purpose.

    allauth itself remembers a code for one period, but takes those of the periods before and
    after too, and does not remember the one that set the app up.
    """

    user: User

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        used = f"newsroom:code-used:{self.user.pk}:{normalize_user_code(code)}"
        if not cache.add(used, True, timeout=seconds):
            raise get_adapter().validation_error("used_code")
        return code


class SignInWithCode(CodeCountsOnce, AuthenticateForm):
    pass


class ConfirmWithCode(CodeCountsOnce, ReauthenticateForm):
    pass


class SetUpApp(CodeCountsOnce, ActivateTOTPForm):
    pass


class AddPasskey(AddWebAuthnForm):
    """Adds a passkey that signs in by itself, unless somebody wants a plain security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you can tell it from others.")
        passwordless = self.fields["passwordless"]
        passwordless.initial = True
        passwordless.label = _("Sign in with it alone, without a password")
        passwordless.help_text = _("Your device then asks for a fingerprint, your face or a PIN.")


class RemovePasskey(forms.Form):
    """Asks nothing; says no when the desk would be closed to its owner afterwards."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.authenticator = kwargs.pop("instance")
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.authenticator):
            raise adapter.validation_error("cannot_delete_authenticator")
