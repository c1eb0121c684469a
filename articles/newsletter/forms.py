"""What readers type for the newsletter."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignUpForm(forms.Form):
    """To which address the newsletter shall go."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": _("Write the e-mail address to which the newsletter shall go."),
            "invalid": _("Write an e-mail address such as name@example.org."),
        },
    )
