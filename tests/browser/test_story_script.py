"""What the one script adds to a story's page, and that nothing is missed without it."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Outlet
from tests.factories import make_photo, make_publication

FILM = '<p class="link-card"><a href="https://www.youtube.com/watch?v=eleven-boat">A film</a></p>'
SHIFTS = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) sum += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(sum), 300);
})"""


@pytest.fixture
def story_at(live_server):
    """Make a story published this long ago; its address."""

    def make(age, **fields):
        with transaction.atomic():
            Outlet.objects.get_or_create(pk=1, defaults={"name": "The Estuary"})
            values = {"body": f"{FILM}<p>Text.</p>", "lead_photo": make_photo()}
            story = make_publication(at=timezone.now() - age, **values | fields)
        return story.get_absolute_url()

    return make


def test_a_time_within_a_week_says_how_long_ago_it_was(page, story_at):
    page.goto(story_at(timedelta(hours=3, minutes=5)))

    moment = page.locator(".date time")
    expect(moment).to_have_text("3 hours ago")
    expect(moment).to_have_attribute("title", re.compile(r"\d+ \w+ \d{4}, \d\d:\d\d UTC"))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(moment).to_contain_text("UTC")


def test_an_older_time_stays_as_it_is_and_an_old_story_says_how_old(page, story_at):
    page.goto(story_at(timedelta(days=40)))
    expect(page.locator(".date time")).to_contain_text("UTC")
    expect(page.locator(".age")).to_be_hidden()

    page.goto(story_at(timedelta(days=2 * 366)))
    expect(page.locator(".age")).to_have_text("This story is 2 years old")


def test_russian_readers_are_told_in_russian(page, story_at):
    page.goto(story_at(timedelta(hours=3, minutes=5), language="ru"))

    expect(page.locator(".date time")).to_have_text("3 часа назад")


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("age", [timedelta(hours=3), timedelta(days=5 * 366)])
def test_nothing_moves(new_page, story_at, width, age):
    page = new_page(width=width)
    page.goto(story_at(age, standfirst="For one more night.", headline="Dyke holds"))

    assert page.evaluate(SHIFTS) == 0


def test_a_film_comes_from_elsewhere_only_once_it_is_asked_for(page, story_at, without_other_hosts):
    asked = []
    page.context.route("https://www.youtube-nocookie.com/**", lambda route: answer(route, asked))
    page.goto(story_at(timedelta(days=1)))
    assert asked == []

    page.get_by_role("button", name="Show here: A film").click()

    frame = page.frame_locator("iframe[title='A film']")
    expect(frame.locator("p")).to_have_text("Playing")
    (request,) = asked
    assert request.url == "https://www.youtube-nocookie.com/embed/eleven-boat"
    assert "/20" not in request.headers.get("referer", "")
    assert "allow-top-navigation" not in page.locator("iframe").get_attribute("sandbox")


def answer(route, asked):
    asked.append(route.request)
    route.fulfill(body="<p>Playing", content_type="text/html")


@pytest.fixture
def without_other_hosts(problems):
    """The frame that a test asked for is meant."""
    yield
    problems[:] = [problem for problem in problems if "youtube-nocookie.com" not in problem]


def test_the_address_can_be_copied(page, story_at, live_server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    path = story_at(timedelta(days=1))
    page.goto(path)

    page.get_by_role("button", name="Copy address").click()

    expect(page.get_by_role("button", name="Address copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(path)


def test_without_script_the_date_and_the_links_stand(new_page, story_at):
    page = new_page(javascript=False)
    page.goto(story_at(timedelta(hours=3)))

    expect(page.locator(".date time")).to_contain_text("UTC")
    expect(page.get_by_role("link", name="A film")).to_be_visible()
    expect(page.get_by_role("link", name="Telegram")).to_be_visible()
    assert page.locator(".story").get_by_role("button").count() == 0
