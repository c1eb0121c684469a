"""The addresses of signing in: of allauth's only those the desk uses."""

from allauth.account import views as account
from allauth.mfa.urls import urlpatterns as mfa_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from newsroom.signing_in import views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="mfa_index")),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    # An administrator has taken the password away: it is theirs to give another one.
    path(
        "password/set/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="account_set_password",
    ),
    path("2fa/", views.your_account, name="mfa_index"),
    path("2fa/webauthn/keys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("2fa/webauthn/login/", views.login_by_passkey, name="mfa_login_webauthn"),
    path("2fa/", include(mfa_patterns)),
    path("sessions/<int:number>/end/", views.end_session, name="account_end_session"),
    path("sessions/", include("allauth.usersessions.urls")),
    path("<path:rest>", views.nothing_here),
]
