from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .announcement import Announcement
from .publication import Publication
from .revision import Revision

if TYPE_CHECKING:
    from .article import Article


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def standing(self) -> Self:
        return self.filter(taken_back_at=None)

    def visible(self) -> Self:
        """What readers may see now: standing corrections of stories they may see."""
        stories = Publication.objects.visible().values("pk")
        return self.standing().filter(article__in=stories)

    def after(self, correction: "Correction") -> Self:
        """What follows `correction` in a list, newest first, ties by number."""
        return self.filter(
            Q(made_at__lt=correction.made_at) | Q(made_at=correction.made_at, pk__lt=correction.pk)
        )

    def make(
        self,
        article: "Article",
        *,
        kind: str,
        text: str,
        by: User | None,
        made_at: datetime | None = None,
        is_significant: bool = False,
    ) -> "Correction":
        """Tell readers what a story said wrong; shown as soon as they may see the story.

        `is_significant` also says above the story when it was updated. Raises ValidationError
        for a text that says nothing, and for a story that was never published.
        """
        correction = Correction(
            article=article, kind=kind, text=text.strip(), by=by, made_at=made_at or timezone.now()
        )
        correction.full_clean()
        with transaction.atomic():
            locked = type(article).objects.select_for_update().get(pk=article.pk)
            publication = locked.published
            if publication is None:
                raise ValidationError(
                    _("Readers have not seen this story: change its text instead.")
                )
            correction.save()
            if is_significant and publication.is_visible:
                publication.updated_at = timezone.now()
                publication.save(update_fields=["updated_at"])
            Announcement.objects.order(publication)
            locked.record(by, Revision.Action.CORRECTED, note=correction.text)
        return correction


class Correction(models.Model):
    """What a story said wrong and says right now, for its readers; kept for ever."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")

    article = models.ForeignKey(
        "articles.Article", models.PROTECT, related_name="corrections", verbose_name=_("story")
    )
    kind = models.CharField(_("kind"), max_length=13, choices=Kind, default=Kind.CORRECTION)
    text = models.TextField(_("text"), max_length=2000)
    made_at = models.DateTimeField(_("date"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    taken_back_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    taken_back_reason = models.TextField(_("reason"), blank=True, editable=False)

    story: Publication | None = None  # Set where a list shows whose correction it is.

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        indexes = [models.Index(name="correction_newest", fields=["-made_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="correction_taken_back_has_reason",
                condition=Q(taken_back_at=None) | ~Q(taken_back_reason=""),
                violation_error_message=_("Say why the correction is taken back."),
            ),
            models.CheckConstraint(
                name="correction_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Write what was wrong and what is right."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.made_at:%Y-%m-%d}"

    def take_back(self, reason: str, by: User | None) -> None:
        """Show the correction to readers no longer; it stays here, with the reason.

        Raises ValidationError without a reason, and for one that was taken back before.
        """
        if not reason.strip():
            raise ValidationError(_("Say why the correction is taken back."))
        with transaction.atomic():
            article = type(self.article).objects.select_for_update().get(pk=self.article_id)
            taken = Correction.objects.filter(pk=self.pk, taken_back_at=None).update(
                taken_back_at=timezone.now(), taken_back_reason=reason.strip()
            )
            if not taken:
                raise ValidationError(_("This correction was taken back before."))
            article.record(by, Revision.Action.CORRECTION_TAKEN_BACK, note=reason.strip())
        self.refresh_from_db()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("A correction is taken back, never deleted.")
