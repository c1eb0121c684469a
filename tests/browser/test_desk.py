"""The desk in a real browser, where nothing may offend the content security policy."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from articles.models import Article, Publication
from tests.browser import desk
from tests.factories import jpeg, make_article, make_author, make_editor, make_photo, make_section


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "dam.jpg"
    path.write_bytes(jpeg(1200, 800))
    return path


@pytest.fixture
def editors_page(page, sign_in):
    sign_in(page, make_editor())
    return page


def test_an_editor_signs_in_writes_a_story_and_reads_it(page, picture):
    make_section("World")
    make_author("Mara Quist")
    editor = make_editor()
    editor.set_password("a long password")
    editor.save()

    page.goto("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_role("textbox", name="Password").fill("a long password")
    desk.press(page, "Sign in")
    page.goto("/admin/articles/article/add/")

    page.get_by_label("Headline").fill("Rivers rise")
    page.get_by_label("Section").select_option(label="World")
    desk.write_paragraphs(page, ["The water stands high. "])
    desk.toolbar(page, "bold").click()
    page.keyboard.insert_text("Very high.")
    desk.toolbar(page, "bold").click()
    page.keyboard.press("Enter")
    desk.toolbar(page, "Heading").click()
    page.keyboard.insert_text("The dam")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("Never seen the like.")
    desk.toolbar(page, "Pull quote: words of the story, set large").click()
    desk.add_tag(page, "Water")
    desk.add_tag(page, "Smith, John")
    desk.choose(page, "bylines-0", "Mara Quist")
    desk.upload_lead_photo(
        page,
        picture,
        {"caption": "A dam", "alt": "A dam from above", "creator": "Kalabaha1969"}
        | {"source_url": "https://photos.example/dam"},
        "CC BY-SA 4.0",
    )
    expect(page.locator(".field-lead_photo figcaption")).to_have_text(
        "A dam. Kalabaha1969 (CC BY-SA 4.0)"
    )
    desk.press(page, "Publish now")

    expect(page.locator(".story-standing")).to_contain_text("Live")
    article = Article.objects.get()
    assert article.body == (
        "<p>The water stands high. <strong>Very high.</strong></p><h2>The dam</h2>"
        '<blockquote class="pullquote"><p>Never seen the like.</p></blockquote>'
    )
    assert set(article.tags.names()) == {"Water", "Smith, John"}
    desk.go_to_public_page(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rivers rise")
    expect(page.get_by_text("Mara Quist").first).to_be_visible()


def test_every_button_of_the_editor_gives_what_a_story_may_hold(editors_page):
    page = editors_page
    photo = make_photo(content=jpeg(900, 600), caption="A dam", creator="Kalabaha1969")
    page.goto("/admin/articles/article/add/")

    desk.write_paragraphs(page, ["one"])
    page.keyboard.press("Shift+Home")
    desk.toolbar(page, "italic").click()
    desk.toolbar(page, "insert link").click()
    page.locator(".prose-editor-dialog input[name=href]").fill("https://example.org/")
    desk.answer(page, "Set the link")
    desk.go_to_end_of_line(page)
    page.keyboard.press("Enter")
    desk.toolbar(page, "Subheading").click()
    page.keyboard.insert_text("two")
    page.keyboard.press("Enter")
    desk.toolbar(page, "unordered list").click()
    page.keyboard.insert_text("three")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    desk.toolbar(page, "ordered list").click()
    page.keyboard.insert_text("four")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    desk.toolbar(page, "Quotation").click()
    page.keyboard.insert_text("five")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    desk.toolbar(page, "Link card: a video, post or page elsewhere").click()
    page.locator(".prose-editor-dialog input[name=href]").fill("https://video.example/6")
    page.locator(".prose-editor-dialog input[name=text]").fill("six")
    desk.answer(page, "Place the card")
    desk.toolbar(page, "Photo from the library").click()
    choose = page.locator(".prose-editor-dialog").get_by_text("Choose from the library")
    library = desk.window_opened_by(page, choose)
    with library.expect_event("close"):
        library.get_by_role("link", name="A dam").click()
    desk.answer(page, "Place the photo")
    expect(page.locator(".ProseMirror figure img")).to_be_visible()
    expect(page.locator(".ProseMirror figcaption")).to_contain_text("Kalabaha1969")
    desk.toolbar(page, "undo").click()
    desk.toolbar(page, "redo").click()
    desk.toolbar(page, "Toggle fullscreen").click()
    page.keyboard.press("Escape")
    page.get_by_label("Headline").fill("All of it")
    desk.press(page, "Save draft")

    assert Article.objects.get().body == (
        '<p><a href="https://example.org/"><em>one</em></a></p><h3>two</h3>'
        "<ul><li><p>three</p></li></ul><ol><li><p>four</p></li></ol>"
        "<blockquote><p>five</p></blockquote>"
        '<p class="link-card"><a href="https://video.example/6">six</a></p>'
        f'<figure data-photo="{photo.pk}"></figure>'
    )


def test_what_a_word_processor_adds_is_not_taken_over(editors_page):
    page = editors_page
    page.goto("/admin/articles/article/add/")
    page.locator(".ProseMirror").click()

    page.evaluate(
        """() => {
            const data = new DataTransfer()
            data.setData("text/html", '<p class="MsoNormal" style="color:red">Pasted '
              + '<b onclick="x()">text</b><img src="x.png"></p>')
            const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true})
            document.querySelector(".ProseMirror").dispatchEvent(paste)
        }"""
    )
    expect(page.locator(".ProseMirror")).to_contain_text("Pasted text")
    desk.press(page, "Save draft")

    assert Article.objects.get().body == "<p>Pasted <strong>text</strong></p>"


def test_a_story_is_withdrawn_with_a_reason(editors_page):
    page = editors_page
    article = make_article(headline="Rivers rise")
    article.publish(by=None)

    page.goto(reverse("admin:articles_article_change", args=[article.pk]))
    desk.press(page, "Withdraw…")
    page.get_by_label("Reason").fill("The source took it back.")
    desk.press(page, "Withdraw")

    expect(page.locator(".story-standing")).to_contain_text("The source took it back.")
    assert Publication.objects.get().is_withdrawn


def test_a_story_is_scheduled(editors_page):
    page = editors_page
    article = make_article(headline="Rivers rise")

    page.goto(reverse("admin:articles_article_change", args=[article.pk]))
    page.get_by_label("Publish at").fill("2099-07-25T14:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Schedule for 14:00").click()

    expect(page.locator(".story-standing")).to_contain_text("Scheduled for 14:00, 25 July 2099")


def test_a_refusal_stands_at_the_fields(editors_page):
    page = editors_page
    article = make_article(headline="Rivers rise", section=None, authors=[])

    page.goto(reverse("admin:articles_article_change", args=[article.pk]))
    desk.press(page, "Publish now")

    expect(page.locator(".messagelist")).to_contain_text("Section: choose the one")
    expect(page.locator(".field-section")).to_contain_text("Section: choose the one")
    expect(page.locator("#bylines-group")).to_contain_text("Byline: add an author")


def test_rows_are_added_for_bylines_and_picks(editors_page):
    page = editors_page
    for name in ["Ken Ito", "Mara Quist"]:
        make_author(name)
    article = make_article(headline="Rivers rise", authors=[])
    for number in (1, 2):
        make_article(headline=f"Picked {number}")

    page.goto(reverse("admin:articles_article_change", args=[article.pk]))
    desk.choose(page, "bylines-0", "Mara Quist")
    desk.add_row(page, "bylines")
    desk.choose(page, "bylines-1", "Ken Ito")
    desk.choose(page, "picks-0", "Picked 2")
    desk.add_row(page, "picks")
    desk.choose(page, "picks-1", "Picked 1")
    desk.press(page, "Save draft")

    assert [str(byline) for byline in article.bylines.all()] == ["Mara Quist", "Ken Ito"]
    assert [pick.picked.headline for pick in article.picks.all()] == ["Picked 2", "Picked 1"]


def test_no_page_of_the_desk_offends_the_policy(page, sign_in):
    sign_in(page, User.objects.create_superuser("admin"))
    photo = make_photo(content=jpeg(900, 600))
    article = make_article(lead_photo=photo, tags=["Water"])
    tag = article.tags.get()
    for address in [
        "/admin/",
        "/admin/articles/article/",
        "/admin/articles/article/?q=rivers&standing=draft",
        f"/admin/articles/article/{article.pk}/history/",
        f"/admin/articles/article/{article.pk}/delete/",
        f"/admin/articles/article/{article.pk}/preview/",
        "/admin/articles/photo/",
        f"/admin/articles/photo/{photo.pk}/change/",
        f"/admin/articles/photo/{photo.pk}/delete/",
        f"/admin/articles/tag/{tag.pk}/change/",
        f"/admin/articles/tag/{tag.pk}/merge/",
        "/admin/articles/author/add/",
        "/admin/articles/page/add/",
        "/admin/articles/redirect/add/",
        "/admin/articles/frontpageslot/add/",
        "/admin/articles/outlet/",
        "/admin/password_change/",
    ]:
        response = page.goto(address)
        page.wait_for_load_state("networkidle")
        assert response.status == 200, address


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(new_page, sign_in, width):
    page = new_page(width=width)
    sign_in(page, make_editor())
    article = make_article(lead_photo=make_photo(content=jpeg(900, 600)), tags=["Water"])
    for address in [
        "/admin/",
        "/admin/articles/article/",
        reverse("admin:articles_article_change", args=[article.pk]),
        "/admin/articles/photo/",
        "/admin/articles/photo/add/",
    ]:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_editor_of_a_standing_page_offers_what_such_a_page_may_hold(page, sign_in):
    sign_in(page, User.objects.create_superuser("admin"))

    page.goto("/admin/articles/page/add/")
    page.locator(".field-body .ProseMirror").click()
    desk.toolbar(page, "Heading").click()
    page.keyboard.insert_text("About us")

    expect(page.locator(".ProseMirror h2")).to_have_text("About us")
    expect(desk.toolbar(page, "Photo from the library")).to_have_count(0)
    expect(page.get_by_role("button", name="Pull quote")).to_have_count(0)


def test_leaving_with_unsaved_text_is_asked_about(editors_page):
    page = editors_page
    address = reverse("admin:articles_article_change", args=[make_article().pk])
    page.goto(address)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.get_by_label("Headline").click()
    page.goto("/admin/")
    assert asked == []

    page.goto(address)
    page.get_by_label("Headline").click()  # Browsers ask only those who did something.
    page.keyboard.type("Changed")
    page.goto("/admin/")
    assert asked == ["beforeunload"]
