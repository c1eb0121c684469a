from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from articles.crawlers import views as crawlers
from articles.manifest import manifest
from articles.media import favicon, icon_file, rendition_file
from articles.offline import service_worker
from donations.views import stripe_webhook
from newsroom import health, mail_provider
from newsroom.sent_mail import sent_mail
from newsroom.signing_in.views import nothing_here

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/account/", include("newsroom.signing_in.urls")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/r/<path:rest>", nothing_here),  # It would tell any of staff every address.
    path("admin/", admin.site.urls),
    path("media/outlet/<str:name>", icon_file),
    path("media/<path:name>", rendition_file),
    path("favicon.ico", favicon),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", service_worker, name="service_worker"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-news.xml", crawlers.news_sitemap, name="news_sitemap"),
    path("sitemap-pages.xml", crawlers.sitemap_pages, name="sitemap_pages"),
    re_path(
        r"^sitemap-(?P<kind>stories|themes|authors)-(?P<part>0|[1-9][0-9]{0,11})\.xml$",
        crawlers.sitemap_part,
        name="sitemap_part",
    ),
    re_path(r"^(?P<key>[0-9a-f]{32})\.txt$", crawlers.indexnow_key, name="indexnow_key"),
    path("stripe/webhook", stripe_webhook),
    path("demo/mail", sent_mail),
    *mail_provider.addresses(),
    *i18n_patterns(
        path("", include("donations.urls")),
        path("", include("articles.urls")),  # Last: any single word may be a section.
        prefix_default_language=False,
    ),
]

handler404 = "articles.views.not_found"
