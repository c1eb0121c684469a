from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .addressed import Addressed
from .in_languages import InLanguages

# First elements of addresses that are already somebody's; see urls.py of the project.
RESERVED_SLUGS = {
    "admin",
    "archive",
    "author",
    "contribute",
    "corrections",
    "demo",
    "feed",
    "healthz",
    "manifest",
    "media",
    "newsletter",
    "offline",
    "page",
    "preview",
    "readyz",
    "robots",
    "search",
    "sitemap",
    "sitemap-news",
    "static",
    "stripe",
    "sw",
    "theme",
}


def reserved_slugs() -> set[str]:
    """The addresses no section may have, the codes of the languages included."""
    return RESERVED_SLUGS | {code for code, _name in settings.LANGUAGES}


def refuse_reserved_slug(slug: str) -> None:
    """Raise ValidationError where a section of this name would hide another page."""
    if slug in reserved_slugs():
        raise ValidationError(
            _("“%(slug)s” is an address of the site itself. Choose another."),
            params={"slug": slug},
        )


class SectionQuerySet(models.QuerySet["Section"]):
    def on_front_page(self) -> Self:
        """Those with a block of their own on the front page, in its order."""
        shown = self.filter(front_page_stories__gt=0)
        return shown.order_by("front_page_position", "position", "name")


class Section(Addressed, InLanguages):
    """A part of the paper; known to readers while a visible story stands in it."""

    SAID = ("name", "description")

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        validators=[refuse_reserved_slug],
        help_text=_("The last part of the section's address: “world” gives /world."),
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Low numbers come first in the navigation.")
    )
    front_page_stories = models.PositiveSmallIntegerField(
        _("stories on the front page"),
        default=4,
        validators=[MaxValueValidator(8)],
        help_text=_("In a block of the section's own; 0 for no block."),
    )
    front_page_position = models.PositiveSmallIntegerField(
        _("position on the front page"),
        default=100,
        help_text=_("Low numbers come first; equal ones stand as in the navigation."),
    )

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self) -> str:
        return self.name

    @property
    def language_of_name(self) -> str:
        """The language of the name where it is not that of the page, for its `lang`; else ""."""
        return self.language_of("name")

    def get_absolute_url(self) -> str:
        return reverse("articles:section", args=[self.slug])
