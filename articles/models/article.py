from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from articles.finding import HEADLINE_WORDS
from articles.markup import photo_ids
from articles.publishing import problems_of
from articles.slugs import slug_of
from articles.versions import read_back

from .announcement import Announcement
from .article_lists import ArticleQuerySet, may_approve
from .copy import Copy, copy_fields
from .outlet import Outlet
from .photo_use import ArticlePhoto
from .publication import Publication
from .readers_copy import copy_for_readers
from .revision import Revision, told_of
from .snapshot import fingerprint_of, snapshot_of
from .standing import CHANGES_WAITING, IN_WORK, Stage, Standing, standing_in_words
from .workflow import APPROVE, ASK_FOR_CHANGES, REVIEW, SUBMIT, Step

Action = Revision.Action


class Article(Copy):
    """The desk's side of a story; nothing here is public until `publish()` copies it."""

    Stage = Stage

    stage = models.CharField(
        _("stage"), max_length=13, choices=Stage, default=Stage.DRAFT, editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    deadline = models.DateTimeField(_("deadline"), null=True, blank=True)
    desk_label = models.CharField(
        _("desk label"),
        max_length=60,
        blank=True,
        help_text=_("What the desk calls it; never public."),
    )
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
    public_fingerprint = models.CharField(  # Of the text readers have, or will have.
        max_length=64, blank=True, editable=False
    )
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
            ("submit_article", _("Can submit stories for review")),
            ("approve_article", _("Can approve stories and ask for changes")),
            ("publish_article", _("Can publish and schedule stories")),
            ("withdraw_article", _("Can withdraw and reinstate stories")),
            ("correct_article", _("Can add corrections to stories")),
            ("edit_any_article", _("Can see and change the stories of others")),
        ]
        indexes = [
            models.Index(name="article_begun_by", fields=["created_by", "-saved_at"]),
            models.Index(
                name="article_assigned_to",
                fields=["assigned_to", "-saved_at"],
                condition=Q(assigned_to__isnull=False),
            ),
            # For what is done at the desk; the rest, the archive, is not in these.
            models.Index(name="article_in_work", fields=["stage", "-id"], condition=IN_WORK),
            models.Index(
                name="article_in_work_assigned",
                fields=["assigned_to"],
                condition=IN_WORK & Q(assigned_to__isnull=False),
            ),
            models.Index(
                name="article_in_work_deadline",
                fields=["deadline"],
                condition=IN_WORK & Q(deadline__isnull=False),
            ),
            models.Index(
                name="article_changes_waiting", fields=["-saved_at"], condition=CHANGES_WAITING
            ),
            # Without a list of entries still to be sorted in: it would be read by every search.
            GinIndex(HEADLINE_WORDS, name="article_headline_words", fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(
                name="article_approved_by_only_when_approved",
                condition=Q(approved_by=None) | Q(stage=Stage.APPROVED),
                violation_error_message=_("Only an approved story has somebody who approved it."),
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug and self.headline:
            self.slug = slug_of(self.headline, fallback="story")
        with transaction.atomic():
            super().save(*args, **kwargs)
            changed = kwargs.get("update_fields")
            if changed is None or "body" in changed:
                ArticlePhoto.objects.note(self)

    @property
    def published(self) -> Publication | None:
        """The readers' side of this story, if there is one."""
        try:
            return self.publication
        except Publication.DoesNotExist:
            return None

    @property
    def has_changes_waiting(self) -> bool:
        """Whether readers have, or will have, another text than the desk."""
        return bool(self.public_fingerprint) and self.is_in_work

    @property
    def is_in_work(self) -> bool:
        """Whether readers do not have the text of the desk."""
        return not self.public_fingerprint or self.public_fingerprint != self.fingerprint

    @property
    def state(self) -> Standing:
        """Where the story stands, in one word."""
        return Standing.of(self)

    @property
    def standing(self) -> str:
        """Where the story stands, in words for the desk."""
        return standing_in_words(self)

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.is_in_work and self.deadline is not None and self.deadline < timezone.now()

    # Whose it is

    def is_seen_by(self, user: User) -> bool:
        """Whether `user` may see it at the desk; `ArticleQuerySet.seen_by` says so of many."""
        return user.has_perm("articles.edit_any_article") or user.pk in {
            self.created_by_id,
            self.assigned_to_id,
        }

    def is_work_of(self, user: User) -> bool:
        """Whether the text is `user`'s own: begun by them, or never saved by anybody else."""
        if self.created_by_id is not None:
            return self.created_by_id == user.pk
        by_others = self.revisions.filter(
            action__in=[Action.SAVED, Action.RESTORED], by__isnull=False
        ).exclude(by=user)
        return not by_others.exists()

    def is_approved_by_another(self, user: User) -> bool:
        """Whether somebody else has approved the text as it stands."""
        return self.stage == Stage.APPROVED and self.approved_by_id not in {None, user.pk}

    def lacks_second_person(self, user: User) -> bool:
        """Whether the outlet's rule keeps `user` from publishing this text."""
        return (
            not self.is_approved_by_another(user)
            and self._needs_second_person
            and self.is_work_of(user)
        )

    @property
    def _needs_second_person(self) -> bool:
        if hasattr(self, "told_rule"):  # Null while there is no record of the outlet.
            return bool(self.told_rule)
        return Outlet.load().needs_second_person

    # Its history

    def snapshot(self) -> dict[str, Any]:
        """The text with bylines, tags and picks, as plain values for the history."""
        if self.pk is None:
            return snapshot_of(self, bylines=[], tags=[], picks=[])
        return snapshot_of(
            self,
            bylines=self.bylines.values_list("author_id", flat=True),
            tags=self.tags.values_list("name", flat=True),
            picks=self.picks.values_list("picked_id", flat=True),
        )

    def record(self, by: User | None, action: str = Action.SAVED, note: str = "") -> Revision:
        """Write the story as it stands now into its history.

        An approval is of one text. A save by somebody who may not approve takes it back; one
        who may, stands for the text from then on.
        """
        snapshot = self.snapshot()
        fingerprint = fingerprint_of(snapshot)
        if fingerprint != self.fingerprint:
            is_another = self.fingerprint != ""
            self.fingerprint = fingerprint
            if is_another and self.stage == Stage.APPROVED:
                self.approved_by = by if may_approve(by) else None
                self.stage = Stage.APPROVED if may_approve(by) else Stage.DRAFT
            self.save(update_fields=["fingerprint", "stage", "approved_by", "saved_at"])
        return self.revisions.create(by=by, action=action, note=note, snapshot=snapshot)

    def record_if_changed(self, by: User | None) -> None:
        """Write the text into the history unless it is the one that was written last."""
        if fingerprint_of(self.snapshot()) != self.fingerprint:
            self.record(by)

    def record_assignment(self, by: User | None) -> None:
        """Write into the history whose story it is now, and until when it is wanted."""
        wanted = _now("Assigned to nobody")
        if self.assigned_to is not None:
            wanted = _now("Assigned to %(who)s") % {"who": self.assigned_to.get_username()}
        if self.deadline is not None:
            moment = date_format(timezone.localtime(self.deadline), "DATETIME_FORMAT")
            wanted = _now("%(wanted)s, deadline %(moment)s") % {"wanted": wanted, "moment": moment}
        self.record(by, Action.ASSIGNED, note=wanted)

    def restore(
        self, revision: Revision, by: User | None, *, seen: datetime | None = None
    ) -> list[str]:
        """Put the text of an older version on the desk again; readers keep what they have.

        Comes back with sentences about what could not be restored. The text until now stays in
        the history. `seen` is when the story that `by` looked at was saved. Raises
        ValidationError when it was saved again since, and when its text is this one already.
        """
        if revision.article_id != self.pk:
            raise ValueError("A story is restored from its own history.")
        with transaction.atomic():
            article = self._locked()
            if seen is not None and article.saved_at != seen:
                raise ValidationError(
                    _("Somebody saved the story meanwhile. Look again at what would change.")
                )
            article.record_if_changed(by)
            before = article.fingerprint
            version = read_back(revision.snapshot, article)
            version.write_to(article)
            if fingerprint_of(article.snapshot()) == before:
                raise ValidationError(_("The story has this text already."))
            told = "\n".join([told_of(revision), *version.missing])
            article.record(by, Action.RESTORED, note=told)
        self.refresh_from_db()
        return version.missing

    @property
    def last_step(self) -> Revision | None:
        """The last step of a story under review, for what was said with it."""
        if self.stage == Stage.DRAFT:
            return None
        if not hasattr(self, "told_step"):
            return self.revisions.filter(action__in=REVIEW).select_related("by").first()
        told = self.told_step
        if told is None:
            return None
        by = User(username=told["by"]) if told["by"] else None
        return Revision(action=told["action"], note=told["note"], by=by)

    # Steps to approval

    def submit(self, by: User | None, note: str = "") -> None:
        """Hand a draft in for review, or hand it in again."""
        self._take(SUBMIT, by, note)

    def ask_for_changes(self, by: User | None, note: str) -> None:
        """Send a story back to its author; `note` says what is to be changed."""
        self._take(ASK_FOR_CHANGES, by, note)

    def approve(self, by: User | None, note: str = "") -> None:
        """Say that the text as it stands is fit to be published."""
        self._take(APPROVE, by, note)

    def _take(self, step: Step, by: User | None, note: str) -> None:
        """Raises PermissionDenied, or ValidationError when the step is not possible now."""
        with transaction.atomic():
            article = self._locked()
            step.check(article, by, note)
            article.record_if_changed(by)
            article.stage = step.leads_to
            article.approved_by = by if step is APPROVE else None
            article.save(update_fields=["stage", "approved_by", "saved_at"])
            article.record(by, step.action, note=note.strip())
        self.refresh_from_db()

    # Steps that readers see

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
        live story that are to wait, for a withdrawn story, and for a text of `by`'s own that
        by the outlet's rule somebody else must approve.
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
            article.record_if_changed(by)
            if by is not None and article.lacks_second_person(by):
                raise ValidationError(
                    _("Nobody publishes their own story alone here: somebody else must approve it.")
                )
            if publication is None:
                publication = Publication(article=article)
            if not is_live:
                publication.visible_from = publication.first_published_at = at or now
            elif is_significant:
                publication.updated_at = now
            copy_for_readers(article, publication, keep_photos=is_live)
            action = Action.PUBLISHED
            if is_live:
                action = Action.CHANGES_PUBLISHED
            elif publication.visible_from > now:
                action = Action.SCHEDULED
            Announcement.objects.order(publication)
            article.record(by, action)
            article.public_fingerprint = article.fingerprint
            if article.stage != Stage.APPROVED:
                article.stage = Stage.DRAFT  # The review has ended; what comes now is new.
            article.save(update_fields=["public_fingerprint", "stage"])
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
            article.public_fingerprint = ""
            article.save(update_fields=["public_fingerprint"])
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
            Announcement.objects.order(publication)
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
            Announcement.objects.order(publication)
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

    def photo_ids(self) -> list[int]:
        """The photos this text shows: the lead photo and those of the body."""
        lead = [self.lead_photo_id] if self.lead_photo_id else []
        return list(dict.fromkeys([*lead, *photo_ids(self.body)]))
