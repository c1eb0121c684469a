"""Reading settings from the environment, with sentences that say what to set."""

import importlib.util
import os
import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
Network = IPv4Network | IPv6Network

CONNECT_TIMEOUT_SECONDS = 3  # To the database; its address may say otherwise.
SWITCH = {"true": True, "1": True, "false": False, "0": False}
HOST_PATTERN = re.compile(r"\*|\.?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)


class SettingError(ImproperlyConfigured):
    """A setting without which the project cannot start; its text says what to set."""


class Environment:
    """The environment variables of this process, each read by one rule.

    Every method raises SettingError for a value it cannot use. A variable that is set but
    empty counts as not set.
    """

    def __init__(self) -> None:
        self.env = environ.Env()

    def text(self, name: str, default: str | None = None, remedy: str = "") -> str:
        """The value of `name`; without a default it must be set."""
        value = self.env.str(name, default="").strip() or default
        if value is None:
            refuse(name, "is not set", remedy or "Set it in the environment of this process.")
        return value

    def switch(self, name: str) -> bool:
        """True or False; off when `name` is not set."""
        value = self.text(name, "0")
        if value.lower() not in SWITCH:
            refuse(name, f"is {value!r}", "Set it to true, false, 1 or 0.")
        return SWITCH[value.lower()]

    def host(self, name: str, default: str) -> str:
        """The name or address of this machine to listen on."""
        return self._read(name, _host, default, "Set it to something like 127.0.0.1 or 0.0.0.0.")

    def port(self, name: str, default: int) -> int:
        return self._read(name, _port, str(default), "Set it to a number between 1 and 65535.")

    def folder(self, name: str, default: Path) -> Path:
        """A folder that is there, made if need be, and can be written to."""
        remedy = "Set it to a folder in which files can be written."
        return self._read(name, _folder, str(default), remedy)

    def site_url(self, name: str, default: str) -> str:
        """The public address of the site, without a trailing slash."""
        remedy = "Set it to something like https://news.example, without a path."
        return self._read(name, _site_url, default, remedy)

    def words(self, name: str, default: list[str]) -> list[str]:
        """What is written with commas between."""
        return self._names(name, default)

    def hosts(self, name: str, default: list[str]) -> list[str]:
        """Names of hosts, written with commas."""
        hosts = self._names(name, default)
        for host in hosts:
            if not HOST_PATTERN.fullmatch(host):
                refuse(
                    name, f"names {host!r}", "Set it to names like news.example,www.news.example."
                )
        return hosts

    def networks(self, name: str) -> list[Network]:
        """Addresses and networks, written with commas; none when `name` is not set."""
        remedy = "Set it to addresses or networks like 127.0.0.1,10.0.0.0/8."
        try:
            return [ip_network(text) for text in self._names(name, [])]
        except ValueError as problem:
            refuse(name, f"cannot be read: {problem}", remedy)

    def languages(self, name: str, default: list[str]) -> list[str]:
        """Codes of languages Django knows, the first one for the root of the site."""
        codes = list(dict.fromkeys(self._names(name, default)))
        for code in codes:
            if "name_local" not in LANG_INFO.get(code, {}):
                refuse(name, f"names {code!r}", "Set it to language codes like en,ru.")
        return codes

    def zone(self, name: str, default: str) -> str:
        """The name of a time zone."""
        remedy = "Set it to a name like Europe/Amsterdam."
        return self._read(name, lambda value: ZoneInfo(value).key, default, remedy)

    def database(self, name: str) -> dict[str, object]:
        """Django's settings for a PostgreSQL address."""
        remedy = (
            "Set it to something like postgres://user:password@host:5432/name,"
            " or set DEMO=1 to use the embedded PostgreSQL."
        )
        url = self.text(name, remedy=remedy)
        if url.partition(":")[0].lower() not in {"postgres", "postgresql", "pgsql"}:
            refuse(name, "does not name a PostgreSQL server", remedy)
        try:
            database = dict(self.env.db_url_config(url, engine="django.db.backends.postgresql"))
        except (ValueError, ImproperlyConfigured):
            refuse(name, "cannot be read", remedy)  # Its value may hold a password.
        if not database["NAME"]:
            refuse(name, "names no database", remedy)
        patience = {"connect_timeout": CONNECT_TIMEOUT_SECONDS}
        return database | {"OPTIONS": patience | database.get("OPTIONS", {})}

    def mail_server(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings for the address of a mail server, such as EMAIL_HOST."""
        try:
            return dict(self.env.email_url_config(self.text(name, default)))
        except (ValueError, KeyError, ImproperlyConfigured):  # Its value may hold a password.
            refuse(
                name, "cannot be read", "Set it to something like smtp+tls://user:word@host:587."
            )

    def one_of(self, name: str, choices: list[str]) -> str:
        """One of the choices; empty when `name` is not set."""
        value = self.text(name, "")
        if value and value not in choices:
            refuse(
                name, f"is {value!r}", f"Set it to one of {', '.join(choices)}, or leave it out."
            )
        return value

    def all_named(self, beginning: str) -> dict[str, Any]:
        """The variables whose names begin so, by the rest of their names."""
        return {
            name.removeprefix(beginning): value.strip()
            for name, value in self.env.ENVIRON.items()
            if name.startswith(beginning) and value.strip()
        }

    def cache(self, name: str, table: str) -> dict[str, Any]:
        """Django's settings for a cache that all processes share: `table`, or a Redis server."""
        url = self.text(name, "")
        if not url:
            # Django would keep 300 entries: an attack would push out what counts it.
            options = {"MAX_ENTRIES": 100_000}
            backend = "django.core.cache.backends.db.DatabaseCache"
            return {"BACKEND": backend, "LOCATION": table, "OPTIONS": options}
        remedy = "Set it to something like redis://host:6379/0, or leave it out."
        if not url.lower().startswith(("redis://", "rediss://")):
            refuse(name, "does not name a Redis server", remedy)
        if importlib.util.find_spec("redis") is None:
            refuse(name, "needs Python's redis library", "Install it (pip install redis).")
        try:
            return dict(self.env.cache_url_config(url))
        except (ValueError, KeyError, ImproperlyConfigured):  # Its value may hold a password.
            refuse(name, "cannot be read", remedy)

    def page_cache(self, name: str, folder: Path, maximum_bytes: int) -> dict[str, Any]:
        """Django's settings for where finished pages lie: files in `folder`, or a Redis server.

        A Redis server sets its own bound (`maxmemory`, with a policy that evicts).
        """
        if not self.text(name, ""):
            backend = "newsroom.page_files.PageFiles"
            return {
                "BACKEND": backend,
                "LOCATION": str(folder),
                "OPTIONS": {"MAX_BYTES": maximum_bytes},
            }
        server = self.cache(name, table="")
        patience = {"socket_timeout": 1, "socket_connect_timeout": 1}
        options = server.get("OPTIONS", {}) | patience
        return server | {"KEY_PREFIX": "pages", "TIMEOUT": 30 * 24 * 3600, "OPTIONS": options}

    def _names(self, name: str, default: list[str]) -> list[str]:
        names = [item.strip() for item in self.text(name, "").split(",")]
        return [item for item in names if item] or default

    def _read(self, name: str, convert: Callable[[str], T], default: str, remedy: str) -> T:
        value = self.text(name, default)
        try:
            return convert(value)
        except (ValueError, KeyError, OSError):
            refuse(name, f"is {value!r}", remedy)


def refuse(name: str, problem: str, remedy: str) -> NoReturn:
    raise SettingError(f"{name} {problem}. {remedy}")


def http_address(host: str, port: int) -> str:
    """The address of a site on this machine; IPv6 hosts stand in brackets there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def origin_of(url: str) -> str:
    """The scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(url: str) -> str:
    """The host of an address as it stands there, without its port."""
    parts = urlsplit(url)
    return parts.netloc.removesuffix(f":{parts.port}")


def _host(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9.:_-]+", value, re.IGNORECASE):
        raise ValueError(value)
    return value


def _port(value: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", value) or not 0 < int(value) < 65536:
        raise ValueError(value)
    return int(value)


def _folder(value: str) -> Path:
    folder = Path(value).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError(value)
    return folder


def _site_url(value: str) -> str:
    parts = urlsplit(value)
    is_root = f"{parts.path}{parts.query}{parts.fragment}" in {"", "/"} and "@" not in parts.netloc
    has_host = HOST_PATTERN.fullmatch(host_of(value)) is not None
    if parts.scheme not in {"http", "https"} or not has_host or not is_root:
        raise ValueError(value)
    return f"{parts.scheme}://{parts.netloc}"
