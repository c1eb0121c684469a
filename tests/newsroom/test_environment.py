"""Each setting that comes from the environment: what it may be, and what stops start-up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsroom.environment import Environment, SettingError, host_of, http_address

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def env(monkeypatch):
    """An environment in which X is as the test says: `env("yes")`."""

    def environment(value: str) -> Environment:
        monkeypatch.setenv("X", value)
        return Environment()

    return environment


@pytest.mark.parametrize(
    ("value", "meant"), [("true", True), ("1", True), ("False", False), ("0", False), ("", False)]
)
def test_a_switch_knows_four_words_and_is_off_when_empty(env, value, meant):
    assert env(value).switch("X") is meant


@pytest.mark.parametrize("value", ["maybe", "yes", "on", "2", "truee"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(env, value):
    with pytest.raises(SettingError, match=f"X is '{value}'. Set it to true, false, 1 or 0."):
        env(value).switch("X")


def test_a_text_without_default_must_be_set(env):
    with pytest.raises(SettingError, match="X is not set. Set it to a long text."):
        env(" ").text("X", remedy="Set it to a long text.")


@pytest.mark.parametrize("value", ["0", "65536", "-1", "80_80", "٨٠٨٠", "http", "8000.0"])
def test_a_port_that_does_not_exist_is_refused(env, value):
    with pytest.raises(SettingError, match="a number between 1 and 65535"):
        env(value).port("X", default=8000)


def test_a_port_has_a_default(env):
    assert env("").port("X", default=8000) == 8000
    assert env("8103").port("X", default=8000) == 8103


@pytest.mark.parametrize("value", ["http://127.0.0.1", "two words", "a/b"])
def test_a_host_that_is_no_host_is_refused(env, value):
    with pytest.raises(SettingError, match="Set it to something like 127.0.0.1"):
        env(value).host("X", default="127.0.0.1")


def test_a_folder_is_made(env, tmp_path):
    folder = env(str(tmp_path / "new" / "folder")).folder("X", default=tmp_path)

    assert folder.is_dir()


def test_a_folder_that_is_a_file_is_refused(env, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SettingError, match="Set it to a folder in which files can be written."):
        env(str(tmp_path / "file")).folder("X", default=tmp_path)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("https://news.example/", "https://news.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost:8103", "http://localhost:8103"),
    ],
)
def test_an_address_of_the_site_has_no_trailing_slash(env, value, meant):
    assert env(value).site_url("X", default="http://127.0.0.1:8000") == meant


@pytest.mark.parametrize(
    "value",
    [
        "news.example",
        "ftp://news.example",
        "https://",
        "https://news.example/site",
        "https://news.example?x=1",
        "https://user@news.example",
        "https://news.example:port",
        "https://news .example",
    ],
)
def test_an_address_that_is_no_site_is_refused(env, value):
    with pytest.raises(SettingError, match="Set it to something like https://news.example"):
        env(value).site_url("X", default="http://127.0.0.1:8000")


def test_hosts_are_written_with_commas(env):
    hosts = "news.example, .example.org,[::1],*"

    assert env(hosts).hosts("X", default=[]) == ["news.example", ".example.org", "[::1]", "*"]
    assert env("").hosts("X", default=["localhost"]) == ["localhost"]


@pytest.mark.parametrize("value", ["https://news.example", "a b", "news.example:80"])
def test_what_is_no_name_of_a_host_is_refused(env, value):
    with pytest.raises(SettingError, match="Set it to names like news.example"):
        env(value).hosts("X", default=[])


def test_the_first_language_comes_first_and_none_comes_twice(env):
    assert env("ru, en,ru").languages("X", default=["en"]) == ["ru", "en"]


@pytest.mark.parametrize("value", ["xx", "english", "en;ru"])
def test_an_unknown_language_is_refused(env, value):
    with pytest.raises(SettingError, match="Set it to language codes like en,ru."):
        env(value).languages("X", default=["en"])


@pytest.mark.parametrize("value", ["Mars/Phobos", "../../etc/passwd", "Europe"])
def test_an_unknown_time_zone_is_refused(env, value):
    with pytest.raises(SettingError, match="Set it to a name like Europe/Amsterdam."):
        env(value).zone("X", default="UTC")


def test_a_database_may_be_named_by_address_or_by_the_folder_of_its_socket(env):
    named = env("postgres://user:pass%40word@db.example:5433/news").database("X")
    socket = env("postgresql://postgres@/postgres?host=/tmp/a%20folder").database("X")

    assert (named["HOST"], named["PORT"], named["NAME"]) == ("db.example", 5433, "news")
    assert named["PASSWORD"] == "pass@word"
    assert socket["OPTIONS"] == {"host": "/tmp/a folder", "connect_timeout": 3}


def test_the_password_of_a_database_may_hold_a_bracket(env):
    assert env("postgres://user:p[ss@db.example/news").database("X")["PASSWORD"] == "p[ss"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "sqlite:///db",
        "mysql://host/db",
        "postgres://host",
        "postgres://host:port/db",
        "nonsense",
    ],
)
def test_a_database_that_is_not_postgresql_is_refused_without_showing_the_address(env, value):
    with pytest.raises(SettingError, match="postgres://user:password@host:5432/name") as refusal:
        env(value).database("X")
    assert not value or value not in str(refusal.value)


def test_addresses_put_ipv6_in_brackets():
    assert http_address("::1", 8000) == "http://[::1]:8000"
    assert host_of("http://[::1]:8000") == "[::1]"
    assert host_of("https://news.example") == "news.example"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in an environment of its own, in which only what the test says is set."""
    kept = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_bad_setting_stops_a_command_with_one_sentence():
    outcome = run("manage.py", "check", DEMO="maybe")

    assert outcome.returncode == 1
    assert outcome.stderr == "DEMO is 'maybe'. Set it to true, false, 1 or 0.\n"


def test_a_bad_setting_stops_the_web_server_with_one_sentence(tmp_path):
    outcome = run("-m", "gunicorn", "-c", "python:newsroom.gunicorn_conf", DATA_DIR=str(tmp_path))

    assert outcome.returncode == 1
    assert outcome.stderr == "SECRET_KEY is not set. Set it to a long random text and keep it.\n"


PRODUCTION = """
import newsroom.settings as s
print(s.DEMO, s.DEBUG, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,
      s.SECURE_HSTS_SECONDS > 0, s.DATABASES["default"]["NAME"], s.TIME_ZONE, s.LANGUAGE_CODE)
"""


def test_production_starts_from_four_settings(tmp_path):
    outcome = run(
        "-c",
        PRODUCTION,
        DATA_DIR=str(tmp_path),
        SECRET_KEY="long",
        SITE_URL="https://news.example",
        DATABASE_URL="postgres:///news",
    )

    assert outcome.stdout == "False False ['news.example'] True True True news UTC en\n"
    assert list(tmp_path.iterdir()) == []  # No key, no database of a demo.


def test_without_an_address_the_cache_is_a_table_that_all_processes_share(env):
    cache = env("").cache("X", table="shared")

    assert cache["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    assert cache["LOCATION"] == "shared"


@pytest.mark.parametrize("value", ["locmemcache://", "filecache:///tmp/x", "redis", "dbcache://x"])
def test_a_cache_that_is_no_redis_server_is_refused(env, value):
    with pytest.raises(SettingError, match="X does not name a Redis server. Set it to something"):
        env(value).cache("X", table="shared")


def test_a_redis_server_is_refused_without_the_library(env, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(SettingError, match="X needs Python's redis library. Install it"):
        env("redis://:secret@host:6379/0").cache("X", table="shared")


def test_a_redis_server_is_used_with_it(env, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())

    cache = env("redis://host:6379/0").cache("X", table="shared")

    assert cache["LOCATION"] == "redis://host:6379/0"
    assert cache["BACKEND"].endswith("RedisCache")


def test_pages_lie_in_files_within_a_bound(env, tmp_path):
    pages = env("").page_cache("X", folder=tmp_path, maximum_bytes=1000)

    assert pages == {
        "BACKEND": "newsroom.page_files.PageFiles",
        "LOCATION": str(tmp_path),
        "OPTIONS": {"MAX_BYTES": 1000},
    }


def test_pages_lie_in_a_redis_server_apart_from_all_else_and_wait_for_it_a_second(
    env, monkeypatch, tmp_path
):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())

    pages = env("redis://host:6379/0").page_cache("X", folder=tmp_path, maximum_bytes=1000)

    assert pages["BACKEND"].endswith("RedisCache")
    assert pages["LOCATION"] == "redis://host:6379/0"
    assert pages["KEY_PREFIX"] == "pages"
    assert pages["TIMEOUT"] > 24 * 3600  # Their last copy is for days without the database.
    assert pages["OPTIONS"] == {"socket_timeout": 1, "socket_connect_timeout": 1}


def test_the_alias_of_pages_is_made_from_the_address_of_the_cache(settings):
    import newsroom.settings as written

    assert settings.CACHES["pages"]["BACKEND"] == "newsroom.page_files.PageFiles"
    assert written.CACHES["pages"]["LOCATION"] == str(written.DATA_DIR / "pages")
    assert written.CACHES["pages"]["OPTIONS"]["MAX_BYTES"] == 256 * 1024**2
