"""What only the demo has: a key kept beside its data, and payments without money."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

# What the payment sandbox takes; Stripe itself would refuse them.
STRIPE_KEY = "sk_test_sandbox"
STRIPE_WEBHOOK_SECRET = "whsec_sandbox"  # noqa: S105  Signs the sandbox's events to itself.
NO_SANDBOX = "http://127.0.0.1:9"  # Nobody answers there.


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


def sandbox_address(data_dir: Path) -> str:
    """Where the payment sandbox of this demo is, or was when the demo ran last."""
    try:
        return _sandbox_file(data_dir).read_text()
    except FileNotFoundError:
        return NO_SANDBOX


def keep_sandbox_address(data_dir: Path, address: str) -> None:
    _sandbox_file(data_dir).write_text(address)


def _sandbox_file(data_dir: Path) -> Path:
    return data_dir / "sandbox_address"
