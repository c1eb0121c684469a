"""Unsaved text in a real browser: killed, cut off, signed out, open twice; it comes back."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from articles.models import Article, Autosave
from tests.browser import desk
from tests.factories import make_article, make_editor, make_user

OFFER = "You typed here until"


@pytest.fixture
def article():
    return make_article(headline="Before", body="<p>Before.</p>")


@pytest.fixture
def address(article):
    return reverse("admin:articles_article_change", args=[article.pk])


@pytest.fixture
def editors_page(page, sign_in):
    sign_in(page, make_editor())
    return page


def type_into_body(page, words):
    page.locator(".field-body .ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def is_kept(page):
    expect(page.locator("#kept-line")).to_contain_text("Draft kept at", timeout=15_000)


def has_text(page, words):
    expect(page.locator(".field-body .ProseMirror")).to_contain_text(words)


def copies_in(page):
    """How many texts the browser has kept."""
    keys = page.evaluate("Object.keys(localStorage)")
    return sum(key.startswith("desk:unsaved:") for key in keys)


def test_a_browser_killed_in_mid_sentence(new_page, sign_in, article, address):
    page = new_page()
    sign_in(page, make_editor())
    page.goto(address)
    type_into_body(page, " The dam will")
    desk.add_tag(page, "Water")
    desk.add_row(page, "bylines")
    is_kept(page)
    page.context.close()

    page = new_page()
    sign_in(page, make_editor())
    page.goto(address)
    expect(page.locator(".ProseMirror")).to_have_text("Before.")
    page.get_by_role("link", name="Take it back").click()

    has_text(page, "Before. The dam will")
    expect(page.locator(".field-tags .select2-selection__choice")).to_contain_text("Water")
    desk.press(page, "Save draft")
    article.refresh_from_db()
    assert article.body == "<p>Before. The dam will</p>"
    assert not Autosave.objects.exists()
    expect(page.get_by_text(OFFER)).to_have_count(0)


def test_the_network_cut_while_saving(editors_page, address, article, problems):
    page = editors_page
    page.goto(address)
    page.context.set_offline(True)
    type_into_body(page, " The dam will")
    expect(page.locator("#kept-line")).to_contain_text("Not kept: no connection.", timeout=15_000)
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)

    page.goto(address)
    page.get_by_role("button", name="Take it back").click()

    has_text(page, "Before. The dam will")
    is_kept(page)
    desk.press(page, "Save draft")
    article.refresh_from_db()
    assert article.body == "<p>Before. The dam will</p>"
    expect(page.get_by_text(OFFER)).to_have_count(0)
    assert copies_in(page) == 0
    problems[:] = [each for each in problems if "ERR_INTERNET_DISCONNECTED" not in each]


def test_a_cut_network_is_waited_for(editors_page, address, problems):
    page = editors_page
    page.goto(address)
    page.context.set_offline(True)
    type_into_body(page, " The dam will")
    expect(page.locator("#kept-line")).to_contain_text("Not kept", timeout=15_000)

    page.context.set_offline(False)

    is_kept(page)
    problems[:] = [each for each in problems if "ERR_INTERNET_DISCONNECTED" not in each]


def test_the_session_expired(editors_page, address, article, sign_in):
    page = editors_page
    page.goto(address)
    type_into_body(page, " The dam will")
    Session.objects.all().delete()

    desk.press(page, "Save draft")
    assert "login" in page.url
    back = re.search(r"next=([^&]+)", page.url)[1]
    sign_in(page, make_editor())
    page.goto(page.evaluate("decodeURIComponent", back))

    has_text(page, "Before. The dam will")
    desk.press(page, "Save draft")
    article.refresh_from_db()
    assert article.body == "<p>Before. The dam will</p>"


def test_signed_out_while_typing_is_said_and_made_good(editors_page, address, sign_in):
    page = editors_page
    page.goto(address)
    Session.objects.all().delete()
    type_into_body(page, " The dam will")
    expect(page.locator("#kept-line")).to_contain_text("you are signed out.", timeout=15_000)
    expect(page.get_by_role("link", name="Sign in, in a new window")).to_be_visible()

    sign_in(page, make_editor())

    is_kept(page)
    assert "The dam will" in Autosave.objects.get().values["body"][0]


def test_two_windows_of_one_person(editors_page, address, article):
    first = editors_page
    second = first.context.new_page()
    first.goto(address)
    second.goto(address)
    expect(second.get_by_text("You have this story open in another window.")).to_be_visible()

    type_into_body(first, " First window.")
    is_kept(first)
    type_into_body(second, " Second window.")
    is_kept(second)
    desk.press(first, "Save draft")
    desk.press(second, "Save draft")

    expect(second.get_by_role("heading", name="Somebody saved this story")).to_be_visible()
    expect(second.locator(".side-by-side")).to_contain_text("Second window.")
    article.refresh_from_db()
    assert article.body == "<p>Before. First window.</p>"
    second.get_by_label("Keep mine").check()
    desk.press(second, "Save what I chose")
    article.refresh_from_db()
    assert article.body == "<p>Before. Second window.</p>"


def test_a_text_another_window_kept_is_not_replaced_unseen(new_page, sign_in, address):
    first = new_page()
    sign_in(first, make_editor())
    first.goto(address)
    type_into_body(first, " First window.")
    is_kept(first)
    first.context.close()

    second = new_page()
    sign_in(second, make_editor())
    second.goto(address)
    type_into_body(second, " Second window.")
    is_kept(second)  # The first text has moved into this browser, and is still offered.
    second.get_by_role("button", name="Take it back").click()

    has_text(second, "Before. First window.")


def test_logging_out_takes_the_texts_out_of_the_browser(editors_page, address):
    page = editors_page
    page.goto(address)
    type_into_body(page, " The dam will")
    is_kept(page)
    assert copies_in(page) == 1

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Log out").click()

    page.wait_for_url(lambda url: address not in url)
    assert copies_in(page) == 0


def test_a_discarded_text_is_gone(editors_page, address):
    page = editors_page
    page.goto(address)
    type_into_body(page, " The dam will")
    is_kept(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    expect(page.get_by_text(OFFER)).to_have_count(1)

    page.get_by_role("button", name="Discard it").click()

    expect(page.get_by_text(OFFER)).to_have_count(0)
    page.goto(address)
    expect(page.get_by_text(OFFER)).to_have_count(0)
    assert not Autosave.objects.exists()


def test_others_who_edit_are_named(new_page, sign_in, address):
    olga, ours = new_page(), new_page()
    sign_in(olga, make_user("olga", "Editor"))
    sign_in(ours, make_editor())
    olga.goto(address)
    expect(olga.locator("#kept-line")).to_have_count(1)
    ours.goto(address)

    expect(ours.locator("#presence")).to_contain_text("olga is editing since")


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_both_texts_fit_the_screen_without_script(new_page, sign_in, article, address, width, dark):
    page = new_page(width=width, dark=dark, javascript=False)
    sign_in(page, make_editor())
    page.goto(address)
    article.headline = "Theirs"
    article.save()
    article.record(by=make_user("olga", "Editor"))
    page.get_by_label("Headline").fill("Mine")
    desk.press(page, "Save draft")

    expect(page.locator(".side-by-side")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Keep mine").check()
    desk.press(page, "Save what I chose")
    assert Article.objects.get().headline == "Mine"
