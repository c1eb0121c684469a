"""A real browser: Debian's Chromium, one per session, a fresh profile for each test."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed: apt-get install chromium")
    # Playwright runs an event loop in this thread, in which Django would refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """What the browser complained about; a test that provokes a complaint takes it out again."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def new_page(
    chromium: Browser,
    live_server,
    problems: list[str],
) -> Iterator[Callable[..., Page]]:
    """Open a page with a profile of its own: `new_page(width=390, dark=True)`.

    Errors and warnings on its console, violations of the content security policy among them,
    and requests to other hosts go into `problems`.
    """
    contexts = []

    def open_page(
        *, width: int = 1280, height: int = 900, dark: bool = False, javascript: bool = True
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="UTC",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.on(
            "console",
            lambda message: (
                problems.append(f"{message.type}: {message.text}")
                if message.type in {"error", "warning"}
                else None
            ),
        )
        context.on("weberror", lambda error: problems.append(f"exception: {error.error}"))
        context.on("request", note_other_hosts)
        return context.new_page()

    def note_other_hosts(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != urlsplit(live_server.url).netloc:
            problems.append(f"request to another host: {request.url}")

    yield open_page
    has_form = any("/admin/articles/article/" in page.url for c in contexts for page in c.pages)
    for context in contexts:
        context.close()
    if has_form:  # Left forms still send what was typed; the database must not be emptied under it.
        time.sleep(0.3)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1280 pixels wide."""
    return new_page()


@pytest.fixture
def sign_in(live_server) -> Callable[[Page, User], None]:
    """Give a page's profile the session of a user, without the form."""

    def give_session(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user)
        page.context.add_cookies(
            [
                {
                    "name": "sessionid",
                    "value": client.cookies["sessionid"].value,
                    "url": live_server.url,
                }
            ]
        )

    return give_session
