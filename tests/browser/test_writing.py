"""Pasting, quotes and dashes, links to our stories, lengths and keys, in a real browser."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from articles.models import Article
from tests.browser import desk
from tests.factories import make_article, make_editor, make_publication

PASTES = Path(__file__).parent.parent / "articles" / "pastes"
PASTE = """(html) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData("text/html", html)
    const paste = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true})
    document.querySelector(".ProseMirror").dispatchEvent(paste)
}"""


@pytest.fixture
def form(page, sign_in):
    sign_in(page, make_editor())
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Headline").fill("Rivers rise")
    expect(page.locator("#writing-address")).to_contain_text("rivers-rise")
    yield page
    page.goto("about:blank")
    page.wait_for_timeout(300)  # What the form sends on leaving arrives before tables are emptied.


def paste(page, sample):
    page.locator(".ProseMirror").click()
    page.evaluate(PASTE, (PASTES / f"{sample}.html").read_text())


def offences(page, where):
    """What axe reports; it may not load the styles of the page once more by itself."""
    report = Axe().run(page, context=where, options={"preload": False})
    return report.generate_report() if report.violations_count else ""


def said(page, words):
    expect(page.locator("#writing-status")).to_contain_text(words)


def saved_body(page):
    desk.press(page, "Save draft")
    return Article.objects.get(headline="Rivers rise").body


@pytest.mark.parametrize("sample", ["word-nested-list", "docs-headings", "web-lines"])
def test_a_paste_arrives_clean(form, sample):
    paste(form, sample)
    said(form, "Pasted.")

    clean = (PASTES / f"{sample}.clean.html").read_text().replace("\n", "")
    assert saved_body(form) == clean


def test_pictures_that_are_left_out_are_named(form):
    paste(form, "web-article")

    said(form, "1 picture was left out")


def test_a_phrase_is_pasted_into_the_sentence_where_the_caret_was(form):
    desk.write_paragraphs(form, ["It rose ."])
    form.keyboard.press("ArrowLeft")
    desk.next_frames(form)
    form.route("**/paste/", lambda route: (form.wait_for_timeout(300), route.continue_()))
    form.evaluate(PASTE, (PASTES / "docs-one-phrase.html").read_text())
    desk.go_to_end_of_line(form)
    form.keyboard.insert_text(" Then it fell.")
    said(form, "Pasted.")
    form.keyboard.insert_text(" Now")

    assert saved_body(form) == ("<p>It rose <em>two metres in a night</em>. Then it fell. Now</p>")


def test_without_the_desk_a_paste_is_what_the_editor_reads(form, problems):
    form.route("**/paste/", lambda route: route.abort())
    paste(form, "docs-headings")

    said(form, "the desk does not answer")
    expect(form.locator(".ProseMirror")).to_contain_text("Nobody had oiled it.")
    assert "<p>It held.</p>" in saved_body(form)
    problems[:] = [text for text in problems if "net::ERR_FAILED" not in text]


def test_quotes_and_dashes_are_set_while_typing_and_backspace_gives_back_what_was_typed(form):
    form.locator(".ProseMirror").click()
    form.keyboard.type("\"It's 'fine'\" - he said...")
    expect(form.locator(".ProseMirror p")).to_have_text("“It’s ‘fine’” – he said…")
    form.keyboard.press("Backspace")
    expect(form.locator(".ProseMirror p")).to_have_text("“It’s ‘fine’” – he said...")

    form.get_by_label("Language").select_option("ru")
    form.locator(".ProseMirror").click()
    form.keyboard.press("Control+End")
    form.keyboard.press("Enter")
    form.keyboard.type('Газета "Вода" - новая')
    expect(form.locator(".ProseMirror p").last).to_have_text("Газета «Вода» — новая")


def test_the_button_sets_all_of_the_text_and_undo_takes_it_back(form):
    form.get_by_label("Headline").fill('Rivers "rise"')
    desk.write_paragraphs(form, ['👍 "One', 'two" -- three'])
    form.get_by_role("button", name="Set quotes and dashes").click()

    said(form, "places were set")
    expect(form.get_by_label("Headline")).to_have_value("Rivers “rise”")
    expect(form.locator(".ProseMirror p").first).to_have_text("👍 “One")
    form.locator(".ProseMirror").click()
    form.keyboard.press("Control+z")
    expect(form.locator(".ProseMirror p").first).to_have_text('👍 "One')


def test_a_story_of_ours_is_found_and_linked_by_keyboard_alone(form):
    story = make_publication(headline="The dam of 1911")
    make_publication(headline="The dam of 1912")
    desk.write_paragraphs(form, ["before"])
    form.keyboard.press("Shift+Home")
    desk.next_frames(form)
    form.keyboard.press("Control+k")
    form.get_by_label("Or find a story of ours").fill("dam 1911")
    expect(form.locator(".story-search [role=option]")).to_have_count(1)
    assert offences(form, ".prose-editor-dialog") == ""
    form.keyboard.press("ArrowDown")
    form.keyboard.press("Enter")
    expect(form.locator(".prose-editor-dialog input[name=href]")).to_have_value(
        story.get_absolute_url()
    )
    form.keyboard.press("Enter")
    desk.next_frames(form)

    assert saved_body(form) == f'<p><a href="{story.get_absolute_url()}">before</a></p>'


def test_lengths_and_the_address_follow_what_is_typed(form):
    form.get_by_label("Headline").fill("Вода " + "a" * 60)
    desk.write_paragraphs(form, ["one two three"])

    expect(form.locator("#writing-length")).to_have_text("3 words, 1 minute to read")
    expect(form.locator("#length-of-headline")).to_contain_text(
        "65 characters; search results cut after about 60"
    )
    expect(form.locator("#writing-address")).to_contain_text("/voda-aaa")


def test_ctrl_s_saves_and_alt_k_lists_the_keys(form):
    form.keyboard.press("Alt+k")
    expect(form.get_by_role("dialog")).to_contain_text("Save without publishing")
    form.keyboard.press("Escape")
    form.locator(".ProseMirror").click()
    form.keyboard.type("Saved")
    with form.expect_navigation():
        form.keyboard.press("Control+s")

    assert Article.objects.get().body == "<p>Saved</p>"


@pytest.mark.parametrize("dark", [False, True])
def test_axe_reports_nothing(new_page, sign_in, dark):
    page = new_page(dark=dark, width=390)
    sign_in(page, make_editor())
    page.goto(reverse("admin:articles_article_change", args=[make_article().pk]))
    expect(page.locator("#writing-address")).not_to_be_empty()
    assert offences(page, "#writing") == ""
    assert offences(page, ".field-headline") == ""
    page.get_by_role("button", name="Keyboard shortcuts").click()
    assert offences(page, "#shortcuts") == ""
