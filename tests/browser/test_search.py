import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories import make_publication


@pytest.fixture
def _stories(live_server, transactional_db):
    make_publication(headline="Harbour wall", tags=["Harbours"])


@pytest.mark.usefixtures("_stories")
def test_beginnings_are_offered_and_chosen_by_keyboard(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/search")
    field = page.get_by_role("combobox", name="Words to look for")
    field.press_sequentially("h")
    page.wait_for_timeout(400)
    assert not [address for address in asked if "suggest" in address]

    field.press_sequentially("ar")
    options = page.locator("[role=option]")  # Those of the choices have none of their own.
    options.nth(1).wait_for()

    assert options.all_inner_texts() == ["Harbours theme", "Harbour wall"]
    assert len([address for address in asked if "suggest" in address]) == 1
    assert field.get_attribute("aria-expanded") == "true"
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Escape")
    assert not options.first.is_visible()

    field.press_sequentially("b")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/theme/harbours")


@pytest.mark.usefixtures("_stories")
def test_enter_searches_for_what_is_typed(page):
    page.goto("/search")

    page.get_by_label("Words to look for").fill("wall")
    page.keyboard.press("Enter")

    page.wait_for_url("**/search?q=wall*")
    assert page.get_by_role("heading", name="1 story").is_visible()
    assert page.locator("mark").inner_text() == "wall"
