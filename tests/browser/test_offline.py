"""Stories kept for reading without a network: by whom who asks, and by nobody else."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import expect

from articles.models import Outlet
from tests.factories import JUNE_1, make_photo, make_publication

TRACES = """async () => [
    (await navigator.serviceWorker.getRegistrations()).length,
    (await caches.keys()).length,
    localStorage.length,
    sessionStorage.length,
    (await indexedDB.databases()).length,
]"""
KEPT = """async () => {
    const paths = []
    for (const name of await caches.keys()) {
        const cache = await caches.open(name)
        for (const { url } of await cache.keys()) paths.push(new URL(url).pathname)
    }
    return paths
}"""
UNTIL_KEPT = """async ([path, words]) => {
    for (;;) {
        const copy = await caches.match(path)
        if (copy ? words && (await copy.text()).includes(words) : !words) return
        await new Promise((go_on) => setTimeout(go_on, 20))
    }
}"""
FULL = """async (most) => {
    const cache = await caches.open("kept")
    const page = '<html lang="en" dir="ltr"><h1>Older $& one</h1></html>'
    for (let number = 1; number <= most; number++) {
        await cache.put(`/2020/01/01/older-a${number}`, new Response(page))
    }
}"""


@pytest.fixture
def story(live_server):
    """A story with a picture; the outlet it is from."""
    with transaction.atomic():
        Outlet.objects.get_or_create(pk=1, defaults={"name": "The Estuary"})
        return make_publication(
            headline="The dyke holds", body="<p>All night.</p>", lead_photo=make_photo()
        )


@pytest.fixture
def without_a_network(page, problems):
    """Be offline from the call on; what the browser says of that is meant."""
    yield lambda is_so=True: page.context.set_offline(is_so)
    page.context.set_offline(False)
    problems[:] = [problem for problem in problems if "net::ERR_" not in problem]


@pytest.fixture
def without_missing_pages(problems):
    """Chromium complains of answers that are meant: 410."""
    yield
    problems[:] = [problem for problem in problems if "the server responded with" not in problem]


def keep(page, story):
    page.goto(story.get_absolute_url())
    page.get_by_role("button", name="Keep for offline reading").click()
    expect(page.get_by_role("status")).to_have_text("Kept on this device.")


def test_nothing_is_registered_or_stored_before_the_press(page, story):
    page.goto(story.get_absolute_url())

    expect(page.get_by_role("button", name="Keep for offline reading")).to_be_visible()
    expect(page.locator("#offline-note")).to_contain_text("stays on this device")
    expect(page.get_by_role("status").first).to_be_empty()
    assert page.evaluate(TRACES) == [0, 0, 0, 0, 0]
    assert page.context.cookies() == []


def test_what_is_kept_is_read_without_a_network_and_nothing_else(page, story, without_a_network):
    other = make_publication(headline="Not kept", at=JUNE_1 + timedelta(days=1))
    keep(page, story)
    page.goto("/contribute")
    page.goto("/search?q=dyke")
    page.goto(other.get_absolute_url())
    kept = page.evaluate(KEPT)

    without_a_network()
    page.goto(story.get_absolute_url())
    expect(page.locator("h1")).to_have_text("The dyke holds")
    expect(page.get_by_text("This is the copy kept on this device.")).to_be_visible()
    assert page.evaluate("document.querySelector('.lead img').naturalWidth") > 0
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    expect(page.get_by_role("status")).to_have_text("Kept on this device.")

    page.goto(other.get_absolute_url())
    expect(page.get_by_text("the page you asked for is not kept")).to_be_visible()
    expect(page.locator("ul[data-kept] a")).to_have_text(["The dyke holds"])
    expect(page.get_by_text("Nothing is kept")).to_be_hidden()
    page.get_by_role("link", name="The dyke holds").click()
    expect(page).to_have_title("The dyke holds – The Estuary")

    pages = [path for path in kept if not path.startswith(("/static/", "/media/"))]
    assert pages == ["/offline", story.get_absolute_url()]


def test_remove_everything_leaves_no_trace(page, story, without_a_network):
    keep(page, story)
    page.goto("/offline")
    without_a_network()
    page.reload()
    expect(page.locator("ul[data-kept] a")).to_have_text(["The dyke holds"])

    page.get_by_role("button", name="Remove everything").click()

    expect(page.get_by_role("status")).to_have_text("Nothing is kept on this device any more.")
    expect(page.locator("ul[data-kept] a")).to_have_count(0)
    assert page.evaluate(TRACES) == [0, 0, 0, 0, 0]
    without_a_network(False)
    page.goto(story.get_absolute_url())
    expect(page.get_by_role("status").first).to_be_empty()
    assert page.evaluate(TRACES) == [0, 0, 0, 0, 0]


def test_the_network_comes_first_and_the_copy_follows_it(
    page, story, without_a_network, without_missing_pages
):
    keep(page, story)
    with transaction.atomic():
        story.article.headline = "The dyke gave way"
        story.article.slug = "dyke-gave-way"
        story.article.save()
        story.article.publish(by=None)
        story.refresh_from_db()
    address = story.get_absolute_url()

    page.reload()  # The old address leads to the new one.
    page.evaluate(UNTIL_KEPT, [address, "gave way"])
    assert [path for path in page.evaluate(KEPT) if path.startswith("/20")] == [address]
    story.article.body = "<p>It was made of clay.</p>"
    story.article.save()
    story.article.publish(by=None)
    page.goto(address)
    expect(page.locator(".body")).to_contain_text("made of clay")
    expect(page.get_by_text("This is the copy kept")).to_be_hidden()
    page.evaluate(UNTIL_KEPT, [address, "made of clay"])
    without_a_network()
    page.reload()
    expect(page.locator(".body")).to_contain_text("made of clay")

    without_a_network(False)
    story.article.withdraw("An error.", by=None)
    page.goto(address)
    page.evaluate(UNTIL_KEPT, [address, None])
    assert not [path for path in page.evaluate(KEPT) if path.startswith("/media/")]


def test_only_the_last_stories_and_their_files_are_kept(page, story):
    keep(page, story)
    page.evaluate(FULL, 50)
    page.evaluate(
        "async () => (await caches.open('kept')).put('/static/old.css', new Response(''))"
    )

    page.get_by_role("button", name="Keep for offline reading").click()
    page.evaluate(UNTIL_KEPT, ["/2020/01/01/older-a1", None])
    expect(page.get_by_role("status")).to_have_text("Kept on this device.")

    kept = page.evaluate(KEPT)
    assert len([path for path in kept if path.startswith("/20")]) == 50
    assert story.get_absolute_url() in kept
    assert "/static/old.css" not in kept
    page.goto("/offline")
    expect(page.locator("ul[data-kept] a").nth(1)).to_have_text("Older $& one")


def test_without_script_nothing_of_it_is_shown(new_page, story):
    page = new_page(javascript=False)
    page.goto(story.get_absolute_url())

    expect(page.locator(".offline")).to_be_hidden()


def test_it_costs_little(client, settings):
    worker = client.get("/sw.js")

    assert worker.status_code == 200
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    assert "max-age=0" in worker["Cache-Control"]
    assert len(worker.content) < 5000
    script = Path(settings.BASE_DIR, "newsroom/static/newsroom/site.js")
    assert len(script.read_bytes()) < 10_000
