"""Pictures in a real browser: many at once, into the text, the point that crops keep."""

import base64
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import Article, Photo
from tests.browser import desk
from tests.factories import jpeg, make_article, make_editor, make_photo, make_reporter
from tests.pictures import BY_LINE, iptc, picture, xmp

DROP = """([content, type, event]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
  const transfer = new DataTransfer()
  transfer.items.add(new File([bytes], "dam.jpg", { type }))
  const text = document.querySelector(".field-body .ProseMirror")
  const box = text.querySelector("p").getBoundingClientRect()
  const place = { clientX: box.left + 5, clientY: box.top + 5, bubbles: true, cancelable: true }
  const made = event === "drop"
    ? new DragEvent("drop", { dataTransfer: transfer, ...place })
    : new ClipboardEvent("paste", { clipboardData: transfer, ...place })
  text.dispatchEvent(made)
}"""


@pytest.fixture
def editors_page(page, sign_in):
    sign_in(page, make_editor())
    return page


@pytest.fixture
def story():
    return make_article(body="<p>The water stands high.</p>")


def bring(page, content: bytes, event: str, type: str = "image/jpeg") -> None:
    """Drop a file into the text, or paste it there."""
    page.evaluate(DROP, [base64.b64encode(content).decode(), type, event])


def open_story(page, article: Article) -> None:
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    expect(page.locator(".field-body .ProseMirror p").first).to_be_visible()


def files(tmp_path, **contents: bytes) -> list[str]:
    for name, content in contents.items():
        (tmp_path / f"{name}.jpg").write_bytes(content)
    return [str(tmp_path / f"{name}.jpg") for name in contents]


def test_many_pictures_are_uploaded_and_completed_together(editors_page, tmp_path):
    page = editors_page
    there = make_photo(content=jpeg(900, 600, "red"), caption="A dyke")
    page.goto("/admin/articles/photo/upload/")

    page.get_by_label("Pictures", exact=True).set_input_files(
        files(
            tmp_path,
            dam=picture(iptc_block=iptc([(BY_LINE, b"A. Name")]), size=(900, 600)),
            broken=b"no picture",
            dyke=jpeg(900, 600, "red"),
        )
    )

    rows = page.locator(".upload")
    expect(rows.nth(0)).to_contain_text("A. Name")
    expect(rows.nth(1)).to_contain_text("The file is not a picture")
    expect(rows.nth(2)).to_contain_text("in the library already")
    page.get_by_role("button", name="Use it: A dyke").click()
    expect(page.locator(".upload-status")).to_contain_text("2 of 3 pictures are in the library")
    page.get_by_role("link", name="Complete caption, credit and licence").click()
    shared = page.get_by_role("group", name="The same for all of them")
    shared.get_by_label("Agency").fill("AP")
    shared.get_by_label("Licence").select_option("Agency")
    expect(shared.locator("#id_all-licence_helptext")).to_have_text(
        "Agency demands a creator or an agency."
    )
    page.get_by_role("button", name="Save all").click()

    expect(page.locator(".messagelist")).to_contain_text("2 photos are saved.")
    new = Photo.objects.exclude(pk=there.pk).get()
    assert (new.creator, new.agency, new.licence_id) == ("A. Name", "AP", "Agency")


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_picture_brought_into_the_text_is_uploaded_and_placed(editors_page, story, event):
    page = editors_page
    open_story(page, story)
    page.locator(".field-body .ProseMirror p").click()

    bring(page, picture(iptc_block=iptc([(BY_LINE, b"A. Name")]), size=(900, 600)), event)

    expect(page.locator(".ProseMirror figure figcaption")).to_contain_text("A. Name")
    notice = page.locator(".photo-drop")
    expect(notice).to_contain_text("has no licence")
    expect(notice).to_contain_text("It has no alt text.")
    photo = Photo.objects.get()
    complete = notice.get_by_role("link", name="Complete its caption, credit and licence")
    expect(complete).to_have_attribute("href", f"/admin/articles/photo/{photo.pk}/change/")
    desk.press(page, "Save draft")
    story.refresh_from_db()
    assert story.body == (f'<p>The water stands high.</p><figure data-photo="{photo.pk}"></figure>')


def test_a_picture_of_the_library_is_offered_for_the_text(editors_page, story):
    page = editors_page
    there = make_photo(content=jpeg(900, 600), caption="A dam")
    open_story(page, story)

    bring(page, jpeg(900, 600), "drop")
    page.get_by_role("button", name="Use it: A dam").click()

    expect(page.locator(".ProseMirror figure figcaption")).to_contain_text("A dam")
    assert list(Photo.objects.all()) == [there]


def test_a_file_that_is_refused_leaves_the_text_as_it_was(editors_page, story):
    page = editors_page
    open_story(page, story)

    bring(page, b"no picture", "drop")

    expect(page.locator(".photo-drop")).to_contain_text("The file is not a picture")
    expect(page.locator(".ProseMirror figure")).to_have_count(0)
    expect(page.locator(".ProseMirror")).to_contain_text("The water stands high.")


def test_a_cut_network_leaves_the_text_as_it_was(editors_page, story, problems):
    page = editors_page
    open_story(page, story)
    page.route("**/photo/upload/", lambda route: route.abort())

    bring(page, jpeg(900, 600), "drop")

    expect(page.locator(".photo-drop")).to_contain_text("the text is as it was")
    expect(page.locator(".ProseMirror figure")).to_have_count(0)
    problems[:] = [it for it in problems if "ERR_FAILED" not in it]


def test_the_focal_point_is_set_by_click_and_keys_and_crops_follow(editors_page):
    page = editors_page
    photo = make_photo(content=jpeg(1200, 400))
    page.goto(f"/admin/articles/photo/{photo.pk}/change/")
    square = page.locator(".crop-square img")
    box = page.locator(".focal-picture img").bounding_box()

    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5)
    point = page.locator(".focal-point").bounding_box()
    assert abs(point["x"] + point["width"] / 2 - box["x"] - box["width"] * 0.8) < 4
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")

    expect(page.locator("#id_focal_x")).to_have_value("0.81")
    expect(page.locator("#id_focal_y")).to_have_value("0.40")
    # 1,200 × 400: the square is 400 wide, so its left edge lies at 0.81 · 1200 − 200 of 800.
    expect(square).to_have_css("object-position", re.compile(r"^96\.5\d*% "))
    expect(page.locator(".focal-point")).to_have_attribute(
        "aria-label", re.compile("81 % from the left, 40 % from the top")
    )


def test_the_form_is_filled_as_soon_as_a_file_is_chosen(editors_page, tmp_path):
    page = editors_page
    there = make_photo(content=jpeg(900, 600, "red"), caption="A dyke")
    block = iptc([(BY_LINE, b"A. Name")])
    [dam, dyke] = files(
        tmp_path,
        dam=picture(iptc_block=block, packet=xmp(creator=["B. Name"], title="La crue")),
        dyke=jpeg(900, 600, "red"),
    )
    page.goto("/admin/articles/photo/add/")
    page.get_by_label("Title").fill("Typed")

    page.locator("#id_original").set_input_files(dam)

    expect(page.locator("#id_creator")).to_have_value("A. Name")
    expect(page.locator("#id_title")).to_have_value("Typed")
    expect(page.locator(".original-said")).to_contain_text("The file says “B. Name” in XMP too.")
    expect(page.get_by_label("Upload the picture again")).to_be_hidden()
    page.locator("#id_original").set_input_files(dyke)
    expect(page.locator(".original-said")).to_contain_text("in the library already")
    expect(page.locator("#id_creator")).to_have_value("")
    expect(page.get_by_role("link", name="Use it: A dyke")).to_have_attribute(
        "data-number", str(there.pk)
    )
    page.locator("#id_licence").select_option("CC BY 4.0")
    expect(page.locator("#id_licence_helptext")).to_have_text(
        "CC BY 4.0 demands the creator's name and the source."
    )


def test_a_story_takes_the_photo_of_the_library_instead_of_the_same_again(
    editors_page, story, tmp_path
):
    page = editors_page
    there = make_photo(content=jpeg(900, 600), caption="A dam")
    open_story(page, story)

    window = desk.window_opened_by(page, page.get_by_role("link", name="Upload a photo"))
    window.locator("#id_original").set_input_files(files(tmp_path, dam=jpeg(900, 600)))
    with window.expect_event("close"):
        window.get_by_role("link", name="Use it: A dam").click()

    expect(page.locator("#id_lead_photo")).to_have_value(str(there.pk))


def test_the_chooser_searches_while_one_types(editors_page, story):
    page = editors_page
    there = make_photo(caption="A dam")
    make_photo(caption="A dyke")
    open_story(page, story)

    choose = page.get_by_role("link", name="Choose from the library").first
    chooser = desk.window_opened_by(page, choose)
    expect(chooser.locator("#result_list tbody tr")).to_have_count(2)
    chooser.locator("#searchbar").press_sequentially("da")
    expect(chooser.locator("#result_list tbody tr")).to_have_count(1)
    with chooser.expect_event("close"):
        chooser.get_by_role("link", name="A dam").click()

    expect(page.locator("#id_lead_photo")).to_have_value(str(there.pk))


def test_a_reporter_uploads_without_script(new_page, sign_in, tmp_path):
    page = new_page(javascript=False)
    sign_in(page, make_reporter())
    page.goto("/admin/articles/photo/upload/")

    page.get_by_label("Pictures", exact=True).set_input_files(
        files(tmp_path, dam=jpeg(900, 600), dyke=jpeg(900, 600, "red"))
    )
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Complete the photos")
    assert Photo.objects.count() == 2


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_axe_reports_nothing_on_the_pages_of_the_library(new_page, sign_in, problems, width, dark):
    page = new_page(width=width, dark=dark)
    sign_in(page, make_editor())
    photos = [
        make_photo(content=jpeg(900, 600)),
        make_photo(licence_id="Agency", creator="", agency="AP", alt=""),
    ]
    listed = ",".join(str(photo.pk) for photo in photos)

    for address in (
        "upload/",
        f"complete/?photos={listed}",
        f"{photos[0].pk}/change/",
        "add/",
    ):
        page.goto(f"/admin/articles/photo/{address}")
        assert problems == []
        report = Axe().run(page)
        assert report.violations_count == 0, f"{address}: {report.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        problems.clear()  # Axe looks at style sheets in ways the policy does not allow.
