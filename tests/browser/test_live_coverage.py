"""Live coverage in a reader's browser: new entries are offered, nothing moves by itself."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from articles.models import LiveEntry
from tests.factories import JUNE_1, make_publication

pytestmark = pytest.mark.django_db(transaction=True)


def write(story, text, minutes):
    return LiveEntry.objects.create(
        article=story.article,
        body=f"<p>{text}</p>",
        happened_at=JUNE_1 + timedelta(minutes=minutes),
    )


def look_for_news(page):
    """What the page does every few seconds, and whenever its reader comes back to it."""
    with page.expect_response("**/entries"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.fixture
def story():
    story = make_publication(kind="live", headline="The river rises")
    write(story, "The first entry.", 1).publish(by=None)
    return story


def test_a_reader_is_offered_new_entries_and_takes_them_when_ready(page, story):
    page.goto(story.get_absolute_url())
    write(story, "The second entry.", 2).publish(by=None)

    look_for_news(page)
    button = page.get_by_role("button", name="Show 1 new entry")
    expect(button).to_be_visible()
    expect(page.locator(".entry")).to_have_count(1)
    button.click()

    expect(page.locator(".entry").first).to_contain_text("The second entry.")
    expect(page.locator(".entry").first).to_be_focused()
    expect(button).to_have_count(0)


def test_a_changed_entry_is_replaced_and_one_taken_down_goes(page, story):
    later = write(story, "Wrong.", 2)
    later.publish(by=None)
    page.goto(story.get_absolute_url())

    later.body, later.correction = "<p>Right.</p>", "It said something else."
    later.save()
    later.publish(by=None)
    look_for_news(page)
    expect(page.locator(".entry").first).to_contain_text("It said something else.")

    later.take_down(by=None)
    look_for_news(page)
    expect(page.locator(".entry")).to_have_count(1)


def test_without_script_the_entries_stand_there(new_page, story):
    page = new_page(javascript=False)
    page.goto(story.get_absolute_url())

    expect(page.locator(".entry")).to_contain_text("The first entry.")
