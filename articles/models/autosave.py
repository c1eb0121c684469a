from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AutosaveQuerySet(models.QuerySet["Autosave"]):
    def typed_by(self, user: User, article: Any) -> Self:
        """What `user` typed into the form of `article`, or of a new story when it is None."""
        return self.filter(by=user, article=article)

    def keep(
        self, *, by: User, article: Any, tab: str, taken_over: str, **typed: Any
    ) -> tuple["Autosave", bool]:
        """Keep what was typed in a window in place of what it, or `taken_over`, kept before.

        What any other window has kept stays, and comes back with False: nobody has seen yet
        what would be lost.
        """
        with transaction.atomic():
            kept, is_new = self.select_for_update().get_or_create(
                by=by, article=article, defaults={"tab": tab} | typed
            )
            if is_new:
                return kept, True
            if kept.tab not in {tab, taken_over}:
                return kept, False
            kept.tab = tab
            for name, value in typed.items():
                setattr(kept, name, value)
            kept.save(update_fields=["tab", "saved_at", *typed])
            return kept, True


class Autosave(models.Model):
    """What one person has typed into the form of a story and not saved: the newest only.

    It is that person's own; neither the story nor what is public knows of it.
    """

    article = models.ForeignKey("articles.Article", models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    tab = models.CharField(max_length=36)  # Which window of the browser it comes from.
    loaded_version = models.CharField(max_length=40, blank=True)  # What the form began with.
    values = models.JSONField()  # The fields of the form, as a browser sends them.
    saved_at = models.DateTimeField(auto_now=True)

    objects = AutosaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        constraints = [
            models.UniqueConstraint(name="autosave_once", fields=["article", "by"]),
            models.UniqueConstraint(
                name="autosave_of_new_story_once", fields=["by"], condition=Q(article=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by_id}: {self.article_id}"
