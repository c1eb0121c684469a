"""An issue of the newsletter, the stories in it, and to whom it went."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .copy import default_language, language_choices
from .publication import Publication
from .subscriber import MailState, Subscriber

DELIVERIES_KEPT = timedelta(days=30)  # After the end of an issue; then only its sums stay.
SETTLED_AFTER = timedelta(minutes=10)  # Before that, a process may still be at it.
TRIES = 4  # Of a mailbox that says "not now".


class IssueState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENDING = "sending", _("Being sent")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    SENT = "sent", _("Sent")


BEGUN = [IssueState.SENDING, IssueState.PAUSED]
ENDED = [IssueState.STOPPED, IssueState.SENT]


class IssueQuerySet(models.QuerySet["NewsletterIssue"]):
    def sending(self) -> Self:
        return self.filter(state=IssueState.SENDING)

    def forget_deliveries(self) -> int:
        """Keep of issues that ended a month ago how many they went to, not to whom."""
        before = timezone.now() - DELIVERIES_KEPT
        old = self.filter(state__in=ENDED, ended_at__lt=before, sums__isnull=True)
        for issue in old:
            with transaction.atomic():
                issue.sums = issue.counted()
                issue.save(update_fields=["sums"])
                issue.deliveries.all().delete()
        return len(old)


class NewsletterIssue(models.Model):
    """A newsletter: written, tried out, then sent to everybody who reads its language.

    draft → sending ⇄ paused → sent, or stopped for good on the way.
    """

    subject = models.CharField(_("subject"), max_length=150)
    preheader = models.CharField(
        _("preview line"),
        max_length=150,
        blank=True,
        help_text=_("Mail programs show it beside the subject. When empty: the introduction."),
    )
    intro = models.TextField(
        _("introduction"),
        max_length=4000,
        blank=True,
        help_text=_("Plain words; an empty line begins a paragraph, addresses become links."),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=language_choices, default=default_language
    )
    state = models.CharField(
        _("state"), max_length=8, choices=IssueState, default=IssueState.DRAFT, editable=False
    )
    made_at = models.DateTimeField(_("begun"), auto_now_add=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("sent by"),
    )
    started_at = models.DateTimeField(_("sending began"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    # What keeps it from going on, and how often in a row: the class of an error, never an address.
    trouble = models.CharField(_("trouble"), max_length=200, blank=True, editable=False)
    stumbles = models.PositiveSmallIntegerField(default=0, editable=False)
    sums = models.JSONField(null=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("newsletter issue")
        verbose_name_plural = _("newsletter")
        permissions = [("send_newsletterissue", "Can send a newsletter")]
        constraints = [
            models.CheckConstraint(
                name="issue_began_and_ended",
                condition=Q(state="draft", started_at=None, ended_at=None)
                | Q(state__in=["sending", "paused"], started_at__isnull=False, ended_at=None)
                | Q(
                    state__in=["sent", "stopped"],
                    started_at__isnull=False,
                    ended_at__isnull=False,
                ),
                violation_error_message=_(
                    "A letter that is being sent has a beginning, one that was sent an end."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_draft(self) -> bool:
        return self.state == IssueState.DRAFT

    @property
    def is_sending(self) -> bool:
        return self.state == IssueState.SENDING

    @property
    def is_paused(self) -> bool:
        return self.state == IssueState.PAUSED

    @property
    def is_under_way(self) -> bool:
        return self.state in BEGUN

    def visible_stories(self) -> list[tuple["IssueStory", Publication]]:
        """Its stories that readers can see at this moment, in their order; three queries."""
        picks = list(self.stories.all())
        numbers = [pick.picked_id for pick in picks]
        visible = Publication.objects.visible().with_bylines().in_bulk(numbers)
        return [(pick, visible[pick.picked_id]) for pick in picks if pick.picked_id in visible]

    def hidden_stories(self) -> list["IssueStory"]:
        """Its stories that readers cannot see now: they do not go in."""
        visible = Publication.objects.visible().values("pk")
        return list(self.stories.exclude(picked__in=visible).select_related("picked"))

    def start(self, by: Any) -> None:
        """Begin to send, to everybody who is subscribed at this moment.

        Raises ValidationError for what was begun before, and where there is nobody to write to
        or nothing to say.
        """
        with transaction.atomic():
            issue = NewsletterIssue.objects.select_for_update().get(pk=self.pk)
            if not issue.is_draft:
                raise ValidationError(_("This issue was sent before. Write a new one."))
            if not issue.visible_stories() and not issue.intro.strip():
                raise ValidationError(
                    _("Readers can see none of its stories, and it has no introduction. Add some.")
                )
            if not issue._enlist():
                raise ValidationError(_("Nobody is subscribed to the newsletter in this language."))
            issue._go(IssueState.SENDING, started_at=timezone.now(), sent_by=by)
        self.refresh_from_db()

    def _enlist(self) -> int:
        """A delivery for each of its readers, in one statement; how many."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO articles_delivery (issue_id, subscriber_id, state, tries)"
                " SELECT %s, id, 'waiting', 0 FROM articles_subscriber"
                " WHERE state = 'confirmed' AND language = %s ON CONFLICT DO NOTHING",
                [self.pk, self.language],
            )
            return cursor.rowcount

    def _go(self, state: str, **values: Any) -> None:
        values |= {"state": state}
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))

    def pause(self, trouble: str = "") -> bool:
        """Send no more for now; the mail that is just handed over still goes."""
        return self._turn([IssueState.SENDING], IssueState.PAUSED, trouble=trouble)

    def resume(self) -> bool:
        return self._turn([IssueState.PAUSED], IssueState.SENDING, trouble="", stumbles=0)

    def stop(self) -> bool:
        """Send no more for good."""
        return self._turn(BEGUN, IssueState.STOPPED, ended_at=timezone.now())

    def finish(self) -> bool:
        """Call it sent, if nobody waits for it any more."""
        waiting = Delivery.objects.filter(issue=self.pk, state=MailState.WAITING)
        if waiting.exists():
            return False
        return self._turn([IssueState.SENDING], IssueState.SENT, ended_at=timezone.now())

    def _turn(self, states: list[IssueState], state: str, **values: Any) -> bool:
        """Whether it stood in one of these states, and now stands in that one."""
        standing = NewsletterIssue.objects.filter(pk=self.pk, state__in=states)
        is_done = bool(standing.update(state=state, **values))
        self.refresh_from_db()
        return is_done

    def counted(self) -> dict[str, int]:
        """How many deliveries stand in each state, one query."""
        if self.sums is not None:
            return self.sums
        none = dict.fromkeys(MailState.values, 0)
        found = self.deliveries.values_list("state").annotate(count=Count("pk")).order_by()
        return none | dict(found)


class IssueStory(models.Model):
    """A story picked for an issue by its number; it goes in if readers can see it by then."""

    issue = models.ForeignKey(NewsletterIssue, models.CASCADE, related_name="stories")
    picked = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="+", verbose_name=_("story")
    )
    teaser = models.TextField(
        _("teaser"), max_length=600, blank=True, help_text=_("When empty: the story's own.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        constraints = [
            models.UniqueConstraint(
                name="issue_story_once",
                fields=["issue", "picked"],
                violation_error_message=_("This story is in the issue already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.picked_id)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> Self:
        return self.filter(state=MailState.WAITING).filter(
            Q(not_before=None) | Q(not_before__lte=timezone.now())
        )

    def doubtful(self) -> Self:
        """Those whose hand-over began a while ago and was not seen to end."""
        before = timezone.now() - SETTLED_AFTER
        return self.filter(state=MailState.HANDING_OVER, handed_over_at__lt=before)


class Delivery(models.Model):
    """An issue for one subscriber: handed to the mail server once.

    A process that dies between hand-over and commit leaves it `handing_over`: it may have been
    sent, is counted as that, and is not repeated.
    """

    issue = models.ForeignKey(NewsletterIssue, models.CASCADE, related_name="deliveries")
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, related_name="deliveries"
    )
    state = models.CharField(max_length=12, choices=MailState, default=MailState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["issue", "subscriber"])
        ]
        indexes = [
            models.Index(
                name="delivery_waiting", fields=["issue", "id"], condition=Q(state="waiting")
            ),
            models.Index(name="delivery_states", fields=["issue", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    def put_off(self, *, minutes: int) -> None:
        """Try again later, and after some tries not at all: the mailbox said "not now"."""
        tries = self.tries + 1
        state = MailState.WAITING if tries < TRIES else MailState.REFUSED
        later = timezone.now() + timedelta(minutes=minutes * 4**self.tries)
        self.stand(state, not_before=later, handed_over_at=None, tries=F("tries") + 1)

    def stand(self, state: str, **values: Any) -> None:
        Delivery.objects.filter(pk=self.pk).update(state=state, **values)
