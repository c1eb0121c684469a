"""The pane beside the text, comparing and previews, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import expect

from articles.models import PreviewLink
from tests.articles.versions import address, first_version, save_again
from tests.browser import desk
from tests.factories import jpeg, make_article, make_editor, make_photo, make_publication


@pytest.fixture
def story():
    """A story in three versions, with pictures, a related read and a link to it."""
    with transaction.atomic():
        photo = make_photo(content=jpeg(900, 600), title="From above")
        article = make_article(
            headline="The dyke held for a night",
            standfirst="For one more night.",
            body="<p>The dyke held, said a neighbour.</p><p>Nobody slept.</p>",
            authors=["Ann Ash"],
            tags=["Water"],
        )
        editor = make_editor()
        first_version(article).give_name("As filed")
        save_again(
            article,
            by=editor,
            headline="The dyke broke in the night",
            body=f'<p>It <strong>broke</strong>.</p><figure data-photo="{photo.pk}"></figure>',
            lead_photo=photo,
            authors=["Bo Birk"],
            tags=["Water", "Flood"],
            picks=[make_publication(headline="Public").article],
        )
        article.submit(by=editor, note="Please look at the second half.")
        PreviewLink.objects.make(article.revisions.first(), by=editor)
    return article


def pane(page):
    return page.frame_locator("#preview-pane iframe")


def open_pane(page, article):
    page.goto(address("change", article))
    page.get_by_role("button", name="Preview beside the text").click()
    expect(pane(page).locator("h1")).to_contain_text(article.headline)
    page.wait_for_load_state("networkidle")  # Nothing moves away under a pointer any more.


def wait_until_kept(page):
    """Nothing is left that the page would send when it is closed."""
    expect(page.locator("#kept-line")).to_contain_text("Draft kept")
    page.wait_for_load_state("networkidle")


def test_the_pane_shows_what_is_typed_and_saves_nothing(page, sign_in, story):
    sign_in(page, make_editor())
    before = story.revisions.count()
    open_pane(page, story)

    page.get_by_label("Headline").fill("Typed and not saved")
    expect(pane(page).locator("h1")).to_contain_text("Typed and not saved")
    desk.write_paragraphs(page, ["Words in the editor"])
    expect(pane(page).locator(".body")).to_contain_text("Words in the editor")
    expect(pane(page).locator("figure.lead img")).to_be_visible()

    wait_until_kept(page)
    story.refresh_from_db()
    assert story.headline == "The dyke broke in the night"
    assert story.revisions.count() == before


def test_a_new_story_has_a_preview_too(page, sign_in):
    sign_in(page, make_editor())
    page.goto("/admin/articles/article/add/")
    page.get_by_role("button", name="Preview beside the text").click()

    page.get_by_label("Headline").fill("Brand new")

    expect(pane(page).locator("h1")).to_contain_text("Brand new")
    wait_until_kept(page)


def test_the_pane_stays_open_until_it_is_closed(page, sign_in, story):
    sign_in(page, make_editor())
    open_pane(page, story)
    page.get_by_role("button", name="Desktop").click()

    page.reload()
    expect(page.get_by_role("button", name="Desktop")).to_have_attribute("aria-pressed", "true")
    assert pane(page).locator("html").evaluate("html => html.clientWidth") > 1200
    page.get_by_role("button", name="Phone").click()
    assert pane(page).locator("html").evaluate("html => html.clientWidth") <= 390
    page.get_by_role("button", name="Close the preview").click()

    expect(page.locator("#preview-pane")).to_be_hidden()
    expect(page.get_by_role("button", name="Preview beside the text")).to_be_focused()
    page.reload()
    expect(page.locator("#preview-pane")).to_be_hidden()


def test_a_link_in_the_pane_opens_in_a_window_of_its_own(page, sign_in, story):
    sign_in(page, make_editor())
    open_pane(page, story)

    with page.expect_popup() as opened:
        pane(page).get_by_role("link", name="Public").click()

    expect(opened.value.locator("h1")).to_contain_text("Public")
    expect(pane(page).locator("h1")).to_contain_text(story.headline)


def test_opening_the_pane_is_not_taken_for_a_change(page, sign_in, story):
    sign_in(page, make_editor())
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    open_pane(page, story)

    page.goto("/admin/")

    assert asked == []


def test_the_pane_stands_below_the_form_where_there_is_no_room_beside_it(new_page, sign_in, story):
    for width, is_beside in [(820, False), (1280, True)]:
        page = new_page(width=width)
        sign_in(page, make_editor())
        open_pane(page, story)

        text, shown = (
            page.locator(selector).bounding_box() for selector in (".story-main", ".preview-pane")
        )
        assert (shown["x"] >= text["x"] + text["width"]) is is_beside
        assert (shown["y"] >= text["y"] + text["height"]) is not is_beside


def test_without_script_there_are_pages_of_their_own(new_page, sign_in, story):
    page = new_page(javascript=False)
    sign_in(page, make_editor())

    page.goto(address("change", story))

    assert not page.get_by_role("button", name="Preview beside the text").is_visible()
    page.goto(address("preview_widths", story))
    for frame in page.frames[1:]:
        expect(frame.locator("h1")).to_contain_text(story.headline)


def test_an_older_version_is_compared_and_restored_by_keyboard_alone(page, sign_in, story):
    sign_in(page, make_editor())
    page.goto(address("history", story))
    expect(page.get_by_text("As filed")).to_be_visible()

    page.get_by_role("link", name="Restore…").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("del", has_text="broke in")).to_be_visible()
    page.get_by_role("button", name="Restore this version").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".messagelist")).to_contain_text("Restored.")
    expect(page.get_by_label("Headline")).to_have_value("The dyke held for a night")


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_axe_reports_nothing_and_nothing_is_cut_off(new_page, sign_in, story, width, dark):
    page = new_page(width=width, dark=dark)
    sign_in(page, make_editor())
    newest = story.revisions.first()
    shared = PreviewLink.objects.get().get_absolute_url()
    first = first_version(story)
    for where in [
        address("history", story),
        f"{address('compare', story)}?old={first.pk}&new={newest.pk}",
        address("restore", story, first.pk),
        address("preview_links", story),
        address("preview_widths", story),
        address("preview", story),
        shared,
    ]:
        page.goto(where)
        page.wait_for_load_state("networkidle")
        assert_clean(page, width, where)
    open_pane(page, story)
    assert_clean(page, width, "pane", part="#preview-pane")


def assert_clean(page, width, where, part=None):
    # It would copy style sheets into the page, which our policy forbids.
    report = Axe().run(page, context=part, options={"preload": False})
    assert report.violations_count == 0, f"{where}: {report.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, where
