"""Who gets the newsletter, who asked for it, and who must not be written to any more."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from .copy import default_language, language_choices

PENDING_KEPT = timedelta(days=7)
WINDOW = timedelta(minutes=1)
LOCK = 0x6C657474  # Of our own among PostgreSQL's advisory locks.


def normalised(email: str) -> str:
    """One spelling for each mailbox: `Ida@Example.ORG` and `ida@example.org` are the same."""
    return email.strip().lower()


def hashes_of(email: str) -> list[str]:
    """What stands for an address that is not kept: under the secret key, then under older ones."""
    return [
        salted_hmac(
            "articles.subscriber", normalised(email), secret, algorithm="sha256"
        ).hexdigest()
        for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]


class SubscriberState(models.TextChoices):
    PENDING = "pending", _("Asked, not confirmed yet")
    CONFIRMED = "confirmed", _("Subscribed")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    SUPPRESSED = "suppressed", _("Not written to any more: mail came back, or was complained of")


REACHABLE = [SubscriberState.PENDING, SubscriberState.CONFIRMED]
ENDED = [SubscriberState.UNSUBSCRIBED, SubscriberState.SUPPRESSED]


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def of_address(self, email: str) -> Self:
        """The one subscriber of an address, whether it is still kept or only its hash."""
        return self.filter(address_hash__in=hashes_of(email))

    def readers(self, language: str) -> Self:
        """Whoever gets what is sent in a language now."""
        return self.filter(state=SubscriberState.CONFIRMED, language=language)

    @transaction.atomic
    def ask(self, email: str, *, language: str, wording: str) -> "Subscriber":
        """Note that somebody typed an address into the form, and which words they read there.

        It waits for its confirmation, unless it was confirmed before or is not written to.
        """
        email = normalised(email)
        asked = {
            "state": SubscriberState.PENDING,
            "email": email,
            "language": language,
            "wording": wording,
            "asked_at": timezone.now(),
        }
        locked = Subscriber.objects.select_for_update(no_key=True)
        subscriber = locked.of_address(email).first()
        if subscriber is None:
            key = hashes_of(email)[0]
            subscriber, _is_new = locked.get_or_create(address_hash=key, defaults=asked)
        if subscriber.state in {SubscriberState.PENDING.value, SubscriberState.UNSUBSCRIBED.value}:
            for name, value in asked.items():
                setattr(subscriber, name, value)
            subscriber.save()
        return subscriber

    def end(self, state: str) -> int:
        """Write to these no more; of them only the hashes of their addresses stay."""
        return self.update(
            state=state,
            email="",
            wording="",
            asked_at=None,
            confirmed_at=None,
            ended_at=timezone.now(),
        )

    @transaction.atomic
    def suppress(self, emails: Iterable[str]) -> int:
        """Write to these addresses no more, known or not; how many that are."""
        count = 0
        for email in dict.fromkeys(map(normalised, emails)):
            known = self.of_address(email)
            if not known.end(SubscriberState.SUPPRESSED):
                self.create(
                    address_hash=hashes_of(email)[0],
                    state=SubscriberState.SUPPRESSED,
                    ended_at=timezone.now(),
                )
            count += 1
        return count

    def forget_unconfirmed(self) -> int:
        """Let go of what was never confirmed; who had unsubscribed before counts as that again."""
        late = self.filter(
            state=SubscriberState.PENDING, asked_at__lt=timezone.now() - PENDING_KEPT
        )
        returned = late.filter(ended_at__isnull=False).end(SubscriberState.UNSUBSCRIBED)
        return returned + late.delete()[0]


class Subscriber(models.Model):
    """An address for which the newsletter was asked, and what became of that.

    Kept are: the address, its language, the words its owner agreed to and when they asked and
    confirmed; never from where, what they opened or what they read. How long: seven days without
    a confirmation, then it is deleted. Confirmed, until it unsubscribes or mail to it comes back.
    From then on only a keyed hash of the address stays, without an end, so that it is not written
    to by mistake, an import for example; *Forget me* deletes that too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    address_hash = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(
        _("language"), max_length=10, choices=language_choices, default=default_language
    )
    state = models.CharField(_("state"), max_length=12, choices=SubscriberState)
    wording = models.TextField(_("agreed to"), blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        default_permissions = ("view", "change", "delete")
        permissions = [("export_subscriber", "Can take the addresses of subscribers along")]
        indexes = [
            models.Index(
                name="subscriber_readers", fields=["language"], condition=Q(state="confirmed")
            ),
            models.Index(
                name="subscriber_pending", fields=["asked_at"], condition=Q(state="pending")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="subscriber_address_while_reachable",
                condition=Q(state__in=["pending", "confirmed"]) & ~Q(email="")
                | Q(state__in=["unsubscribed", "suppressed"], email="", wording=""),
                violation_error_message=_(
                    "An address is kept only while letters may be sent to it."
                ),
            ),
            models.CheckConstraint(
                name="subscriber_consent_is_known",
                condition=~Q(state="confirmed")
                | ~Q(wording="") & Q(asked_at__isnull=False, confirmed_at__isnull=False),
                violation_error_message=_("Say to what the subscriber agreed, and when."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()  # Never the address: this is written into logs.

    @property
    def is_pending(self) -> bool:
        return self.state == SubscriberState.PENDING

    @property
    def is_confirmed(self) -> bool:
        return self.state == SubscriberState.CONFIRMED

    def confirm(self) -> bool:
        """Subscribe; False where nothing waits for that any more."""
        now = timezone.now()
        waiting = Subscriber.objects.filter(pk=self.pk, state=SubscriberState.PENDING)
        values = {"state": SubscriberState.CONFIRMED, "confirmed_at": now, "ended_at": None}
        is_done = bool(waiting.filter(asked_at__gte=now - PENDING_KEPT).update(**values))
        self.refresh_from_db()
        return is_done

    def unsubscribe(self) -> None:
        """Write to them no more; harmless when repeated."""
        Subscriber.objects.filter(pk=self.pk, state__in=REACHABLE).end(SubscriberState.UNSUBSCRIBED)
        self.refresh_from_db()


class SignUpMailQuerySet(models.QuerySet["SignUpMail"]):
    def forget_old(self) -> None:
        self.filter(ordered_at__lt=timezone.now() - timedelta(days=2)).delete()


class MailState(models.TextChoices):
    """How far a mail is; each is handed to the mail server once."""

    WAITING = "waiting", _("Waiting")
    HANDING_OVER = "handing_over", _("May have been sent")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Not sent: the mail server refused it")
    NOT_WANTED = "not_wanted", _("Not wanted any more")


class SignUpMail(models.Model):
    """A mail that answers a sign-up; what it says is decided when it goes."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="sign_up_mails")
    state = models.CharField(max_length=12, choices=MailState, default=MailState.WAITING)
    is_reminder = models.BooleanField(default=False)  # It said that the address is subscribed.
    ordered_at = models.DateTimeField(auto_now_add=True, db_index=True)
    handed_over_at = models.DateTimeField(null=True)

    objects = SignUpMailQuerySet.as_manager()

    def __str__(self) -> str:
        return self.get_state_display()


class SignUpAttemptQuerySet(models.QuerySet["SignUpAttempt"]):
    def lock(self) -> None:
        """Let others who want to be counted wait until this transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])

    def recent(self) -> Self:
        return self.filter(at__gt=timezone.now() - WINDOW)

    def forget_old(self) -> None:
        self.filter(at__lte=timezone.now() - WINDOW).delete()


class SignUpAttempt(models.Model):
    """That somebody sent the form in the last minute, and a hash that says who is the same."""

    sender_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SignUpAttemptQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"
