"""Files that are there whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from secrets import token_hex

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from django.db import transaction
from django.db.models.fields.files import FieldFile


class WholeFileStorage(FileSystemStorage):
    """Write beside the final name first, so that a full disk leaves no truncated file under it."""

    def _save(self, name: str, content: File) -> str:
        unfinished = f"{name}.{token_hex(4)}.part"
        try:
            super()._save(unfinished, content)  # type: ignore[misc]
            final = self.get_available_name(name)
            Path(self.path(unfinished)).rename(self.path(final))
        except BaseException:
            Path(self.path(unfinished)).unlink(missing_ok=True)
            raise
        return final


@contextmanager
def removed_on_failure() -> Iterator[list[tuple[Storage, str]]]:
    """Files noted in the list this gives are deleted again if the block raises."""
    written: list[tuple[Storage, str]] = []
    try:
        yield written
    except BaseException:
        for storage, name in written:
            storage.delete(name)
        raise


def delete_after_commit(file: FieldFile) -> None:
    """Delete a stored file as soon as nothing can bring its row back."""
    if file.name:
        transaction.on_commit(partial(file.storage.delete, file.name), robust=True)
