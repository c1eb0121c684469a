"""What the admin's frame shows round pages that are not the admin's own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


def desk_frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the names on the desk's header, and whether somebody is signed in."""
    if not request.path_info.startswith("/admin/"):
        return {}
    return {
        "site_header": admin.site.site_header,
        "site_title": admin.site.site_title,
        "site_url": admin.site.site_url,
        "has_permission": admin.site.has_permission(request),
    }
