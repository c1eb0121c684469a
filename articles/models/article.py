import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from articles.markup import photo_ids
from articles.publishing import problems_of
from articles.slugs import slug_of

from .copy import BylineBase, Copy, PickBase, TagLinkBase, copy_fields
from .publication import (
    Publication,
    PublicationByline,
    PublicationPhoto,
    PublicationPick,
    PublicationTag,
)
from .revision import Revision
from .word import set_telling_words

Action = Revision.Action


class ArticleQuerySet(models.QuerySet["Article"]):
    def with_standing(self) -> Self:
        """Load what `Article.standing` needs."""
        return self.select_related("publication")


class Article(Copy):
    """The desk's side of a story; nothing here is public until `publish()` copies it."""

    class Stage(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")

    stage = models.CharField(_("stage"), max_length=9, choices=Stage, default=Stage.DRAFT)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    fingerprint = models.CharField(max_length=64, editable=False)  # Of the text as last saved.
    source_id = models.CharField(  # What an import calls this story; imports find it again by it.
        max_length=200, null=True, unique=True, editable=False
    )
    tags = TaggableManager(through="articles.ArticleTag", blank=True, verbose_name=_("tags"))

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        permissions = [
            ("approve_article", _("Can approve stories")),
            ("publish_article", _("Can publish, schedule and withdraw stories")),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug and self.headline:
            self.slug = slug_of(self.headline, fallback="story")
        super().save(*args, **kwargs)

    @property
    def published(self) -> Publication | None:
        """The readers' side of this story, if there is one."""
        try:
            return self.publication
        except Publication.DoesNotExist:
            return None

    @property
    def has_changes_waiting(self) -> bool:
        publication = self.published
        return publication is not None and publication.fingerprint != self.fingerprint

    @property
    def standing(self) -> str:
        """Where the story stands, in words for the desk."""
        publication = self.published
        if publication is None:
            return str(self.get_stage_display())
        if publication.is_withdrawn:
            return str(_("Withdrawn"))
        if publication.is_visible:
            return str(_("Live, changes waiting") if self.has_changes_waiting else _("Live"))
        moment = timezone.localtime(publication.visible_from)
        when = date_format(moment, "H:i")
        if moment.date() != timezone.localdate():
            when = f"{when}, {date_format(moment, 'j F Y')}"
        text = _("Scheduled for %(when)s") % {"when": when}
        return f"{text}, {_('changes waiting')}" if self.has_changes_waiting else text

    def snapshot(self) -> dict[str, Any]:
        """The text with bylines, tags and picks, as plain values for the history."""
        return snapshot_of(
            self,
            bylines=self.bylines.values_list("author_id", flat=True),
            tags=self.tags.values_list("name", flat=True),
            picks=self.picks.values_list("picked_id", flat=True),
        )

    def record(self, by: User | None, action: str = Action.SAVED, note: str = "") -> Revision:
        """Write the story as it stands now into its history.

        A save by somebody who may not approve takes the approval of the text before back.
        """
        snapshot = self.snapshot()
        fingerprint = fingerprint_of(snapshot)
        if fingerprint != self.fingerprint:
            self.fingerprint = fingerprint
            if self.stage == self.Stage.APPROVED and not may_approve(by):
                self.stage = self.Stage.DRAFT
            self.save(update_fields=["fingerprint", "stage", "saved_at"])
        return self.revisions.create(by=by, action=action, note=note, snapshot=snapshot)

    def check_publishable(self) -> None:
        """Raise ValidationError, by field, naming what still blocks publishing."""
        problems = problems_of(self)
        if problems:
            raise ValidationError(problems)

    def publish(
        self,
        by: User | None,
        at: datetime | None = None,
        *,
        is_significant: bool = False,
    ) -> Publication:
        """Give readers the text as it stands, now or from the moment `at` on.

        For a story they can read already this publishes its changes; `is_significant` says
        so on the page. Raises ValidationError for what blocks publishing, for changes to a
        live story that are to wait, and for a withdrawn story.
        """
        with transaction.atomic():
            article = self._locked()
            now = timezone.now()
            publication = article.published
            is_live = publication is not None and publication.is_visible
            if publication is not None and publication.is_withdrawn:
                raise ValidationError(_("The story is withdrawn. Reinstate it first."))
            if is_live and at is not None and at > now:
                raise ValidationError(
                    _("Changes to a live story cannot be scheduled. Publish them when it is time.")
                )
            article.check_publishable()
            if publication is None:
                publication = Publication(article=article)
            if not is_live:
                publication.visible_from = publication.first_published_at = at or now
            elif is_significant:
                publication.updated_at = now
            article._copy_to(publication, keep_photos=is_live)
            action = Action.PUBLISHED
            if is_live:
                action = Action.CHANGES_PUBLISHED
            elif publication.visible_from > now:
                action = Action.SCHEDULED
            article.record(by, action)
            publication.fingerprint = article.fingerprint
            publication.save(update_fields=["fingerprint"])
        self.refresh_from_db()
        return publication

    def unschedule(self, by: User | None) -> None:
        """Take back a publication that no reader could have seen yet."""
        with transaction.atomic():
            article = self._locked()
            publication = article.published
            if publication is not None and publication.is_visible:
                raise ValidationError(_("Readers can see the story already. Withdraw it instead."))
            if publication is None or not publication.is_scheduled:
                raise ValidationError(_("The story is not scheduled."))
            publication.delete()
            article.record(by, Action.UNSCHEDULED)
        self.refresh_from_db()

    def withdraw(self, reason: str, by: User | None) -> None:
        """Take the story from readers at once; its address answers 410 with `reason`."""
        if not reason.strip():
            raise ValidationError({"reason": _("Say why the story is withdrawn; readers see it.")})
        with transaction.atomic():
            article = self._locked()
            publication = article.published
            if publication is None or not publication.is_visible:
                raise ValidationError(_("Only a story that readers can see can be withdrawn."))
            publication.withdrawn_at = timezone.now()
            publication.withdrawn_reason = reason.strip()
            publication.save(update_fields=["withdrawn_at", "withdrawn_reason"])
            article.record(by, Action.WITHDRAWN, note=reason.strip())
        self.refresh_from_db()

    def reinstate(self, by: User | None, *, with_changes: bool = False) -> None:
        """Bring a withdrawn story back, as readers knew it or with what was changed since.

        Raises ValidationError for what blocks publishing the changes; nothing is public then.
        """
        with transaction.atomic():
            article = self._locked()
            publication = article.published
            if publication is None or not publication.is_withdrawn:
                raise ValidationError(_("The story is not withdrawn."))
            publication.withdrawn_at = None
            publication.withdrawn_reason = ""
            publication.save(update_fields=["withdrawn_at", "withdrawn_reason"])
            article.record(by, Action.REINSTATED)
            if with_changes:
                article.publish(by)
        self.refresh_from_db()

    def _locked(self) -> "Article":
        """This story as it is in the database, locked until the transaction ends."""
        return type(self).objects.select_for_update().get(pk=self.pk)

    def copy_text_to(self, publication: Publication) -> None:
        """Set every field that both sides share; saves nothing."""
        for field in copy_fields():
            setattr(publication, field.attname, getattr(self, field.attname))

    def _copy_to(self, publication: Publication, *, keep_photos: bool) -> None:
        self.copy_text_to(publication)
        set_telling_words([publication])
        publication.save()

        publication.bylines.all().delete()
        PublicationByline.objects.bulk_create(
            PublicationByline(
                publication=publication, author_id=line.author_id, position=line.position
            )
            for line in self.bylines.all()
        )
        publication.picks.all().delete()
        PublicationPick.objects.bulk_create(
            PublicationPick(
                publication=publication, picked_id=pick.picked_id, position=pick.position
            )
            for pick in self.picks.all()
        )
        publication.tag_links.all().delete()
        PublicationTag.objects.bulk_create(
            PublicationTag(content_object=publication, tag_id=link.tag_id)
            for link in self.tag_links.all()
        )
        if not keep_photos:
            publication.photo_uses.all().delete()
        PublicationPhoto.objects.bulk_create(
            (
                PublicationPhoto(publication=publication, photo_id=photo_id)
                for photo_id in self.photo_ids()
            ),
            ignore_conflicts=True,
        )

    def photo_ids(self) -> list[int]:
        """The photos this text shows: the lead photo and those of the body."""
        lead = [self.lead_photo_id] if self.lead_photo_id else []
        return list(dict.fromkeys([*lead, *photo_ids(self.body)]))


class ArticleByline(BylineBase):
    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")

    class Meta(BylineBase.Meta):
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        constraints = [
            models.UniqueConstraint(
                name="article_author_once",
                fields=["article", "author"],
                deferrable=models.Deferrable.DEFERRED,  # Two rows of a form may change places.
                violation_error_message=_("This author stands in the byline already."),
            )
        ]


class ArticlePick(PickBase):
    article = models.ForeignKey(Article, models.CASCADE, related_name="picks")

    class Meta(PickBase.Meta):
        verbose_name = _("related read")
        verbose_name_plural = _("related reads")
        constraints = [
            models.UniqueConstraint(
                name="article_pick_once",
                fields=["article", "picked"],
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This story is picked already."),
            ),
            models.CheckConstraint(
                name="article_pick_is_another",
                condition=~models.Q(article=models.F("picked")),
                violation_error_message=_("A story cannot be its own related read."),
            ),
        ]


class ArticleTag(TagLinkBase):
    content_object = models.ForeignKey(Article, models.CASCADE, related_name="tag_links")

    class Meta(TagLinkBase.Meta):
        constraints = [
            models.UniqueConstraint(name="article_tag_once", fields=["content_object", "tag"])
        ]


def snapshot_of(
    article: Article, *, bylines: Iterable[int], tags: Iterable[str], picks: Iterable[int]
) -> dict[str, Any]:
    """The text of `article` with the numbers of authors and picks and the names of tags."""
    return {
        "fields": {field.name: field.value_from_object(article) for field in copy_fields()},
        "bylines": list(bylines),
        "tags": sorted(tags),
        "picks": list(picks),
    }


def fingerprint_of(snapshot: dict[str, Any]) -> str:
    """A hash that is the same for the same text, bylines, tags and picks."""
    return hashlib.sha256(
        json.dumps(snapshot, sort_keys=True, cls=DjangoJSONEncoder).encode()
    ).hexdigest()


def may_approve(user: Any) -> bool:
    return user is not None and user.has_perm("articles.approve_article")
