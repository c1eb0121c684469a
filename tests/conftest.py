import ipaddress
import os
import socket
from collections import Counter
from dataclasses import replace

import pytest
from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations

from tests.as_migrated import AsMigrated


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings, monkeypatch):
    """Files of a test go to a folder of its own; static files are served as they are."""
    from articles.models import Photo

    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # The field holds on to the storage it was made with, whatever the settings say later.
    originals = Photo._meta.get_field("original").storage
    monkeypatch.setattr(originals, "location", str(tmp_path / "originals"))


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _one_factor_is_enough(request, monkeypatch):
    """The desk opens to who has signed in, as `client.force_login` does, without a second factor.

    An outlet wants one unless it says otherwise; a test about that asks for the fixture
    `second_factor_rule` and meets the rule as it is.
    """
    from newsroom.signing_in import second_factor

    if "second_factor_rule" not in request.fixturenames:
        monkeypatch.setattr(second_factor, "is_required", lambda: False)


@pytest.fixture(autouse=True)
def _every_page_is_made(settings):
    """No page is stored: in a test that never commits, the version of the site would not change."""
    settings.PAGES_ARE_STORED = False


@pytest.fixture
def stored_pages(transactional_db, settings, tmp_path, monkeypatch):
    """Pages are stored, in a folder of this test, and a new version is seen at once."""
    from newsroom import site_version

    class Unresting(site_version.Watch):
        def known(self):
            self._known = replace(self._known, second=0)
            return super().known()

    watch = Unresting()
    monkeypatch.setattr(site_version, "watch", watch)
    pages = settings.CACHES["pages"] | {"LOCATION": str(tmp_path / "pages")}
    settings.CACHES = settings.CACHES | {"pages": pages}
    settings.PAGES_ARE_STORED = True
    yield tmp_path / "pages"
    site_version.watch.close()
    watch.close()


@pytest.fixture
def second_factor_rule(monkeypatch):
    """The outlet's rule, read from its record each time: no test sees what another one read."""
    from newsroom.signing_in import second_factor

    rule = second_factor.Rule()
    monkeypatch.setattr(second_factor, "KNOWN_FOR_SECONDS", 0.0)
    monkeypatch.setattr(second_factor, "is_required", rule)
    return rule


@pytest.fixture(autouse=True)
def _as_migrated(request):
    """A test that commits begins with the database as the migrations leave it, and so ends."""
    marker = request.node.get_closest_marker("django_db")
    is_marked = marker is not None and marker.kwargs.get("transaction", False)
    if is_marked or {"transactional_db", "live_server"} & set(request.fixturenames):
        # Asked for only here: where no test needs a database, none is made.
        request.getfixturevalue("brought_back_after_commits")
        request.getfixturevalue("transactional_db")


@pytest.fixture(scope="session")
def brought_back_after_commits(django_db_setup, django_db_blocker):
    """Where Django would empty all tables after a test, bring back what the migrations left."""
    with django_db_blocker.unblock():
        as_migrated = AsMigrated.kept()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            DatabaseOperations, "execute_sql_flush", lambda self, sql: as_migrated.bring_back()
        )
        patch.setattr(flush, "emit_post_migrate_signal", lambda *args, **options: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    """Refuse connections that leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(method):
        def call(self, address):
            if self.family != socket.AF_UNIX and not is_this_machine(address[0]):
                raise AssertionError(f"A test wanted to reach {address[0]}.")
            return method(self, address)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked(connect))
        patch.setattr(socket.socket, "connect_ex", checked(connect_ex))
        yield


def is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter):
    """Close with how many tests were skipped and why, so that nobody overlooks it."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
    )
    if reasons:
        total = sum(reasons.values())
        terminalreporter.write_line(
            f"{total} tests skipped; where NO_SKIPS is set, this counts as failure:", yellow=True
        )
        for reason, count in reasons.most_common():
            terminalreporter.write_line(f"  {count} × {reason}", yellow=True)


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    has_skips = reporter is not None and reporter.stats.get("skipped")
    if os.environ.get("NO_SKIPS") and has_skips and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
