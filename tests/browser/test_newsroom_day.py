"""A story from its first word to its correction, as a reporter, an editor and a reader live it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from articles.models import Article, Outlet, Photo, Publication
from tests.browser import desk
from tests.factories import jpeg, make_author, make_editor, make_reporter, make_section

PASSWORD = "a long enough sentence"
FIRST_HEADLINE = "Dyke holds for a night"
HEADLINE = "The dyke held, for one night"
CREDITED = {"creator": "Kalabaha1969", "source_url": "https://photos.example/dyke"}


@pytest.fixture
def pictures(tmp_path):
    paths = []
    for name, colour in [("above", "teal"), ("below", "sienna")]:
        path = tmp_path / f"{name}.jpg"
        path.write_bytes(jpeg(1200, 800, colour))
        paths.append(path)
    return paths


def sign_in_by_hand(page: Page, user) -> None:
    user.set_password(PASSWORD)
    user.save()
    page.goto("/admin/")
    page.wait_for_url("**/admin/account/login/**")
    page.get_by_role("textbox", name="Username").fill(user.username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()


def place_photo(page: Page, picture, fields: dict[str, str]) -> None:
    """Upload a photo through the library's window and place it where the cursor is."""
    desk.toolbar(page, "Photo from the library").click()
    choose = page.locator(".prose-editor-dialog").get_by_text("Choose from the library")
    window = desk.window_opened_by(page, choose)
    window.get_by_role("link", name="Add photo").click()
    desk.fill_photo(window, picture, fields, "CC BY-SA 4.0")
    with window.expect_event("close"):
        window.get_by_role("button", name="Save", exact=True).click()
    desk.answer(page, "Place the photo")
    expect(page.locator(".ProseMirror figure img")).to_be_visible()


def open_from_first_page(page: Page, block: str) -> None:
    """Open the story where the first page of the desk lists it."""
    page.goto("/admin/")
    page.get_by_role("region", name=block).get_by_role(
        "link", name=re.compile("dyke", re.I)
    ).click()


def take_step(page: Page, button: str, note: str) -> None:
    page.get_by_label("Note for the history").fill(note)
    desk.press(page, button)


def move_clock_past(publication: Publication, seconds: int) -> None:
    """Let the moment of publication be `seconds` ago; a negative number is still to come."""
    moment = timezone.now() - timedelta(seconds=seconds)
    Publication.objects.filter(pk=publication.pk).update(visible_from=moment)


def history_of(page: Page) -> list[tuple[str, str, str]]:
    """What was done, by whom, and the first line of the note, oldest first."""
    rows = page.locator("table.versions tbody tr").all()
    told = []
    for row in rows:
        assert re.search(r"\d\d:\d\d:\d\d, \d+ \w+ \d{4}", row.locator("th").inner_text())
        cells = row.locator("td").all_inner_texts()
        told.append((cells[2], cells[3], cells[4].split("\n")[0]))
    return told[::-1]


def test_a_day_in_the_newsroom(new_page, pictures):
    make_section("World")
    make_author("Mara Quist")
    Outlet.objects.create(pk=1, name="The Estuary", needs_second_person=True)
    reporter, editor, reader = new_page(), new_page(), new_page()
    sign_in_by_hand(reporter, make_reporter())
    sign_in_by_hand(editor, make_editor())

    # The reporter writes, with two photos, and submits.
    reporter.get_by_role("link", name="Write a story").click()
    reporter.get_by_label("Headline").fill(FIRST_HEADLINE)
    reporter.get_by_label("Section").select_option(label="World")
    desk.choose(reporter, "bylines-0", "Mara Quist")
    desk.add_tag(reporter, "Water")
    above, below = pictures
    desk.upload_lead_photo(
        reporter, above, CREDITED | {"caption": "From above", "alt": "A dyke"}, "CC BY-SA 4.0"
    )
    desk.write_paragraphs(reporter, ["The dyke held.", "Nobody slept."])
    reporter.keyboard.press("Enter")
    place_photo(reporter, below, CREDITED | {"caption": "From below", "alt": "Sandbags"})
    take_step(reporter, "Submit for review", "Please check the name of the dyke master.")
    expect(reporter.locator(".story-standing")).to_contain_text("In review")
    expect(reporter.locator("button[name=_publish], button[name=_approve]")).to_have_count(0)
    article = Article.objects.get()
    assert len(article.photo_ids()) == Photo.objects.count() == 2

    # The editor sends it back.
    open_from_first_page(editor, "Waiting for me")
    expect(editor.locator(".story-standing")).to_contain_text("Please check the name")
    take_step(editor, "Ask for changes", "Say that it held for one night only.")
    expect(editor.locator(".story-standing")).to_contain_text("Needs changes")

    # The reporter changes it and submits it again.
    open_from_first_page(reporter, "Waiting for me")
    expect(reporter.locator(".story-standing")).to_contain_text("Say that it held for one night")
    reporter.get_by_label("Headline").fill(HEADLINE)
    take_step(reporter, "Submit again", "Done.")

    # The editor approves and schedules it; readers do not have it yet.
    open_from_first_page(editor, "Waiting for me")
    take_step(editor, "Approve", "Well told.")
    expect(editor.locator(".story-standing")).to_contain_text("Approved by editor")
    tomorrow = timezone.localtime() + timedelta(days=1)
    editor.get_by_label("Publish at").fill(f"{tomorrow:%Y-%m-%d}T14:00")
    editor.get_by_role("button", name="Schedule for 14:00").click()
    expect(editor.locator(".story-standing")).to_contain_text("Scheduled for 14:00")
    publication = Publication.objects.get()
    assert publication.visible_from == tomorrow.replace(hour=14, minute=0, second=0, microsecond=0)

    # It appears at its minute, not before.
    address = publication.get_absolute_url()
    move_clock_past(publication, -60)
    assert reader.request.get(address).status == 404
    reader.goto("/")
    expect(reader.get_by_text(HEADLINE)).to_have_count(0)
    move_clock_past(publication, 1)
    reader.goto("/")
    reader.get_by_role("link", name=HEADLINE).first.click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text(HEADLINE)
    for caption in ["From above", "From below"]:
        expect(reader.locator("figcaption", has_text=caption)).to_be_visible()

    # A correction is added.
    editor.reload()
    editor.get_by_role("link", name="Corrections").click()
    editor.get_by_label("Text").fill("It held for two nights.")
    editor.get_by_role("button", name="Add the correction").click()
    expect(editor.locator(".messagelist")).to_contain_text("stands under the story now")
    reader.reload()
    expect(reader.get_by_text("It held for two nights.")).to_be_visible()
    reader.goto("/corrections")
    expect(reader.get_by_text("It held for two nights.")).to_be_visible()
    expect(reader.get_by_role("link", name=HEADLINE)).to_be_visible()

    # The history shows all of it.
    editor.goto(f"/admin/articles/article/{article.pk}/history/")
    assert history_of(editor) == [
        ("Saved", "reporter", ""),
        ("Submitted for review", "reporter", "Please check the name of the dyke master."),
        ("Changes asked for", "editor", "Say that it held for one night only."),
        ("Saved", "reporter", ""),
        ("Submitted for review", "reporter", "Done."),
        ("Approved", "editor", "Well told."),
        ("Scheduled", "editor", ""),
        ("Correction added", "editor", "It held for two nights."),
    ]

    # An older version is restored; readers keep theirs until its changes are published.
    editor.get_by_role("link", name=re.compile("^Restore…")).last.click()
    expect(editor.locator("ins", has_text="Dyke holds")).to_be_visible()
    editor.get_by_role("button", name="Restore this version").click()
    expect(editor.get_by_label("Headline")).to_have_value(FIRST_HEADLINE)
    expect(editor.locator(".story-standing")).to_contain_text("Live, changes")
    reader.goto(address)
    expect(reader.get_by_role("heading", level=1)).to_contain_text(HEADLINE)
    desk.press(editor, "Publish changes")
    expect(editor.locator(".story-standing")).not_to_contain_text("changes")
    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_contain_text(FIRST_HEADLINE)
    expect(reader.get_by_text("It held for two nights.")).to_be_visible()
    editor.goto(f"/admin/articles/article/{article.pk}/history/")
    last_two = [(what, who) for what, who, _note in history_of(editor)[-2:]]
    assert last_two == [("Restored", "editor"), ("Changes published", "editor")]
