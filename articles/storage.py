"""Files that are there whole or not at all."""

from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFileStorage(FileSystemStorage):
    """Write beside the final name first, so that a full disk leaves no truncated file under it."""

    def _save(self, name: str, content: File) -> str:
        partial = super()._save(f"{name}.part", content)
        final = self.get_available_name(name)
        Path(self.path(partial)).rename(self.path(final))
        return final
