from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskNote(models.Model):
    """What colleagues tell each other beside a story; never public, and in no snapshot."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="desk_notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("at"), auto_now_add=True)
    text = models.TextField(_("note"), max_length=2000)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.text[:60]
