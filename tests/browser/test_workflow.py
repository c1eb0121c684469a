"""The steps of a story in a real browser: what buttons say, what is listed while writing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import Article, DeskNote, Publication
from tests.factories import make_article, make_editor, make_reporter


def open_story(page, article):
    page.goto(f"/admin/articles/article/{article.pk}/change/")


def test_the_publish_button_says_what_it_will_do(page, sign_in, settings):
    settings.TIME_ZONE = "Europe/Amsterdam"
    article = make_article()
    sign_in(page, make_editor())
    open_story(page, article)
    button = page.locator("button.publish")

    expect(button).to_have_text("Publish now")
    expect(page.locator("button[name=_schedule]:visible")).to_have_count(0)
    page.fill("#id_publish_at", "2099-03-03T14:00")
    expect(button).to_have_text("Schedule for 14:00, Tuesday 3 March 2099 (Amsterdam)")
    with page.expect_navigation():
        button.click()

    assert Publication.objects.get().is_scheduled


def test_what_blocks_publishing_is_listed_while_writing_and_leads_to_its_field(page, sign_in):
    article = make_article(headline="Rivers rise")
    sign_in(page, make_editor())
    open_story(page, article)
    listed = page.locator("#blocking")
    expect(listed).to_contain_text("Nothing")

    page.fill("#id_headline", "")
    link = listed.get_by_role("link", name="Headline: write one.")
    expect(link).to_be_visible()
    page.fill("#id_desk_label", "rivers")
    link.press("Enter")
    expect(page.locator("#id_headline")).to_be_focused()
    page.keyboard.type("Rivers fall")
    expect(listed).to_contain_text("Nothing")

    article.refresh_from_db()
    assert article.headline == "Rivers rise"


def test_a_note_is_added_beside_text_that_is_not_saved(page, sign_in):
    article = make_article()
    sign_in(page, make_editor())
    open_story(page, article)

    page.fill("#id_headline", "Typed and not saved")
    page.get_by_label("Note to the desk").fill("Call the dyke master.")
    page.get_by_role("button", name="Add the note").click()

    expect(page.locator("#desk-notes li")).to_contain_text("Call the dyke master.")
    expect(page.locator("#id_headline")).to_have_value("Typed and not saved")
    assert DeskNote.objects.get().text == "Call the dyke master."


def test_a_reporter_submits_by_keyboard(page, sign_in):
    article = make_article(created_by=make_reporter())
    sign_in(page, make_reporter())
    open_story(page, article)

    page.get_by_label("Note for the history").fill("Ready.")
    page.get_by_role("button", name="Submit for review").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator(".story-standing")).to_contain_text("In review")
    assert Article.objects.get().stage == "in_review"


def test_a_note_that_was_just_typed_does_not_move_the_button_away(page, sign_in):
    article = make_article(created_by=make_reporter())
    sign_in(page, make_reporter())
    open_story(page, article)
    page.get_by_label("Note for the history").fill("Ready.")
    button = page.get_by_role("button", name="Submit for review")
    before = button.bounding_box()

    page.get_by_label("Note for the history").blur()

    assert button.bounding_box() == before


@pytest.mark.parametrize("dark", [False, True])
def test_axe_reports_nothing_on_the_form_of_a_story(new_page, sign_in, dark):
    article = make_article(tags=["Water"])
    page = new_page(dark=dark)
    sign_in(page, make_editor())
    open_story(page, article)
    page.locator("#bylines-group .add-row a").click()
    page.wait_for_load_state("networkidle")

    # It would copy style sheets into the page, which our policy forbids.
    report = Axe().run(page, options={"preload": False})
    assert report.violations_count == 0, report.generate_report()
