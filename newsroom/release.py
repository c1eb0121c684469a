"""Which release of the project is running."""

from functools import cache
from hashlib import sha256

from django.conf import settings

FOLDERS = ("articles", "donations", "newsroom", "templates", "locale", "requirements")
SUFFIXES = {".css", ".html", ".js", ".mo", ".py", ".svg", ".txt"}
SHOWN_SETTINGS = ("DEBUG", "DEMO", "LANGUAGES", "SITE_URL", "STRIPE_API_BASE", "TIME_ZONE")


@cache
def fingerprint() -> str:
    """A word for the code, templates, translations and settings that pages are made with.

    The same on every machine with the same release. Ask for it when a process starts: the files
    may be another release's later.
    """
    digest = sha256()
    for name in SHOWN_SETTINGS:
        digest.update(f"{name}={getattr(settings, name)!r}\n".encode())
    for folder in FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                digest.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode())
                digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
