"""Reading settings from the environment, with sentences that say what to set."""

from collections.abc import Callable
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

SWITCH = {"true": True, "1": True, "false": False, "0": False}


class Environment:
    """The environment variables of this process, each read by one rule."""

    def __init__(self) -> None:
        self.env = environ.Env()

    def text(self, name: str, default: str | None = None) -> str:
        """The value of `name`; without a default it must be set and not empty."""
        value = self.env.str(name, default="").strip() or default
        if value is None:
            refuse(name, "is not set", "Set it in the environment of this process.")
        return value

    def switch(self, name: str) -> bool:
        """True or False; off when `name` is not set."""
        value = self.env.str(name, default="0").strip().lower() or "0"
        if value not in SWITCH:
            refuse(name, f"is {value!r}", "Set it to true, false, 1 or 0.")
        return SWITCH[value]

    def port(self, name: str, default: int) -> int:
        return self._read(
            name, self._port, str(default), "Set it to a number between 1 and 65535."
        )

    def names(self, name: str, default: list[str]) -> list[str]:
        """A list written with commas; entries without surrounding blanks, none empty."""
        value = self.env.str(name, default="").strip()
        return [item.strip() for item in value.split(",") if item.strip()] or default

    def languages(self, name: str, default: list[str]) -> list[str]:
        """Codes of languages Django knows, the first one for the root of the site."""
        codes = self.names(name, default)
        for code in codes:
            if code not in LANG_INFO or "name_local" not in LANG_INFO[code]:
                refuse(name, f"names {code!r}", "Set it to language codes like en,ru.")
        return codes

    def site_url(self, name: str, default: str) -> str:
        """The public address of the site, without a trailing slash."""
        return self._read(name, self._site_url, default, "Set it to something like https://news.example.")

    def zone(self, name: str, default: str) -> str:
        return self._read(
            name, lambda value: ZoneInfo(value).key, default, "Set it to a name like Europe/Amsterdam."
        )

    def database(self, name: str) -> dict[str, object]:
        """Django's settings for a PostgreSQL address."""
        remedy = (
            "Set it to something like postgres://user:password@host:5432/name,"
            " or set DEMO=1 to use the embedded PostgreSQL."
        )
        url = self.env.str(name, default="")
        if not url:
            refuse(name, "is not set", remedy)
        if not url.startswith(("postgres://", "postgresql://", "pgsql://")):
            refuse(name, "does not name a PostgreSQL server", remedy)
        try:
            return dict(self.env.db_url(name, engine="django.db.backends.postgresql"))
        except (ValueError, ImproperlyConfigured):
            refuse(name, "cannot be read", remedy)

    def _read(self, name: str, convert: Callable[[str], T], default: str, remedy: str) -> T:
        value = self.text(name, default)
        try:
            return convert(value)
        except (ValueError, KeyError, OSError):
            refuse(name, f"is {value!r}", remedy)

    @staticmethod
    def _port(value: str) -> int:
        if not value.isascii() or not 0 < int(value) < 65536:
            raise ValueError(value)
        return int(value)

    @staticmethod
    def _site_url(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError(value)
        return value.rstrip("/")


def refuse(name: str, problem: str, remedy: str) -> NoReturn:
    raise ImproperlyConfigured(f"{name} {problem}. {remedy}")
