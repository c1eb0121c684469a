"""What a mail provider tells, through the webhook of django-anymail as a provider would send it."""

import base64
import importlib
import json
from types import SimpleNamespace

import pytest
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from anymail.signals import AnymailTrackingEvent
from django.conf import settings as in_force
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings
from django.urls import clear_url_caches

from articles.models import Subscriber
from articles.newsletter import bounces, handing_over, letters
from newsroom import urls
from tests.articles.newsletters import make_issue, make_subscriber

pytestmark = pytest.mark.django_db

SECRET = "provider:a-long-random-text"
EMAIL = "ida@example.org"


@pytest.fixture
def provider(settings):
    """Postmark, as settings for it would have it."""
    with override_settings(
        MAIL_PROVIDER="postmark",
        EMAIL_BACKEND="anymail.backends.postmark.EmailBackend",
        ANYMAIL=in_force.ANYMAIL | {"WEBHOOK_SECRET": SECRET, "POSTMARK_SERVER_TOKEN": "token"},
    ):
        _read_addresses_again()
        yield
    _read_addresses_again()


def _read_addresses_again():
    clear_url_caches()
    importlib.reload(urls)


def tell(client, secret=SECRET, **event):
    word = base64.b64encode(secret.encode()).decode()
    return client.post(
        "/mail-provider/postmark/tracking/",
        json.dumps({"MessageID": "1", "BouncedAt": "2026-06-01T12:00:00Z"} | event),
        content_type="application/json",
        headers={"Authorization": f"Basic {word}"},
    )


def hard_bounce(email=EMAIL):
    return {"RecordType": "Bounce", "Type": "HardBounce", "Email": email}


class TestTheWebhook:
    def test_ends_what_came_back_for_good(self, client, provider):
        make_subscriber(EMAIL)

        assert tell(client, **hard_bounce("Ida@Example.org")).status_code == 200
        subscriber = Subscriber.objects.get()
        assert (subscriber.state, subscriber.email) == ("suppressed", "")

    def test_ends_what_is_called_spam(self, client, provider):
        make_subscriber(EMAIL)

        tell(client, RecordType="SpamComplaint", Type="SpamComplaint", Email=EMAIL)
        assert Subscriber.objects.get().state == "suppressed"

    @pytest.mark.parametrize(
        "event",
        [
            {"RecordType": "Bounce", "Type": "SoftBounce", "Email": EMAIL},
            {"RecordType": "Delivery", "Recipient": EMAIL, "DeliveredAt": "2026-06-01T12:00:00Z"},
            {"RecordType": "Open", "Recipient": EMAIL, "ReceivedAt": "2026-06-01T12:00:00Z"},
            {"RecordType": "Click", "Recipient": EMAIL, "ReceivedAt": "2026-06-01T12:00:00Z"},
        ],
    )
    def test_heeds_nothing_else(self, client, provider, event):
        make_subscriber(EMAIL)
        before = Subscriber.objects.values().get()

        assert tell(client, **event).status_code == 200
        assert Subscriber.objects.values().get() == before

    def test_knows_no_strangers(self, client, provider):
        assert tell(client, **hard_bounce("supporter@example.org")).status_code == 200

        assert not Subscriber.objects.exists()

    def test_is_closed_to_who_does_not_know_the_secret(self, client, provider):
        make_subscriber(EMAIL)

        assert tell(client, "provider:guess", **hard_bounce()).status_code == 400
        assert Subscriber.objects.get().is_confirmed

    def test_is_not_there_without_a_provider(self, client):
        assert tell(client, **hard_bounce()).status_code == 404


def test_who_unsubscribes_at_the_provider_is_unsubscribed():
    make_subscriber(EMAIL)
    bounces.heed(None, AnymailTrackingEvent(event_type="unsubscribed", recipient=EMAIL))

    assert Subscriber.objects.get().state == "unsubscribed"


def test_the_provider_is_told_to_track_nobody(provider, monkeypatch):
    sent = []

    def post(session, **parameters):
        sent.append(json.loads(parameters["data"]))
        body = {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": EMAIL}
        return SimpleNamespace(status_code=200, json=lambda: body, text="", reason="OK")

    monkeypatch.setattr("requests.Session.request", post)
    message = letters.letter_of(make_issue()).for_reader(make_subscriber(EMAIL))
    with handing_over.connected() as connection:
        handing_over.hand_over(message, connection)

    [payload] = sent
    assert payload["TrackOpens"] is False
    assert payload["TrackLinks"] == "None"


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (AnymailRecipientsRefused(), handing_over.Refused),
        (AnymailAPIError(status_code=422, response=SimpleNamespace()), handing_over.Refused),
        (AnymailAPIError(status_code=401, response=SimpleNamespace()), handing_over.NotTaken),
        (AnymailAPIError(status_code=429, response=SimpleNamespace()), handing_over.NotTaken),
        (AnymailAPIError(status_code=502, response=SimpleNamespace()), handing_over.Doubtful),
        (AnymailAPIError("connection lost"), handing_over.Doubtful),
    ],
)
def test_each_answer_of_a_provider_has_a_meaning(monkeypatch, error, meaning):
    def fail(message):
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)
    with pytest.raises(meaning):
        handing_over.hand_over(EmailMultiAlternatives(to=[EMAIL]), None)
