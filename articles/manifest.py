"""The web app manifest, by which a phone puts the site among its apps.

Source: https://www.w3.org/TR/appmanifest/
"""

import json
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.caching import same_for_everyone
from articles.icons import SIZES
from articles.models import Outlet
from articles.structured_data.outlet import icon_of

ICONS = {"small": "any", "large": "any", "maskable": "maskable"}
PAPER = "#ffffff"  # The background of a page in the light; see the stylesheet.
LONGEST_SHORT_NAME = 12


@require_safe
@same_for_everyone
def manifest(request: HttpRequest) -> HttpResponse:
    """One for the whole host, in its first language."""
    text = json.dumps(manifest_of(Outlet.load()), ensure_ascii=False)
    return HttpResponse(text, content_type="application/manifest+json")


def manifest_of(outlet: Outlet) -> dict[str, Any]:
    """What the outlet's record says, as a phone wants it."""
    language = settings.LANGUAGE_CODE
    info: dict[str, Any] = LANG_INFO.get(language, {})
    said = {
        "id": "/",
        "name": outlet.name,
        "short_name": outlet.short_name or _first_words(outlet.name),
        "description": outlet.description,
        "lang": language,
        "dir": "rtl" if info.get("bidi") else "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",  # A story's address can be seen and passed on.
        "theme_color": PAPER,
        "background_color": PAPER,
        "categories": ["news"],
        "icons": [
            {
                "src": icon_of(outlet, purpose),
                "sizes": f"{SIZES[purpose]}x{SIZES[purpose]}",
                "type": "image/png",
                "purpose": shape,
            }
            for purpose, shape in ICONS.items()
        ],
    }
    return {name: value for name, value in said.items() if value}


def _first_words(name: str) -> str:
    """As many words of `name` as there is room for under an icon, at least one."""
    short = ""
    for word in name.split():
        longer = f"{short} {word}".strip()
        if short and len(longer) > LONGEST_SHORT_NAME:
            break
        short = longer
    return short
