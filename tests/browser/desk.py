"""What an editor does at the desk, click by click."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


def write_paragraphs(page: Page, paragraphs: list[str]) -> None:
    text = page.locator(".field-body .ProseMirror")
    text.click()
    for index, paragraph in enumerate(paragraphs):
        if index:
            page.keyboard.press("Enter")
        page.keyboard.insert_text(paragraph)


def toolbar(page: Page, label: str) -> Locator:
    return page.locator(".field-body .prose-menubar").get_by_role("button", name=label, exact=True)


def answer(page: Page, button: str) -> None:
    """Close a dialog of the editor, which takes the focus back a frame later."""
    page.locator(".prose-editor-dialog").get_by_role("button", name=button).click()
    next_frames(page)


def go_to_end_of_line(page: Page) -> None:
    page.keyboard.press("End")
    next_frames(page)  # The editor hears of the new place only after the browser moved there.


def next_frames(page: Page) -> None:
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def add_tag(page: Page, name: str) -> None:
    page.locator(".field-tags .select2-search__field").click()
    page.keyboard.insert_text(name)
    offered = page.locator(".select2-results__option--highlighted")
    expect(offered).to_have_text(re.compile(rf"^{re.escape(name)}( \(new tag\))?$"))
    offered.click()


def choose(page: Page, row: str, words: str) -> None:
    """Find a record by `words` in the row `row` of bylines or picks."""
    page.locator(f"#{row} .select2-selection").click()
    page.locator(".select2-container--open .select2-search__field").fill(words)
    page.locator(".select2-results__option--highlighted", has_text=words).click()


def add_row(page: Page, group: str) -> None:
    page.locator(f"#{group}-group .add-row a").click()


def fill_photo(page: Page, picture: Path, fields: dict[str, str], licence: str = "") -> None:
    page.locator("#id_original").set_input_files(picture)
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)
    if licence:
        page.locator("#id_licence").select_option(licence)


def window_opened_by(page: Page, link: Locator) -> Page:
    """The window a link opens, once its scripts run: until then its links lead elsewhere."""
    with page.expect_popup() as opened:
        link.click()
    opened.value.wait_for_load_state()
    return opened.value


def upload_lead_photo(page: Page, picture: Path, fields: dict[str, str], licence: str = "") -> None:
    window = window_opened_by(page, page.get_by_role("link", name="Upload a photo"))
    fill_photo(window, picture, fields, licence)
    with window.expect_event("close"):
        window.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-lead_photo figcaption")).not_to_be_empty()


def press(page: Page, button: str) -> None:
    """Press a button of the story's form and wait until the desk has answered."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def go_to_public_page(page: Page) -> None:
    page.get_by_role("link", name="As readers see it").click()
    page.wait_for_load_state("networkidle")
