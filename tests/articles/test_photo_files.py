"""The files of a photo: when they come, when they go."""

import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.management import call_command
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import Photo, Rendition
from articles.storage import WholeFileStorage
from articles.tasks import make_modern_renditions
from tests.factories import jpeg, make_photo, make_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    """The files there are now, as names below the test's folder."""
    return lambda: {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}


def names(photo: Photo) -> set[str]:
    """The files that the rows of `photo` name."""
    return {f"originals/{photo.original.name}"} | {
        f"media/{rendition.file.name}" for rendition in photo.renditions.all()
    }


def test_the_jpeg_sizes_are_there_after_the_upload():
    photo = make_photo()
    assert {(each.crop, each.format) for each in photo.renditions.all()} == {
        ("full", "jpeg"),
        ("card", "jpeg"),
        ("square", "jpeg"),
        ("share", "jpeg"),
    }
    for rendition in photo.renditions.all():
        assert rendition.size_bytes == rendition.file.size


def test_the_other_formats_are_ordered_with_the_upload():
    photo = make_photo()
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == (
        "articles.tasks.make_modern_renditions",
        {"photo_id": photo.pk},
    )


def test_a_name_tells_no_caption_and_changes_with_the_content(settings):
    photo = make_photo(caption="Secret meeting")
    before = {rendition.file.name for rendition in photo.renditions.all()}
    assert not any("secret" in name.lower() for name in before)
    photo.creator = "Somebody Else"
    photo.save()
    assert before.isdisjoint(rendition.file.name for rendition in photo.renditions.all())


def test_the_task_makes_every_format_in_the_sizes_of_the_jpegs():
    photo = make_photo()
    make_modern_renditions(photo.pk)
    sizes = {}
    for each in photo.renditions.all():
        sizes.setdefault(each.format, set()).add((each.crop, each.width_px, each.height_px))
    on_pages = {size for size in sizes["jpeg"] if size[0] != "share"}
    assert sizes["avif"] == sizes["webp"] == on_pages


def test_the_task_does_nothing_the_second_time(files):
    photo = make_photo()
    make_modern_renditions(photo.pk)
    before = files()
    make_modern_renditions(photo.pk)
    assert files() == before == names(photo)


def test_the_task_bears_that_the_photo_is_gone():
    photo = make_photo()
    number = photo.pk
    photo.delete()
    make_modern_renditions(number)
    assert not Rendition.objects.exists()


@pytest.mark.parametrize("change", ["focal point", "deletion"])
def test_work_on_a_photo_that_changed_meanwhile_is_thrown_away(change, files, monkeypatch):
    photo = make_photo(content=jpeg(90, 40))
    copies = Photo._sized_copies

    def slow_copies(self, source, formats):
        yield from copies(self, source, formats)
        if "avif" not in formats:
            return
        other = Photo.objects.get(pk=photo.pk)
        if change == "deletion":
            other.delete()
        else:
            Photo.objects.filter(pk=other.pk).update(focal_x=0.1)

    monkeypatch.setattr(Photo, "_sized_copies", slow_copies)
    photo.make_modern_renditions()
    assert not Rendition.objects.exclude(format="jpeg").exists()
    assert not [name for name in files() if name.endswith((".avif", ".webp"))]


def test_a_lost_original_is_an_error_while_the_photo_exists():
    photo = make_photo()
    Path(photo.original.path).unlink()
    with pytest.raises(FileNotFoundError):
        make_modern_renditions(photo.pk)


@pytest.mark.parametrize(
    ("field", "value"),
    [("focal_x", 0.1), ("creator", "Somebody Else"), ("agency", "AP"), ("licence_id", "CC BY 2.0")],
)
def test_old_copies_go_when_new_ones_are_needed(
    field, value, files, django_capture_on_commit_callbacks
):
    photo = make_photo(content=jpeg(90, 40))
    photo.make_modern_renditions()
    old = names(photo)
    with django_capture_on_commit_callbacks(execute=True):
        setattr(photo, field, value)
        photo.save()
        assert old <= files()  # Still there: the transaction may fail.
    assert files() == names(photo)
    assert {each.format for each in photo.renditions.all()} == {"jpeg"}
    assert ProcrastinateJob.objects.count() == 2


def test_a_change_that_copies_do_not_show_leaves_them_alone(files):
    photo = make_photo()
    photo.make_modern_renditions()
    before = files()
    photo.alt = "Another text"
    photo.caption = "Another caption"
    photo.save()
    assert files() == before == names(photo)
    assert ProcrastinateJob.objects.count() == 1


def test_a_new_original_takes_the_place_of_the_old(files, django_capture_on_commit_callbacks):
    photo = make_photo(content=jpeg(60, 40))
    with django_capture_on_commit_callbacks(execute=True):
        photo.original = SimpleUploadedFile("new.jpg", jpeg(30, 30, "red"))
        photo.save()
    assert (photo.width_px, photo.height_px) == (30, 30)
    assert files() == names(photo)


def test_the_same_picture_uploaded_again_changes_no_copy(files, django_capture_on_commit_callbacks):
    photo = make_photo()
    before = {rendition.file.name for rendition in photo.renditions.all()}
    with django_capture_on_commit_callbacks(execute=True):
        photo.original = SimpleUploadedFile("again.jpg", jpeg())
        photo.save()
    assert {rendition.file.name for rendition in photo.renditions.all()} == before
    assert files() == names(photo)


def test_a_large_upload_is_moved_from_where_it_waits(files):
    upload = TemporaryUploadedFile("large.jpg", "image/jpeg", len(jpeg()), None)
    upload.write(jpeg())
    photo = Photo(original=upload, alt="A boat")
    photo.full_clean()
    photo.save()
    upload.close()
    assert files() == names(photo)


@pytest.mark.parametrize("delete", [Photo.delete, lambda photo: Photo.objects.all().delete()])
def test_files_go_with_their_photo(delete, files, django_capture_on_commit_callbacks):
    photo = make_photo()
    photo.make_modern_renditions()
    with django_capture_on_commit_callbacks(execute=True):
        delete(photo)
        assert files()
    assert files() == set()


def test_a_photo_in_use_cannot_be_deleted(files):
    from django.db.models import ProtectedError

    photo = make_photo()
    make_publication(lead_photo=photo)
    with pytest.raises(ProtectedError):
        photo.delete()
    assert files() == names(photo)


@pytest.fixture
def no_jobs_left():
    """procrastinate's tables are not flushed after a test that commits."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_jobs_left")
def test_two_workers_at_once_make_one_set_of_copies(files):
    photo = make_photo(content=jpeg(300, 200))

    def work(_number: int) -> None:
        try:
            make_modern_renditions(photo.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert photo.renditions.filter(format="avif", crop="card").count() == 1
    assert files() == names(photo)


class TestStrayFiles:
    def age(self, path: Path, hours: int) -> None:
        moment = time.time() - hours * 3600
        os.utime(path, (moment, moment))

    def test_of_a_failed_transaction_are_removed_after_a_day(self, files, tmp_path):
        kept = make_photo()
        with transaction.atomic():
            make_photo()
            transaction.set_rollback(True)
        stray = files() - names(kept)
        assert stray

        call_command("remove_stray_files")
        assert files() == names(kept) | stray
        for path in tmp_path.rglob("*.*"):
            self.age(path, 25)
        call_command("remove_stray_files")
        assert files() == names(kept)

    def test_nothing_to_remove_where_nothing_was_ever_stored(self):
        call_command("remove_stray_files")


class TestWholeFiles:
    class FullDisk(io.BytesIO):
        """Content that ends in an error after some bytes were written."""

        def chunks(self, *args):
            yield b"some bytes"
            raise OSError(28, "No space left on device")

    def test_a_full_disk_leaves_nothing(self, tmp_path):
        storage = WholeFileStorage(tmp_path)
        content = ContentFile(b"")
        content.chunks = self.FullDisk().chunks
        with pytest.raises(OSError, match="No space left"):
            storage.save("folder/picture.jpg", content)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_the_stock_storage_would_leave_a_truncated_file(self, tmp_path):
        content = ContentFile(b"")
        content.chunks = self.FullDisk().chunks
        with pytest.raises(OSError, match="No space left"):
            FileSystemStorage(tmp_path).save("picture.jpg", content)
        assert (tmp_path / "picture.jpg").exists()

    def test_a_name_that_is_taken_stays_as_it_is(self, tmp_path):
        storage = WholeFileStorage(tmp_path)
        assert storage.save("a.jpg", ContentFile(b"first")) == "a.jpg"
        second = storage.save("a.jpg", ContentFile(b"second"))
        assert second != "a.jpg"
        assert storage.open("a.jpg").read() == b"first"
        assert storage.open(second).read() == b"second"
        assert len(list(tmp_path.iterdir())) == 2


def test_sized_copies_are_stored_whole_too():
    assert isinstance(default_storage, WholeFileStorage)
    assert isinstance(Photo.original.field.storage, WholeFileStorage)
