"""The desk: where journalists write, publish and keep the library."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from taggit import admin as stock  # Before it is unregistered it has to be registered.

from . import article, banner, front_page, newsletter, outlet, photo, records, subscribers, tag

__all__ = [
    "article",
    "banner",
    "front_page",
    "newsletter",
    "outlet",
    "photo",
    "records",
    "subscribers",
    "tag",
]

admin.site.unregister(stock.Tag)  # Ours has a kind, a description and old addresses.
admin.site.site_header = _("Newsroom desk")
admin.site.site_title = _("Newsroom")
admin.site.index_title = _("The desk")
