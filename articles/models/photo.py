from typing import Self

from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def originals() -> Storage:
    return storages["originals"]


IS_CREATIVE_COMMONS = models.Func(
    "licence",
    models.Value("CC BY"),
    function="starts_with",
    output_field=models.BooleanField(),
)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def usable(self) -> Self:
        """Photos whose rights are in force now."""
        now = timezone.now()
        return self.filter(
            models.Q(usable_from=None) | models.Q(usable_from__lte=now),
            models.Q(usable_until=None) | models.Q(usable_until__gt=now),
        )

    def public(self) -> Self:
        """Photos a reader may see now: in use, with rights in force, in a visible story.

        Photos of authors count while a visible story bears the author's name.
        """
        from .publication import Publication, PublicationByline, PublicationPhoto

        visible = Publication.objects.visible().values("pk")
        uses = PublicationPhoto.objects.filter(publication__in=visible)
        bylines = PublicationByline.objects.filter(publication__in=visible)
        return self.usable().filter(
            models.Q(pk__in=uses.values("photo"))
            | models.Q(pk__in=bylines.values("author__photo"))
        )


class Photo(models.Model):
    """A picture of the library with its attribution; readers only ever get sized copies of it."""

    original = models.FileField(
        _("picture"), storage=originals, upload_to="%Y/%m/", max_length=200
    )
    width_px = models.PositiveIntegerField(_("width"), editable=False)
    height_px = models.PositiveIntegerField(_("height"), editable=False)
    content_hash = models.CharField(_("content hash"), max_length=64, editable=False, db_index=True)
    focal_x = models.FloatField(
        _("focal point from the left"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("0 is the left edge, 1 the right one; crops keep this point."),
    )
    focal_y = models.FloatField(
        _("focal point from the top"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("0 is the upper edge, 1 the lower one."),
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    caption = models.TextField(_("caption"), max_length=600, blank=True)
    alt = models.CharField(
        _("alt text"),
        max_length=300,
        blank=True,
        help_text=_("What is to be seen, for those who do not see it."),
    )
    creator = models.CharField(_("creator"), max_length=120, blank=True)
    creator_url = models.URLField(_("creator's address"), max_length=500, blank=True)
    agency = models.CharField(
        _("agency"), max_length=120, blank=True, help_text=_("Several with a stroke: “AP / TASS”.")
    )
    source_url = models.URLField(
        _("source"), max_length=500, blank=True, help_text=_("Where the picture was found.")
    )
    licence = models.ForeignKey(
        "articles.Licence", models.PROTECT, null=True, blank=True, verbose_name=_("licence")
    )
    restrictions = models.TextField(
        _("restrictions"), blank=True, help_text=_("For the desk; never printed.")
    )
    usable_from = models.DateTimeField(_("usable from"), null=True, blank=True)
    usable_until = models.DateTimeField(_("usable until"), null=True, blank=True)
    modification = models.CharField(
        _("modification"),
        max_length=200,
        blank=True,
        help_text=_("What was changed, where the licence wants it said: “Cropped”."),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.CheckConstraint(
                name="photo_cc_by_has_creator_and_source",
                condition=~models.Q(IS_CREATIVE_COMMONS)
                | models.Q(licence=None)
                | (~models.Q(creator="") & ~models.Q(source_url="")),
                violation_error_message=_(
                    "Creative Commons licences demand attribution:"
                    " fill in the creator and the source."
                ),
            ),
            models.CheckConstraint(
                name="photo_focal_point_is_inside",
                condition=models.Q(focal_x__gte=0, focal_x__lte=1, focal_y__gte=0, focal_y__lte=1),
                violation_error_message=_("The focal point lies between 0 and 1 both ways."),
            ),
            models.CheckConstraint(
                name="photo_rights_begin_before_they_end",
                condition=models.Q(usable_from=None)
                | models.Q(usable_until=None)
                | models.Q(usable_from__lt=models.F("usable_until")),
                violation_error_message=_("The rights must begin before they end."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.caption or f"{_('photo')} {self.pk}"

    @property
    def is_usable(self) -> bool:
        now = timezone.now()
        return (self.usable_from is None or self.usable_from <= now) and (
            self.usable_until is None or self.usable_until > now
        )


class Rendition(models.Model):
    """One sized copy of a photo; its file's name carries a hash of its content."""

    class Crop(models.TextChoices):
        FULL = "full", _("uncropped")
        CARD = "card", _("3:2 round the focal point")
        SQUARE = "square", _("square round the focal point")

    class Format(models.TextChoices):
        AVIF = "avif"
        WEBP = "webp"
        JPEG = "jpeg"

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="renditions")
    crop = models.CharField(max_length=6, choices=Crop)
    format = models.CharField(max_length=4, choices=Format)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    file = models.FileField(max_length=200)
    size_bytes = models.PositiveIntegerField()

    class Meta:
        ordering = ["photo", "crop", "format", "width_px"]
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints = [
            models.UniqueConstraint(
                name="rendition_exists_once", fields=["photo", "crop", "format", "width_px"]
            )
        ]

    def __str__(self) -> str:
        return self.file.name or ""
