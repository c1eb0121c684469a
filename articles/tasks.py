"""What the worker does for articles: files that nobody has to wait for, and tidying."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import Storage
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles.models import FrontPageSlot, Photo, Rendition


@app.task(queue="pictures", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def make_modern_renditions(photo_id: int) -> None:
    """Make the AVIF and WebP sizes of a photo; harmless when repeated or when it is gone."""
    photo = Photo.objects.filter(pk=photo_id).first()
    if photo is not None:
        photo.make_modern_renditions()


@app.periodic(cron="20 3 * * *")
@app.task(queue="housekeeping", queueing_lock="remove_stray_files")
def remove_stray_files(timestamp: int = 0) -> None:
    """Delete pictures that no row names; `manage.py remove_stray_files` does the same.

    A transaction that fails after a photo was saved in it leaves such files, a process that was
    killed half-written ones. Those of the last day are left alone: their row may be on its way.
    """
    yesterday = timezone.now() - timedelta(days=1)
    for field in (Photo.original.field, Rendition.file.field):
        storage = field.storage
        known = set(field.model._default_manager.values_list(field.name, flat=True).iterator())
        for name in _files_in(storage):
            if name not in known and storage.get_modified_time(name) < yesterday:
                storage.delete(name)


@app.periodic(cron="30 3 * * *")
@app.task(queue="housekeeping", queueing_lock="forget_ended_slots")
def forget_ended_slots(timestamp: int = 0) -> None:
    """Take from the list of the front page what is pinned there no longer."""
    FrontPageSlot.objects.forget_ended()


def _files_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """The names of all files in `folder` and below."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    for name in files:
        yield f"{prefix}{name}"
    for name in folders:
        yield from _files_in(storage, f"{prefix}{name}")
