import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from secrets import token_hex
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from articles import images
from articles.credit import credit_of
from articles.storage import removed_on_failure

from .licence import ATTRIBUTION


def originals() -> Storage:
    return storages["originals"]


IS_CREATIVE_COMMONS = models.Func(
    "licence",
    models.Value(ATTRIBUTION),
    function="starts_with",
    output_field=models.BooleanField(),
)


@dataclass(frozen=True)
class Recipe:
    """What the sized copies of a photo are made from; other copies are needed when it changes."""

    content_hash: str
    focal: tuple[float, float]
    attribution: images.Attribution


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
            models.Q(pk__in=uses.values("photo")) | models.Q(pk__in=bylines.values("author__photo"))
        )


class Photo(models.Model):
    """A picture of the library with its attribution; readers only ever get sized copies of it."""

    original = models.FileField(_("picture"), storage=originals, upload_to="%Y/%m/", max_length=200)
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

    def clean(self) -> None:
        """Refuse a new original that cannot be taken in; raises ValidationError for it."""
        if self._has_new_original:
            try:
                images.read(self.original)
            except ValidationError as refusal:
                raise ValidationError({"original": refusal.messages}) from None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new original with its facts, and make new copies where the old are wrong.

        The JPEG sizes are there when this returns, AVIF and WebP follow by a task. Raises
        ValidationError for an original that `clean` would have refused. If it fails, no file
        stays behind; if the transaction round it does, `articles.tasks.remove_stray_files`
        finds the files.
        """
        upload = self.original.file if self._has_new_original else None
        source = images.read(self.original) if upload else None
        try:
            with removed_on_failure() as written, transaction.atomic():
                before = self._locked()
                if upload and source:
                    self._store_original(upload, source, written)
                super().save(*args, **kwargs)
                if upload and before:
                    delete_after_commit(before.original)
                after = self._locked()
                if after and (before is None or before.recipe != after.recipe):
                    after._make_jpeg_renditions(source, written)
        except BaseException:
            if upload:
                self.original = upload  # Not stored after all; a second attempt may succeed.
            raise

    @property
    def _has_new_original(self) -> bool:
        return bool(self.original) and not self.original._committed  # type: ignore[attr-defined]

    def _locked(self) -> "Photo | None":
        """This photo as it is in the database, locked until the transaction ends."""
        rows = Photo.objects.select_for_update(of=("self",), no_key=True)
        return rows.select_related("licence").filter(pk=self.pk).first()

    def _store_original(
        self, upload: Any, source: images.Source, written: list[tuple[Storage, str]]
    ) -> None:
        upload.seek(0)
        self.content_hash = hashlib.file_digest(upload, "sha256").hexdigest()
        self.width_px, self.height_px = source.width_px, source.height_px
        # The name it came with may say more than its sender wants known.
        self.original.save(f"{token_hex(12)}.{source.extension}", upload, save=False)
        written.append((self.original.storage, str(self.original.name)))

    @property
    def recipe(self) -> Recipe:
        credit = replace(credit_of(self), caption="")
        return Recipe(
            content_hash=self.content_hash,
            focal=(self.focal_x, self.focal_y),
            attribution=images.Attribution(
                creator=self.creator,
                credit=credit.agents_text,
                rights=str(credit),
                licence_url=credit.licence_url,
            ),
        )

    def _make_jpeg_renditions(
        self, source: images.Source | None, written: list[tuple[Storage, str]]
    ) -> None:
        """Replace all renditions by JPEGs made now, and order the other formats."""
        if source is None:
            with self.original.open() as file:
                source = images.read(file)
        self.renditions.all().delete()
        self._add_renditions(self._sized_copies(source, [Rendition.Format.JPEG]), written)
        task = app.configure_task(
            "articles.tasks.make_modern_renditions", lock=f"photo-{self.pk}", queue="pictures"
        )
        task.defer(photo_id=self.pk)

    def make_modern_renditions(self) -> None:
        """Make the AVIF and WebP sizes of the photo as it is stored, unless they exist.

        Takes seconds, and holds no lock while it computes: if the photo is changed or deleted
        meanwhile, nothing is kept, for that change has ordered its own.
        """
        photo = Photo.objects.select_related("licence").filter(pk=self.pk).first()
        if photo is None or photo._has_modern_renditions:
            return
        try:
            with photo.original.open() as file:
                source = images.read(file)
        except FileNotFoundError:
            if Photo.objects.filter(pk=self.pk, original=photo.original.name).exists():
                raise
            return
        copies = list(photo._sized_copies(source, MODERN_FORMATS))
        with removed_on_failure() as written, transaction.atomic():
            now = photo._locked()
            if now and now.recipe == photo.recipe and not now._has_modern_renditions:
                now._add_renditions(copies, written)

    @property
    def _has_modern_renditions(self) -> bool:
        return self.renditions.filter(format__in=MODERN_FORMATS).exists()

    def _sized_copies(
        self, source: images.Source, formats: Iterable[str]
    ) -> Iterable[images.SizedCopy]:
        recipe = self.recipe
        return images.sized_copies(source, recipe.focal, formats, recipe.attribution)

    def _add_renditions(
        self, copies: Iterable[images.SizedCopy], written: list[tuple[Storage, str]]
    ) -> None:
        rows = []
        for copy in copies:
            mark = hashlib.sha256(copy.content).hexdigest()[:12]
            extension = "jpg" if copy.format == Rendition.Format.JPEG else copy.format
            name = f"{self.pk}/{copy.crop}-{copy.width_px}-{mark}.{extension}"
            name = default_storage.save(name, ContentFile(copy.content))
            written.append((default_storage, name))
            rows.append(
                Rendition(
                    photo=self,
                    crop=copy.crop,
                    format=copy.format,
                    width_px=copy.width_px,
                    height_px=copy.height_px,
                    file=name,
                    size_bytes=len(copy.content),
                )
            )
        Rendition.objects.bulk_create(rows)

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


MODERN_FORMATS = [Rendition.Format.AVIF, Rendition.Format.WEBP]


def delete_after_commit(file: models.fields.files.FieldFile) -> None:
    """Delete a stored file as soon as nothing can bring its row back."""
    if file.name:
        transaction.on_commit(partial(file.storage.delete, file.name), robust=True)


@receiver(post_delete, sender=Photo)
@receiver(post_delete, sender=Rendition)
def delete_file_of(instance: Photo | Rendition, **kwargs: Any) -> None:
    """A file goes with its row, whichever way the row is deleted."""
    delete_after_commit(instance.original if isinstance(instance, Photo) else instance.file)
