"""A supporter's own pages in a real browser, with the stand-in for Stripe behind them."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from donations.models import LedgerEntry, Pledge, Supporter
from tests.donations.conftest import telling_sandbox  # noqa: F401  A fixture.
from tests.donations.visiting import DOOR, order_links, send_mails

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sandbox(telling_sandbox, settings, live_server, tmp_path):  # noqa: F811
    """The stand-in as the demo has it: browsers may go there, and mail is kept as files."""
    settings.SITE_URL = live_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    targets = [*policy["form-action"], telling_sandbox.url]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy | {"form-action": targets}}
    return telling_sandbox


@pytest.fixture
def pledge(page, sandbox, problems):
    """A monthly gift, begun in this browser."""
    page.goto("/contribute")
    page.get_by_label("E-mail").fill("reader@example.org")
    page.get_by_label("Name").fill("Ida Berg")
    page.get_by_role("button", name="Go on to payment").click()
    page.get_by_role("button", name="Pay", exact=False).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    wait_for(lambda: LedgerEntry.objects.filter(payment__invoice__pledge__supporter__gt=0))
    problems[:] = [each for each in problems if sandbox.url not in each]
    return Pledge.objects.get()


def wait_for(is_so) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def come_in(page) -> None:
    """From the form that asks for a link by the mail that brings it to one's own gifts."""
    page.goto(DOOR)
    page.get_by_label("E-mail").fill("reader@example.org")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    order_links()
    send_mails()
    page.goto("/demo/mail")
    page.get_by_role("link", name="manage?link=").first.click()
    page.get_by_role("button", name="Go to my gifts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your gifts")
    assert "link" not in page.url


def test_a_gift_is_changed_paused_and_ended(page, pledge, sandbox, problems):
    come_in(page)
    expect(page.get_by_role("heading", level=3)).to_have_text("€10.00 every month")
    expect(page.get_by_role("row", name="Receipt")).to_contain_text("Monthly gift €10.00")

    page.get_by_role("link", name="Change the amount").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change the amount")
    page.get_by_label("New amount in EUR").fill("12,50")
    page.get_by_label("New amount in EUR").press("Enter")
    expect(page.locator("main")).to_contain_text("You will give €12.50 every month.")
    page.get_by_role("link", name="Back to your gifts").click()

    page.get_by_role("link", name="Pause", exact=True).click()
    page.get_by_label("2 months").check()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your gift is paused")
    page.get_by_role("link", name="Back to your gifts").click()

    page.get_by_role("button", name="Go on again now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your gift goes on")
    page.get_by_role("link", name="Back to your gifts").click()

    page.get_by_role("button", name="Update the card").click()
    page.get_by_role("button", name="Use another card").click()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your gifts")

    page.get_by_role("link", name="End this gift").click()
    expect(page.locator("main")).to_contain_text("So far you gave €10.00 with it")
    page.get_by_role("button", name="End this gift").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your gift has ended")
    assert sandbox.newest("subscription")["status"] == "canceled"

    page.get_by_role("link", name="Back to your gifts").click()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("button", name="Send me a link")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Send me a link")).to_be_visible()
    problems[:] = [each for each in problems if sandbox.url not in each]


def test_whoever_is_forgotten_is_gone(page, pledge, sandbox):
    come_in(page)
    page.get_by_role("link", name="Forget me").click()
    page.get_by_role("button", name="Forget me").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You are forgotten")
    assert page.context.cookies() == []
    assert Supporter.objects.get().email == ""


@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, True)])
def test_axe_reports_nothing_and_nothing_is_cut_off(new_page, pledge, width, dark):
    page = new_page(width=width, dark=dark)
    come_in(page)
    own = f"{DOOR}/pledges/{pledge.pk}"
    payment = LedgerEntry.objects.get(kind="charge").payment_id
    year = LedgerEntry.objects.get(kind="charge").occurred_at.year
    addresses = [
        DOOR,
        f"{own}/amount",
        f"{own}/pause",
        f"{own}/cancel",
        f"{own}/card",
        f"{DOOR}/gifts/{payment}",
        f"{DOOR}/statements/{year}",
        f"{DOOR}/forget",
    ]
    for address in addresses:
        page.goto(address)
        report = Axe().run(page)
        assert report.violations_count == 0, f"{address}: {report.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_statement_prints_without_what_is_only_for_the_screen(page, pledge):
    come_in(page)
    page.locator(".years a").click()
    page.emulate_media(media="print")

    for shown in (page.get_by_role("table"), page.get_by_text("Ida Berg")):
        expect(shown).to_be_visible()
    for hidden in (".sections", ".site-footer", ".skip", ".onward"):
        expect(page.locator(hidden)).to_be_hidden()
