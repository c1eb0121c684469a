import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .revision import Revision


DAYS = (1, 3, 7, 30)
DEFAULT_DAYS = 3


def _signer() -> signing.Signer:
    return signing.Signer(salt="articles.preview_link", sep=".")


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def open(self) -> Self:
        """Links that open something now.

        They close with the account of who made them, and when the story is withdrawn.
        """
        withdrawn = Q(revision__article__publication__withdrawn_at__gt=F("made_at"))
        return self.exclude(withdrawn).filter(
            revoked_at=None,
            expires_at__gt=timezone.now(),
            made_by__is_active=True,
            made_by__is_staff=True,
        )

    def opened_by(self, token: str) -> "PreviewLink | None":
        """The open link, with its version, that the end of an address stands for."""
        try:
            number = uuid.UUID(_signer().unsign(token))
        except (signing.BadSignature, ValueError):
            return None
        return self.open().select_related("revision").filter(pk=number).first()

    def make(self, revision: "Revision", *, by: User, days: int = DEFAULT_DAYS) -> "PreviewLink":
        """A new link to one version. Raises ValueError for days that are not among `DAYS`."""
        if days not in DAYS:
            raise ValueError(f"A link is open for {DAYS} days, not for {days}.")
        ends = timezone.now() + timedelta(days=days)
        return self.create(revision=revision, made_by=by, expires_at=ends)


class PreviewLink(models.Model):
    """An address under which whoever has it may read one version of a story.

    The address holds this id, signed: the table alone opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.ForeignKey("articles.Revision", models.CASCADE, related_name="preview_links")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    views = models.PositiveIntegerField(_("views"), default=0)
    last_viewed_at = models.DateTimeField(_("last viewed"), null=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"  # Never the id: it opens the preview.

    @property
    def token(self) -> str:
        return _signer().sign(self.pk.hex)

    def get_absolute_url(self) -> str:
        with translation.override(settings.LANGUAGE_CODE):
            return reverse("articles:shared_preview", args=[self.token])

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def revoke(self) -> None:
        """Open nothing from now on; a link that was revoked before stays as it is."""
        PreviewLink.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
        self.refresh_from_db(fields=["revoked_at"])

    def count_view(self) -> None:
        PreviewLink.objects.filter(pk=self.pk).update(
            views=F("views") + 1, last_viewed_at=timezone.now()
        )
