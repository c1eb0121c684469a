from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from articles.markup import photo_ids


class RevisionQuerySet(models.QuerySet["Revision"]):
    def for_lists(self) -> Self:
        """Load what a list shows of each version; its text stays where it is."""
        return self.defer("snapshot").select_related("by")

    def before(self, revision: "Revision") -> "Revision | None":
        """The version of the same story that came before this one."""
        return self.filter(article=revision.article_id, pk__lt=revision.pk).first()


class Revision(models.Model):
    """How a story stood at one moment of its history; only its name may change afterwards."""

    class Action(models.TextChoices):
        SAVED = "saved", _("Saved")
        SUBMITTED = "submitted", _("Submitted for review")
        CHANGES_ASKED = "changes_asked", _("Changes asked for")
        APPROVED = "approved", _("Approved")
        ASSIGNED = "assigned", _("Assigned")
        PUBLISHED = "published", _("Published")
        SCHEDULED = "scheduled", _("Scheduled")
        UNSCHEDULED = "unscheduled", _("Unscheduled")
        CHANGES_PUBLISHED = "changes", _("Changes published")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REINSTATED = "reinstated", _("Reinstated")
        IMPORTED = "imported", _("Imported")
        RESTORED = "restored", _("Restored")
        CORRECTED = "corrected", _("Correction added")
        CORRECTION_TAKEN_BACK = "taken_back", _("Correction taken back")
        ENTRY_PUBLISHED = "entry", _("Live entry published")
        ENTRY_CHANGED = "entry_changed", _("Live entry changed")
        ENTRY_TAKEN_DOWN = "entry_down", _("Live entry taken down")

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="revisions", verbose_name=_("story")
    )
    recorded_at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    action = models.CharField(_("action"), max_length=13, choices=Action)
    name = models.CharField(_("name of this version"), max_length=80, blank=True)
    note = models.TextField(_("note"), blank=True)
    snapshot = models.JSONField(_("snapshot"), encoder=DjangoJSONEncoder)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("revision")
        verbose_name_plural = _("history")

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.recorded_at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A revision is never changed.")
        super().save(*args, **kwargs)

    def give_name(self, name: str) -> None:
        """Call this version `name` from now on; with an empty one it has no name."""
        Revision.objects.filter(pk=self.pk).update(name=name)
        self.name = name

    def photo_ids(self) -> list[int]:
        """The photos this text shows: the lead photo and those of the body."""
        fields = self.snapshot.get("fields", {})
        lead = fields.get("lead_photo")
        return list(dict.fromkeys([*([lead] if lead else []), *photo_ids(fields.get("body", ""))]))


def told_of(revision: Revision) -> str:
    """Which version it is, for the note of a later one."""
    when = date_format(timezone.localtime(revision.recorded_at), "DATETIME_FORMAT")
    if revision.name:
        return _now("Version of %(when)s, “%(name)s”") % {"when": when, "name": revision.name}
    return _now("Version of %(when)s") % {"when": when}
