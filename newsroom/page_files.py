"""A cache of finished pages in files: shared by all processes of a machine, bounded in bytes."""

import logging
import os
import secrets
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

logger = logging.getLogger(__name__)

UNFINISHED_SECONDS = 60  # After that, whoever was writing was killed.


class PageFiles(BaseCache):
    """Bytes by key, one file for each; what was written longest ago goes when there is no room.

    Keys are hashes in hexadecimal, and so names of files. A file appears whole or not at all,
    whenever its writer is killed. A disk that is full or cannot be read makes pages slower, never
    wrong. Entries do not age; `timeout` is ignored.
    """

    written: Counter[str] = Counter()  # Bytes since this process last made room, by folder.
    making_room = threading.Lock()

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.folder = Path(location)
        self.maximum_bytes = int(params.get("OPTIONS", {})["MAX_BYTES"])

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            with open(self._path(key), "rb", buffering=0) as file:
                return file.read()
        except FileNotFoundError:
            return default
        except OSError as error:
            logger.warning("A stored page cannot be read: %s", error)
            return default

    def set(
        self,
        key: str,
        value: bytes,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        self._make_room(len(value))
        path = Path(self._path(key))
        unfinished = path.with_name(f".{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(value)
            unfinished.replace(path)
        except OSError as error:
            logger.warning("A page cannot be stored: %s", error)
            unfinished.unlink(missing_ok=True)

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            os.unlink(self._path(key))
        except OSError:
            return False
        return True

    def add(self, key: str, value: Any, timeout: Any = None, version: int | None = None) -> bool:
        raise NotImplementedError("Pages are set, whether they are there or not.")

    def clear(self) -> None:
        for _age, _size, path in self._files():
            Path(path).unlink(missing_ok=True)

    def _path(self, key: str) -> str:
        return f"{self.folder}/{key[:2]}/{key[2:]}"

    def _make_room(self, size: int) -> None:
        """Remove the oldest until a quarter is free, before a sixteenth more can have been written.

        So up to four processes keep within the limit together, and each looks through the folder
        rarely.
        """
        name = str(self.folder)
        with self.making_room:
            is_first = name not in self.written
            self.written[name] += size
            if not is_first and self.written[name] < self.maximum_bytes / 16:
                return
            self.written[name] = size
            files = sorted(self._files())
        total = size + sum(size for _age, size, _path in files)
        for written_at, size, path in files:
            is_abandoned = (
                os.path.basename(path).startswith(".")
                and written_at < time.time() - UNFINISHED_SECONDS
            )
            if total > self.maximum_bytes * 3 / 4 or is_abandoned:
                Path(path).unlink(missing_ok=True)
                total -= size

    def _files(self) -> list[tuple[float, int, str]]:
        """When each file was written, its size, its path."""
        found = []
        for folder in self.folder.glob("*/"):
            try:
                for entry in os.scandir(folder):
                    facts = entry.stat()
                    found.append((facts.st_mtime, facts.st_size, entry.path))
            except OSError:
                continue  # Somebody else removed it.
        return found
