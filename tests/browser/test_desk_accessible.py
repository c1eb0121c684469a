"""The desk for everybody: axe, nothing cut off on phone and tablet, a focus that is seen."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Banner, Correction, FrontPageSlot, LiveEntry
from tests.factories import make_article, make_editor, make_photo, make_publication, make_tag

FRONT_PAGE = "/admin/articles/frontpageslot/"
CARE = {"preload": False}  # It would copy style sheets into the page, which our policy forbids.


@pytest.fixture
def editor(live_server):
    return make_editor()


@pytest.fixture
def addresses(editor):
    """One page of each kind, with something on it."""
    with transaction.atomic():
        photo = make_photo(usable_until=timezone.now() + timedelta(days=3))
        tag = make_tag("Water", description="Rivers and lakes.")
        tag.aliases.create(name="Rivers")
        story = make_publication(
            headline="The dyke held for a night",
            kind="live",
            lead_photo=photo,
            tags=["Water"],
            created_by=editor,
        ).article
        Correction.objects.make(story, kind="correction", text="It was Monday.", by=editor)
        LiveEntry.objects.create(article=story, headline="It holds", body="<p>So far.</p>")
        for position, name in enumerate(["Flood", "Storm", "Calm"], start=1):
            picked = make_publication(headline=name).article
            FrontPageSlot.objects.create(picked=picked, position=position)
        make_article(headline="In review", created_by=editor, stage="in_review")
        now = timezone.now()
        Banner.objects.create(text="Dyke breaks", ends_at=now + timedelta(hours=1), picked=story)

    def of_story(name):
        return reverse(f"admin:articles_article_{name}", args=[story.pk])

    return [
        "/admin/",
        "/admin/articles/article/",
        of_story("change"),
        of_story("corrections"),
        of_story("live"),
        FRONT_PAGE,
        "/admin/articles/photo/",
        reverse("admin:articles_photo_change", args=[photo.pk]),
        reverse("admin:articles_tag_change", args=[tag.pk]),
        "/admin/articles/banner/add/",
        "/",
    ]


@pytest.mark.parametrize(("width", "dark"), [(390, True), (768, False), (1280, True)])
def test_axe_reports_nothing_and_nothing_is_cut_off(
    new_page, sign_in, editor, addresses, width, dark
):
    page = new_page(width=width, dark=dark)
    sign_in(page, editor)
    found = []
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        report = Axe().run(page, options=CARE)
        if report.violations_count:
            found.append(f"{address}: {report.generate_report()}")
        actual = page.evaluate("document.documentElement.scrollWidth")
        if actual > width:
            found.append(f"{address} is {actual} pixels wide.")
    assert not found, "\n".join(found)


def test_a_story_is_moved_by_keyboard_alone(page, sign_in, editor, addresses):
    sign_in(page, editor)
    page.goto(FRONT_PAGE)

    page.get_by_role("button", name="Move “Calm” up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("arranged anew")
    expect(page.get_by_role("button", name="Move “Calm” up")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(".pinned-story a").first).to_have_text("Calm")
    expect(page.get_by_role("button", name="Move “Calm” down")).to_be_focused()


def test_a_story_is_moved_by_dragging(page, sign_in, editor, addresses):
    sign_in(page, editor)
    page.goto(FRONT_PAGE)

    with page.expect_navigation():
        page.locator(".drag-handle").nth(2).drag_to(
            page.locator(".pinned > li").first, target_position={"x": 200, "y": 2}
        )

    expect(page.locator(".pinned-story a")).to_have_text(["Calm", "Flood", "Storm"])


def test_a_story_is_pinned_and_moved_without_script(new_page, sign_in, editor, addresses):
    page = new_page(javascript=False)
    sign_in(page, editor)
    page.goto(FRONT_PAGE)

    page.get_by_label("Words of the headline").fill("dyke night")
    page.keyboard.press("Enter")
    page.get_by_label("Stories found").get_by_role("button", name="Pin").click()
    page.get_by_role("button", name="Make “The dyke held for a night” the lead").click()

    expect(page.locator(".pinned-story a").first).to_have_text("The dyke held for a night")


def test_the_focus_is_seen(page, sign_in, editor, addresses):
    sign_in(page, editor)
    page.goto(FRONT_PAGE)

    for _press in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert style[0] != "none"
        assert style[1] >= 2
