from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .addressed import Addressed


class Author(Addressed):
    """A public name under stories, perhaps a pseudonym; not a user, and never linked to one."""

    name = models.CharField(_("public name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    bio = models.TextField(_("biography"), blank=True)
    photo = models.ForeignKey(
        "articles.Photo", models.PROTECT, null=True, blank=True, verbose_name=_("photo")
    )

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("author")
        verbose_name_plural = _("authors")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:author", args=[self.slug])
