"""Every address of the desk, with a record it can be about, and who gets in there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from articles.models import (
    Banner,
    Correction,
    FrontPageSlot,
    LiveEntry,
    NewsletterIssue,
    Outlet,
    Page,
    PreviewLink,
    Redirect,
)
from donations.models import (
    Appeal,
    ContributionRules,
    CurrencyRule,
    LedgerEntry,
    OutgoingMail,
    Pledge,
    StripeEvent,
)
from newsroom.roles import ROLES
from tests.donations.records import make_contribution, make_supporter
from tests.factories import make_photo, make_publication, make_user

DESK = "admin/"
METHODS = ["GET", "POST"]
OWNER = "Reporter of the story"
COLUMNS = ["nobody", "reader", *ROLES, OWNER, "superuser"]
OUT = {401, 403, 404, 405, 410}


def routes() -> list[str]:
    """The routes of all addresses of the desk, as Django knows them."""
    return sorted({route for route in _walk(get_resolver().url_patterns) if route.startswith(DESK)})


def _walk(patterns: list[Any], beginning: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = beginning + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern.url_patterns, route)


class Records:
    """One record of each kind, begun by nobody who signs in here."""

    def __init__(self) -> None:
        self.story = make_publication(kind="live", tags=["Water"], lead_photo=make_photo())
        article = self.story.article
        supporter = make_supporter()
        self.contribution = make_contribution(supporter=supporter)
        self.supporter = supporter
        now = timezone.now()
        self.note = article.desk_notes.create(text="Ring the harbour.")
        self.entry = LiveEntry.objects.create(article=article, body="<p>Now.</p>")
        self.correction = Correction.objects.make(
            article, kind="correction", text="Right.", by=None
        )
        self.revision = article.revisions.first()
        self.link = PreviewLink.objects.create(
            revision=self.revision, expires_at=now + timedelta(days=1)
        )
        Outlet.objects.get_or_create(pk=1, defaults={"name": "The Tide"})
        ContributionRules.objects.get_or_create(pk=1)
        made = [
            Page.objects.create(title="About", slug="about"),
            FrontPageSlot.objects.create(picked=article),
            NewsletterIssue.objects.create(subject="The week"),
            Redirect.objects.create(old_path="/old", article=article),
            Banner.objects.create(text="Now.", ends_at=now + timedelta(hours=1)),
            Appeal.objects.create(placement="top", headline="Give", button="Give"),
            Pledge.objects.create(subscription_id="sub_1"),
            OutgoingMail.objects.create(kind="thanks", about="1", supporter=supporter),
            StripeEvent.objects.create(id="evt_1", type="ping"),
            LedgerEntry.objects.create(
                kind="charge",
                currency="EUR",
                amount_minor=1,
                stripe_id="ch_1",
                occurred_at=now,
            ),
            CurrencyRule.objects.get(pk="EUR"),
            User.objects.create_user("somebody"),
            Group.objects.first(),
        ]
        self.by_model = {type(record): record.pk for record in made}

    def address(self, route: str) -> str:
        """An address of this route that is about one of these records."""
        words = {
            "<int:number>": self.number_for(route),
            "<int:note>": self.note.pk,
            "<int:revision>": self.revision.pk,
            "<int:entry_number>": self.entry.pk,
            "<int:correction_number>": self.correction.pk,
            "<uuid:link>": self.link.pk,
            "<uuid:reference>": self.contribution.pk,
            "<path:content_type_id>": ContentType.objects.get_for_model(type(self.story)).pk,
            "<path:object_id>": self.key_for(route),
            "<id>": self.by_model[User],
            "<int:pk>": 1,
            "<path:rest>": "nothing",
            "^(?P<app_label>auth|donations|articles|procrastinate)/$": "articles/",
            "(?P<url>.*)$": "nothing",
        }
        for word, value in words.items():
            route = route.replace(word, str(value))
        return f"/{route}"

    def number_for(self, route: str) -> Any:
        if "/supporter/" in route:
            return self.supporter.pk
        return self.key_for(route)

    def key_for(self, route: str) -> Any:
        """The key of the record of the model that a route names."""
        parts = route.split("/")
        try:
            model = apps.get_model(parts[1], parts[2])
        except (LookupError, IndexError):
            return self.story.pk
        if model in self.by_model:
            return str(self.by_model[model]).replace("_", "_5F")
        found = model._default_manager.first()
        return found.pk if found else 1


def sign_in(client: Client, column: str, records: Records) -> None:
    match column:
        case "nobody":
            return
        case "reader":
            user = User.objects.create_user("reader")
        case "superuser":
            user = User.objects.create_superuser("chief")
        case "Reporter of the story":
            user = make_user("owner", "Reporter")
            article = records.story.article
            article.created_by = user
            article.save(update_fields=["created_by"])
        case role:
            user = make_user("somebody-else", role)
    client.force_login(user)


def gets_in(client: Client, method: str, address: str) -> bool:
    """Whether the desk does more than refuse; whatever it did is taken back."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = client.generic(method, address, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    client.cookies = cookies
    assert response.status_code < 500, (method, address)
    is_sent_to_sign_in = "/login/?next=" in response.get("Location", "")
    return response.status_code not in OUT and not is_sent_to_sign_in
