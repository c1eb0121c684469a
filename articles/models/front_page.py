"""What the desk pins to the top of the front page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .publication import PublicationQuerySet

ARRANGING = 1_748_219_467  # The number of an advisory lock.


class ArrangedMeanwhile(Exception):
    """Somebody else arranged the front page after this order was begun."""


@dataclass(frozen=True)
class Pin:
    """A story that is to stand at the top, and until when."""

    number: int
    until: datetime | None = None


class FrontPageSlotQuerySet(models.QuerySet["FrontPageSlot"]):
    def current(self) -> Self:
        return self.filter(models.Q(until=None) | models.Q(until__gt=timezone.now()))

    def showing(self, stories: "PublicationQuerySet") -> Self:
        """Those of which one of `stories` is pinned now."""
        return self.current().filter(picked__publication__in=stories)

    def arrange(self, pins: Sequence[Pin], *, begun_with: str) -> None:
        """Pin these stories, in this order, instead of all that are pinned.

        Raises ArrangedMeanwhile where `begun_with` is not the version that stands.
        """
        with transaction.atomic():
            # Rows alone do not do: an empty front page has none that could be locked.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ARRANGING])
            slots = list(self.select_for_update(of=["self"]))
            if version_of(slots) != begun_with:
                raise ArrangedMeanwhile
            known = {slot.picked_id: slot for slot in reversed(slots)}
            kept = set()
            for position, pin in enumerate({pin.number: pin for pin in pins}.values(), start=1):
                slot = known.get(pin.number) or FrontPageSlot(picked_id=pin.number)
                slot.position, slot.until = position, pin.until
                slot.save()
                kept.add(slot.pk)
            self.exclude(pk__in=kept).delete()

    def forget_ended(self) -> int:
        """Take away what is not pinned any more; how many that were."""
        return self.filter(until__lte=timezone.now()).delete()[0]


def version_of(slots: Sequence["FrontPageSlot"]) -> str:
    """A text that is another one when anything about the slots is."""
    rows = [f"{slot.picked_id} {slot.position} {slot.until}" for slot in slots]
    return sha256("\n".join(rows).encode()).hexdigest()[:20]


class FrontPageSlot(models.Model):
    """A story pinned to the top of the front page; it shows once and while readers may see it."""

    picked = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="+", verbose_name=_("story")
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=1, help_text=_("The lowest number is the lead.")
    )
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = FrontPageSlotQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("front page slot")
        verbose_name_plural = _("front page")

    def __str__(self) -> str:
        return str(self.picked)

    @property
    def has_ended(self) -> bool:
        return self.until is not None and self.until <= timezone.now()
