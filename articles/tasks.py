"""What the worker does for articles: files that nobody has to wait for, and tidying."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.files.storage import Storage
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles.crawlers import indexnow
from articles.models import FrontPageSlot, Outlet, Photo, Rendition
from articles.search.index import index_waiting

SOON = 5  # Before sized copies of pictures: somebody looks into their mailbox.
FOR_A_DAY = RetryStrategy(max_attempts=9, exponential_wait=3)

logger = logging.getLogger(__name__)


@app.task(queue="pictures", retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def make_modern_renditions(photo_id: int) -> None:
    """Make the AVIF and WebP sizes of a photo; harmless when repeated or when it is gone."""
    photo = Photo.objects.filter(pk=photo_id).first()
    if photo is not None:
        photo.make_modern_renditions()


@app.periodic(cron="10 3 * * *")
@app.task(queue="pictures", queueing_lock="make_sharing_renditions")
def make_sharing_renditions(timestamp: int = 0) -> None:
    """Give photos that were taken in before it was there the copy for links elsewhere.

    `manage.py make_sharing_renditions` does the same. It may be stopped and repeated at any time.
    """
    for photo in Photo.objects.without_sharing_rendition().iterator(chunk_size=100):
        try:
            photo.make_sharing_rendition()
        except (OSError, ValidationError) as problem:  # The others need theirs all the same.
            logger.warning("Photo %s gets no copy for links: %s", photo.pk, type(problem).__name__)


@app.periodic(cron="20 3 * * *")
@app.task(queue="housekeeping", queueing_lock="remove_stray_files")
def remove_stray_files(timestamp: int = 0) -> None:
    """Delete pictures that no row names; `manage.py remove_stray_files` does the same.

    A transaction that fails after a photo was saved in it leaves such files, a process that was
    killed half-written ones. Those of the last day are left alone: their row may be on its way.
    """
    yesterday = timezone.now() - timedelta(days=1)
    outlets = Outlet.objects.values_list("mark", "icons")
    marks = {mark for mark, _icons in outlets}
    icons = {name for _mark, icons in outlets for name in icons.values()}
    for field, others in ((Photo.original.field, marks), (Rendition.file.field, icons)):
        storage = field.storage
        rows = field.model._default_manager.values_list(field.name, flat=True)
        known = others.union(rows.iterator())
        for name in _files_in(storage):
            if name not in known and storage.get_modified_time(name) < yesterday:
                storage.delete(name)


@app.periodic(cron="30 3 * * *")
@app.task(queue="housekeeping", queueing_lock="forget_ended_slots")
def forget_ended_slots(timestamp: int = 0) -> None:
    """Take from the list of the front page what is pinned there no longer."""
    FrontPageSlot.objects.forget_ended()


@app.task(queue="mail", retry=FOR_A_DAY, priority=SOON)
def send_sign_up_mail(mail_id: int) -> None:
    """Answer somebody who asked for the newsletter, unless that was begun before."""
    from articles.newsletter import signing_up

    signing_up.hand_over(mail_id)


@app.task(queue="newsletter", retry=RetryStrategy(max_attempts=5, wait=60))
def send_newsletter(issue_id: int) -> None:
    """Send a batch of an issue; it orders the next one."""
    from articles.newsletter import sending

    sending.send_batch(issue_id)


@app.periodic(cron="* * * * *")
@app.task(queue="housekeeping", queueing_lock="go_on_with_newsletters")
def go_on_with_newsletters(timestamp: int = 0) -> None:
    """Go on with issues whose batch got lost; `manage.py send_newsletters` does the same."""
    from articles.newsletter import sending

    sending.go_on_with_lost()


@app.periodic(cron="35 3 * * *")
@app.task(queue="housekeeping", queueing_lock="tidy_newsletter")
def tidy_newsletter(timestamp: int = 0) -> None:
    """Forget what is kept of subscribers no longer; `manage.py tidy_newsletter` does the same."""
    from articles.newsletter import forgetting

    forgetting.tidy()


@app.periodic(cron="* * * * *")
@app.task(queue="housekeeping", queueing_lock="announce_changes")
def announce_changes(timestamp: int = 0) -> None:
    """Order that search engines be told of what readers see since the last time."""
    indexnow.announce_due()


@app.task(queue="announcements", retry=RetryStrategy(max_attempts=6, exponential_wait=6))
def tell_search_engine(engine: str, addresses: list[str]) -> None:
    """Tell one engine which addresses have changed; harmless when repeated."""
    indexnow.tell(engine, addresses)


@app.periodic(cron="* * * * *")
@app.task(queue="housekeeping", queueing_lock="index_changed_stories")
def index_changed_stories(timestamp: int = 0) -> None:
    """Let the search know of renamed tags and authors; `manage.py index_stories` does the same."""
    while index_waiting():
        pass


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
