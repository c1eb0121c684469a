"""What the outlet decides about itself: its name, its rules, its standing pages."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from articles.markup import sanitise

from .copy import body_field, default_language, language_choices


class Outlet(models.Model):
    """The one record of who publishes this site."""

    name = models.CharField(_("name"), max_length=120)
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    description = models.CharField(
        _("description"), max_length=300, blank=True, help_text=_("For search engines.")
    )
    email = models.EmailField(_("public e-mail address"), blank=True)
    footer = models.CharField(_("line at the foot of each page"), max_length=300, blank=True)
    needs_second_person = models.BooleanField(
        _("nobody publishes their own story alone"),
        default=False,
        help_text=_("Somebody else must have approved the text as it stands."),
    )
    needs_second_factor = models.BooleanField(
        _("whoever signs in to the desk needs a second factor"),
        default=True,
        help_text=_("An app with codes, or a passkey."),
    )

    class Meta:
        verbose_name = _("outlet")
        verbose_name_plural = _("outlet")
        constraints = [
            models.CheckConstraint(
                name="outlet_is_one",
                condition=models.Q(pk=1),
                violation_error_message=_("There is one outlet; change that one."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> "Outlet":
        """The outlet's record, or the unnamed one before there is any."""
        return cls.objects.first() or cls.unnamed()

    @classmethod
    def unnamed(cls) -> "Outlet":
        """What stands in while there is no record, or no database to ask for it."""
        return cls(pk=1, name="Newsroom")


class Page(models.Model):
    """A standing page: about, ethics, privacy."""

    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("address"), max_length=60)
    language = models.CharField(
        _("language"), max_length=10, choices=language_choices, default=default_language
    )
    body = body_field(figures=False)
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Low numbers come first at the foot of the site.")
    )
    is_public = models.BooleanField(_("public"), default=False)

    class Meta:
        ordering = ["position", "title"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [
            models.UniqueConstraint(
                name="page_address_is_unique",
                fields=["language", "slug"],
                violation_error_message=_("There is a page with this address already."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body = sanitise(self.body, figures=False)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        with translation.override(self.language):
            return reverse("articles:page", args=[self.slug])
