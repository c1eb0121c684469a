import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .appeal import default_language
from .rules import Frequency


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def by_reference(self, reference: object) -> "Contribution | None":
        """The contribution Stripe calls `reference`; None for anything else, nonsense included."""
        try:
            return self.filter(pk=uuid.UUID(str(reference))).first()
        except ValueError:
            return None

    def of_form(self, form_id: str | None) -> "Contribution | None":
        """What the form of this id leads to, as it was sent last."""
        return self.filter(form_token=form_id).first() if form_id else None

    def of_session(self, session_id: str) -> "Contribution | None":
        """What a checkout at Stripe is for; None for anything else, nonsense included."""
        if not session_id or "\x00" in session_id:
            return None
        return self.filter(session_id=session_id).select_related("publication").first()

    def unfinished_with_person(self) -> Self:
        """Those that led to no payment, nor to one on its way, and still say whose they are."""
        return self.filter(UNFINISHED_WITH_PERSON)


# The names of states as they are kept: the class that lists them follows.
UNFINISHED_WITH_PERSON = Q(state__in=["started", "checkout", "expired", "failed"]) & ~Q(
    email="", name="", message=""
)


class Contribution(models.Model):
    """One way through checkout, from the form to paid, failed or expired."""

    class State(models.TextChoices):
        STARTED = "started", _("Started")
        CHECKOUT = "checkout", _("At checkout")
        PROCESSING = "processing", _("Processing")
        EXPIRED = "expired", _("Expired")
        FAILED = "failed", _("Failed")
        SUCCEEDED = "succeeded", _("Paid")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None once another contribution of the same form has replaced this one.
    form_token = models.CharField(max_length=64, null=True, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STARTED)
    frequency = models.CharField(_("frequency"), max_length=7, choices=Frequency)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.PositiveIntegerField(_("gift"))
    fee_cover_minor = models.PositiveIntegerField(_("for the fee"), default=0)
    total_minor = models.PositiveIntegerField(_("total"))
    publication = models.ForeignKey(
        "articles.Publication",
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("story it began on"),
    )
    appeal = models.ForeignKey(
        "donations.Appeal", models.SET_NULL, null=True, related_name="+", verbose_name=_("appeal")
    )
    language = models.CharField(_("language"), max_length=10, default=default_language)
    supporter = models.ForeignKey(
        "donations.Supporter", models.SET_NULL, null=True, related_name="contributions"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    session_id = models.CharField(max_length=255, null=True, unique=True, editable=False)
    checkout_url = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last step"), auto_now=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        permissions = [("refund_contribution", _("Can give contributions back"))]
        constraints = [
            models.CheckConstraint(
                name="contribution_total_is_gift_and_fee",
                condition=Q(total_minor=F("amount_minor") + F("fee_cover_minor")),
            ),
            models.CheckConstraint(
                name="contribution_is_not_nothing", condition=Q(amount_minor__gt=0)
            ),
        ]
        indexes = [
            models.Index(name="contribution_newest", fields=["-created_at"]),
            models.Index(
                name="contribution_unfinished",
                fields=["changed_at"],
                condition=UNFINISHED_WITH_PERSON,
            ),
            models.Index(
                name="contribution_failed", fields=["changed_at"], condition=Q(state="failed")
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def advance(self, state: State) -> bool:
        """Go to `state` unless a later one is reached already; whether this changed anything.

        Events come in any order, so a payment that succeeded stays succeeded.
        """
        earlier = STEPS[: STEPS.index(state)]
        changed = Contribution.objects.filter(pk=self.pk, state__in=earlier).update(
            state=state, changed_at=timezone.now()
        )
        if changed:
            self.state = state
        return bool(changed)


STEPS = list(Contribution.State)  # In the order in which they can follow each other.
