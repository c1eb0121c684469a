"""The small picture of a photo at the desk."""

from articles.models import Photo, Rendition

WIDTH_PX = 320


def thumbnail_of(photo: Photo) -> Rendition | None:
    """The smallest uncropped JPEG that is wide enough, or else the widest; None without sizes."""
    sizes = sorted(
        (
            size
            for size in photo.renditions.all()
            if (size.crop, size.format) == (Rendition.Crop.FULL, Rendition.Format.JPEG)
        ),
        key=lambda size: size.width_px,
    )
    wide_enough = [size for size in sizes if size.width_px >= WIDTH_PX]
    return wide_enough[0] if wide_enough else (sizes[-1] if sizes else None)


def thumbnail_url(photo: Photo) -> str:
    size = thumbnail_of(photo)
    return size.file.url if size else ""
