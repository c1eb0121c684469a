"""Where a story stands: its stage on the desk, and what readers have of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .article import Article

HAS_NEWS = ~Q(public_fingerprint=F("fingerprint"))
IN_WORK = Q(public_fingerprint="") | HAS_NEWS  # Readers do not have this text.
CHANGES_WAITING = ~Q(public_fingerprint="") & HAS_NEWS  # They have another.


class Stage(models.TextChoices):
    """How far the text on the desk has come, whatever readers have."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    NEEDS_CHANGES = "needs_changes", _("Needs changes")
    APPROVED = "approved", _("Approved")


class Standing(models.TextChoices):
    """Where a story stands: on the desk alone, by its stage, or before readers."""

    DRAFT = Stage.DRAFT.value, Stage.DRAFT.label
    IN_REVIEW = Stage.IN_REVIEW.value, Stage.IN_REVIEW.label
    NEEDS_CHANGES = Stage.NEEDS_CHANGES.value, Stage.NEEDS_CHANGES.label
    APPROVED = Stage.APPROVED.value, Stage.APPROVED.label
    SCHEDULED = "scheduled", _("Scheduled")
    LIVE = "live", _("Live")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    @classmethod
    def of(cls, article: Article) -> Standing:
        publication = article.published
        if publication is None:
            return cls(article.stage)
        if publication.is_withdrawn:
            return cls.WITHDRAWN
        return cls.LIVE if publication.is_visible else cls.SCHEDULED

    @property
    def is_at_desk(self) -> bool:
        """Whether no reader has the story or will have it."""
        return self.value in Stage.values

    def condition(self) -> Q:
        """The stories that stand here."""
        if self.is_at_desk:
            return IN_WORK & Q(publication=None, stage=self.value)
        if self is Standing.WITHDRAWN:
            return Q(publication__withdrawn_at__isnull=False)
        side = "lte" if self is Standing.LIVE else "gt"
        return Q(publication__withdrawn_at=None) & Q(
            **{f"publication__visible_from__{side}": timezone.now()}
        )

    @staticmethod
    def with_changes() -> Q:
        """The stories of which readers have, or will have, another text than the desk."""
        return CHANGES_WAITING & Q(publication__withdrawn_at=None)


def standing_in_words(article: Article) -> str:
    """“Live, changes in review”, “Scheduled for 14:00”: where a story stands."""
    standing = Standing.of(article)
    words = str(standing.label)
    if standing is Standing.SCHEDULED:
        words = _now("Scheduled for %(when)s") % {"when": _moment_of(article)}
    if standing in {Standing.LIVE, Standing.SCHEDULED} and article.has_changes_waiting:
        words = f"{words}, {_changes_in_words(article)}"
    return words


def _moment_of(article: Article) -> str:
    moment = timezone.localtime(article.publication.visible_from)
    when = date_format(moment, "H:i")
    if moment.date() == timezone.localdate():
        return when
    is_this_year = moment.year == timezone.localdate().year
    return f"{when}, {date_format(moment, 'j F' if is_this_year else 'j F Y')}"


def _changes_in_words(article: Article) -> str:
    match article.stage:
        case Stage.IN_REVIEW:
            return _now("changes in review")
        case Stage.NEEDS_CHANGES:
            return _now("changes sent back")
        case Stage.APPROVED:
            return _now("changes approved")
    return _now("changes waiting")
