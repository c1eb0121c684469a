from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from articles.media import rendition_file
from donations.views import stripe_webhook
from newsroom import health
from newsroom.sent_mail import sent_mail
from newsroom.signing_in.views import nothing_here

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/account/", include("newsroom.signing_in.urls")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/r/<path:rest>", nothing_here),  # It would tell any of staff every address.
    path("admin/", admin.site.urls),
    path("media/<path:name>", rendition_file),
    path("stripe/webhook", stripe_webhook),
    path("demo/mail", sent_mail),
    *i18n_patterns(
        path("", include("donations.urls")),
        path("", include("articles.urls")),  # Last: any single word may be a section.
        prefix_default_language=False,
    ),
]

handler404 = "articles.views.not_found"
