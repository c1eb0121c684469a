from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import timezone

register = template.Library()


@register.filter
def direction(language: str) -> str:
    """ "rtl" for languages written from right to left, else "ltr"."""
    info: dict[str, Any] = LANG_INFO.get(language, {})
    return "rtl" if info.get("bidi") else "ltr"


@register.filter
def machine(moment: datetime) -> str:
    """For the `datetime` attribute: in the outlet's zone, to the second (HTML allows no finer)."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


@register.filter
def absolute(path: str) -> str:
    """A path of this site with the site's address before it."""
    return f"{settings.SITE_URL}{path}"
