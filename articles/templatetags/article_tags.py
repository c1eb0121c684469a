from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import timezone

from articles.models import Copy
from articles.story import Figure, lead_of

register = template.Library()


@register.filter
def lead(copy: Copy) -> Figure | None:
    """The lead photo as the story shows it; None without one, or once its rights have ended."""
    return lead_of(copy)


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
