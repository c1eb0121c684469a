import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from articles import images, photo_metadata
from articles.credit import credit_of
from articles.storage import delete_after_commit, removed_on_failure

from .licence import ATTRIBUTION
from .photo_lists import NO_CREDIT, SEARCHED, PhotoQuerySet, words_of
from .rendition import MODERN_FORMATS, Rendition, SizesDescriptor


def originals() -> Storage:
    """Where the files that came in are kept; no address leads there."""
    return storages["originals"]


IS_CREATIVE_COMMONS = models.Func(
    "licence",
    models.Value(ATTRIBUTION),
    function="starts_with",
    output_field=models.BooleanField(),
)


def content_hash_of(file: Any) -> str:
    """What two files have in common only when they are the same to the last byte."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Recipe:
    """What the sized copies of a photo are made from; other copies are needed when it changes."""

    content_hash: str
    focal: tuple[float, float]
    attribution: images.Attribution


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
    copyright_notice = models.CharField(
        _("copyright notice"),
        max_length=200,
        blank=True,
        help_text=_("As the file has it: “© 2026 …”."),
    )
    keywords = ArrayField(
        models.CharField(max_length=64), verbose_name=_("keywords"), default=list, blank=True
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
    file_says = models.JSONField(default=dict, blank=True, editable=False)  # `photo_metadata.Told`.
    searched = models.TextField(blank=True, editable=False)  # The words it is found by.

    copies_at = ""  # Set where its sized copies have another address: in a shared preview.

    objects = PhotoQuerySet.as_manager()
    sizes = SizesDescriptor()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        indexes = [
            models.Index(
                name="photo_rights_begin",
                fields=["usable_from"],
                condition=models.Q(usable_from__isnull=False),
            ),
            models.Index(
                name="photo_rights_end",
                fields=["usable_until"],
                condition=models.Q(usable_until__isnull=False),
            ),
            models.Index(name="photo_without_credit", fields=["-id"], condition=NO_CREDIT),
            models.Index(
                name="photo_agency", fields=["agency", "-id"], condition=~models.Q(agency="")
            ),
            # Without a list of entries still to be sorted in: it would be read by every search.
            GinIndex(SEARCHED, name="photo_searched", fastupdate=False),
        ]
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
                self.searched = self._words_to_find_it_by()
                if kwargs.get("update_fields") is not None:
                    kwargs["update_fields"] = {*kwargs["update_fields"], "searched"}
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
        self.content_hash = content_hash_of(upload)
        self.file_says = photo_metadata.read(upload)
        self.width_px, self.height_px = source.width_px, source.height_px
        # The name it came with may say more than its sender wants known.
        self.original.save(f"{token_hex(12)}.{source.extension}", upload, save=False)
        written.append((self.original.storage, str(self.original.name)))

    def _words_to_find_it_by(self) -> str:
        texts = [self.title, self.caption, self.alt, self.creator, self.agency, *self.keywords]
        return " ".join(dict.fromkeys(words_of(" ".join(texts))))

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

    def make_sharing_rendition(self) -> None:
        """Make the copy for links elsewhere, unless it exists: photos taken in before have none.

        Like `make_modern_renditions`, it keeps nothing if the photo is changed meanwhile.
        """
        if self._has_sharing_rendition:
            return
        with self.original.open() as file:
            source = images.read(file)
        recipe = self.recipe
        copies = list(
            images.sized_copies(
                source,
                recipe.focal,
                [Rendition.Format.JPEG],
                recipe.attribution,
                crops=[Rendition.Crop.SHARE],
            )
        )
        with removed_on_failure() as written, transaction.atomic():
            now = self._locked()
            if now and now.recipe == recipe and not now._has_sharing_rendition:
                now._add_renditions(copies, written)

    @property
    def _has_sharing_rendition(self) -> bool:
        return self.renditions.filter(crop=Rendition.Crop.SHARE).exists()

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

    @cached_property
    def is_published(self) -> bool:
        """Whether a story was published with it; asked once, for a form asks many times."""
        return self.publication_uses.exists()

    @property
    def is_usable(self) -> bool:
        now = timezone.now()
        return (self.usable_from is None or self.usable_from <= now) and (
            self.usable_until is None or self.usable_until > now
        )


@receiver(post_delete, sender=Photo)
@receiver(post_delete, sender=Rendition)
def delete_file_of(instance: Photo | Rendition, **kwargs: Any) -> None:
    """A file goes with its row, whichever way the row is deleted."""
    delete_after_commit(instance.original if isinstance(instance, Photo) else instance.file)
