"""Whom not to write to any more, because the mail provider says that mail came back.

Of all that a provider tells, only three things are heard: mail came back for good, somebody called
it spam, somebody unsubscribed at the provider. That a mail was delivered, opened or followed is
neither asked for nor kept.
"""

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from articles.models import Subscriber, SubscriberState

FOR_GOOD = {RejectReason.BOUNCED, RejectReason.INVALID}

# A mailbox that is only full. The library calls that a bounce like any other.
SOFT = {
    ("Type", "SoftBounce"),  # Postmark.
    ("type", "activity.soft_bounced"),  # MailerSend.
    ("hard_bounce", False),  # Mailjet.
}


def heed(sender: Any, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """Suppress or unsubscribe whom an event is about; all other events change nothing."""
    state = _state_after(event)
    if state is None or not event.recipient:
        return
    # Strangers are left alone: the provider also delivers mail to supporters.
    known = Subscriber.objects.of_address(event.recipient)
    known.exclude(state=SubscriberState.SUPPRESSED).end(state)


def _state_after(event: AnymailTrackingEvent) -> str | None:
    match event.event_type:
        case EventType.COMPLAINED:
            return SubscriberState.SUPPRESSED
        case EventType.BOUNCED | EventType.REJECTED if _is_for_good(event):
            return SubscriberState.SUPPRESSED
        case EventType.UNSUBSCRIBED:
            return SubscriberState.UNSUBSCRIBED
    return None


def _is_for_good(event: AnymailTrackingEvent) -> bool:
    told = event.esp_event or {}
    is_soft = any(told.get(name) == value for name, value in SOFT)
    return event.reject_reason in FOR_GOOD and not is_soft
