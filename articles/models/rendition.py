from django.db import models
from django.utils.translation import gettext_lazy as _


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

    photo = models.ForeignKey("articles.Photo", models.CASCADE, related_name="renditions")
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
