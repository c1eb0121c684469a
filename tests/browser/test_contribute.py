"""Giving in a real browser, as far as the door of the payment service."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from donations import gateway
from donations.models import Appeal, Contribution, ContributionRules
from tests.donations.giving import Checkouts
from tests.factories import make_publication

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def checkouts(monkeypatch, live_server):
    """Checkouts that lead straight to the thank-you page, as if paid there."""
    kept = Checkouts()

    def create_and_pay(order, key):
        session = kept.create(order, key)
        session |= {
            "status": "complete",
            "payment_status": "paid",
            "url": f"{live_server.url}/contribute/thanks?session_id={session['id']}",
        }
        return session

    monkeypatch.setattr(gateway, "create_checkout", create_and_pay)
    monkeypatch.setattr(gateway, "retrieve_checkout", kept.retrieve)
    return kept


@pytest.fixture
def story():
    Appeal.objects.create(placement="article_end", headline="Help us", button="Give now")
    ContributionRules.objects.create(pk=1, safety_notice="Where it is dangerous, do not give.")
    return make_publication()


def test_from_the_end_of_a_story_by_keyboard(page, checkouts, story):
    page.goto(story.get_absolute_url())
    page.get_by_role("link", name="Give now").focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Monthly").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".total")).to_have_text("You will give €25.00 once.")
    page.get_by_role("radio", name="Other amount").check()
    page.get_by_label("Other amount in EUR").fill("12,50")
    page.get_by_label("I also cover the payment fee").check()
    expect(page.locator(".total")).to_contain_text("You will give €13.14 once.")
    expect(page.locator(".total")).to_be_visible()
    page.get_by_label("E-mail").fill("reader@example.org")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(page.locator("main")).to_contain_text("€13.14")
    contribution = Contribution.objects.get()
    assert (contribution.publication, contribution.total_minor) == (story, 1314)


def test_without_script_a_button_shows_amounts_and_total(new_page, checkouts, story):
    page = new_page(width=390, javascript=False)
    page.goto("/contribute")
    page.get_by_label("E-mail").fill("reader@example.org")
    page.get_by_text("Yearly").click()
    expect(page.locator(".total")).not_to_be_visible()  # It was of the monthly gift.
    page.get_by_label("Currency").select_option("GBP")
    page.get_by_role("button", name="Show amounts for this choice").click()
    expect(page.locator(".total")).to_have_text("You will give £100.00 every year.")
    expect(page.get_by_label("E-mail")).to_have_value("reader@example.org")
    page.get_by_text("£50.00", exact=True).click()
    page.get_by_role("button", name="Go on to payment").click()

    expect(page.locator("main")).to_contain_text("£50.00 every year has begun")


def test_the_back_button_finds_the_same_form(page, checkouts, story):
    page.goto("/contribute")
    page.get_by_label("E-mail").fill("reader@example.org")
    page.get_by_role("button", name="Go on to payment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.go_back()
    page.get_by_label("E-mail").fill("reader@example.org")
    page.get_by_role("radio", name="€20.00").check()
    page.get_by_role("button", name="Go on to payment").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize("dark", [False, True])
def test_axe_reports_nothing_and_nothing_is_cut_off(new_page, checkouts, story, problems, dark):
    page = new_page(width=320, dark=dark)
    for address in (story.get_absolute_url(), "/contribute"):
        page.goto(address)
        report = Axe().run(page)
        assert report.violations_count == 0, f"{address}: {report.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Go on to payment").click()
    expect(page.get_by_role("alert")).to_be_focused()
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    problems.clear()  # The browser notes the status 400.
