"""What only the demo has: a key kept beside its data."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def secret_key(data_dir: Path) -> str:
    """The key of this demo, made once and kept in `data_dir`, readable by its owner alone."""
    path = data_dir / "secret_key"
    if not path.exists():
        with NamedTemporaryFile("w", dir=data_dir) as file:  # Made with mode 600.
            file.write(secrets.token_urlsafe(50))
            file.flush()
            with suppress(FileExistsError):  # Another process was first.
                os.link(file.name, path)
    return path.read_text()
