from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone

from articles.models import Banner, LiveEntry, Outlet, Page
from articles.newsletter import links
from donations.models import Appeal
from tests.articles.newsletters import make_subscriber
from tests.factories import (
    JUNE_1,
    make_author,
    make_photo,
    make_publication,
    make_section,
    make_tag,
)

BODY = """
<p>The dyke <strong>held</strong>, said <a href="https://other.example/">a neighbour</a>.</p>
<h2>Heading</h2><h3>Smaller</h3><ul><li>One</li></ul><ol><li>First</li></ol>
<blockquote><p>Quoted</p></blockquote>
<blockquote class="pullquote"><p>Pulled</p></blockquote>
<p class="link-card"><a href="https://other.example/film">Film</a></p>
<figure data-photo="{photo}" data-caption="From the air"></figure>
"""


@pytest.fixture
def language(request, settings) -> str:
    """The language of the pages: English unless a test is parametrised; Arabic runs to the left."""
    settings.LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ar", "العربيّة")]
    return getattr(request, "param", "en")


@pytest.fixture
def addresses(live_server, settings, language) -> list[str]:
    """One page of each kind, with every element it may have."""
    prefix = "" if language == "en" else f"/{language}"

    def make_story(**fields):
        return make_publication(language=language, **fields)

    with transaction.atomic():
        Outlet.objects.create(
            pk=1, name="The Estuary", tagline="From the coast", email="a@b.example", footer="Ours."
        )
        about = Page(title="About", slug="about", body="<p>We.</p>", is_public=True)
        about.language = language
        about.save()
        now = timezone.now()
        Banner.objects.create(text="It rises", language=language, ends_at=now + timedelta(hours=1))
        for placement in ("strip", "top", "article_end", "front_page"):
            Appeal.objects.create(
                placement=placement, headline=f"Help, {placement}", button="Give", language=language
            )
        photo = make_photo()
        make_author("Ann Ash", job_title="Editor", bio="She writes.", photo=photo)
        make_tag("Water", description="Rivers.")
        for name in ("Politics", "Economy", "Climate", "Society", "Culture", "Opinion"):
            section = make_section(name, description=f"All of {name}.")
            for day in (2, 3, 4):
                make_story(section=section, lead_photo=photo, at=JUNE_1 - timedelta(days=day))
        for kind in ("opinion", "opinion", "analysis"):
            make_story(kind=kind, kicker="Label", authors=["Ann Ash"], lead_photo=photo)
        live = make_story(kind="live", at=JUNE_1 - timedelta(hours=1))
        LiveEntry.objects.create(
            article=live.article, happened_at=JUNE_1, headline="The water rises"
        ).publish(by=None)
        story = make_story(
            headline="Wasserstandsvorhersageverordnungsentwurf",
            source="WSJ",
            standfirst="For one more night.",
            dateline="LOWMARK",
            kicker="Vessin crisis",
            body=BODY.format(photo=photo.pk),
            lead_photo=photo,
            tags=["Water", "Air"],
            authors=["Ann Ash", "Bo Birk"],
            is_sensitive=True,
            text_credit="By others.",
            text_licence_id="CC BY 4.0",
            text_source_url="https://news.example/",
        )
        story.article.publish(by=None, is_significant=True)
        gone = make_story()
        gone.article.withdraw("An error.", by=None)
        waiting = make_subscriber(
            state="pending", language=language, asked_at=now, confirmed_at=None
        )
        confirmed = make_subscriber("confirmed@example.org", language=language)
    words = [
        links.to_confirm(waiting),
        links.to_confirm(confirmed),
        links.to_leave(confirmed.pk, language),
    ]
    words = [address.removeprefix(settings.SITE_URL) for address in words]
    broken = [f"{words[0]}x", f"{words[2]}x"]
    paths = [
        "/",
        f"/?before={story.pk}",
        story.get_absolute_url().removeprefix(prefix),
        gone.get_absolute_url().removeprefix(prefix),
        live.get_absolute_url().removeprefix(prefix),
        "/politics",
        "/theme/water",
        "/author/ann-ash",
        "/archive/2026/06",
        "/page/about",
        "/corrections",
        "/search",
        "/search?q=neighbour&sort=date",
        "/newsletter",
        "/offline",
        "/contribute",
        "/nothing",
    ]
    return [*(prefix + path for path in paths), *words, *broken]


@pytest.fixture
def without_missing_pages(problems):
    """Chromium complains of answers that are meant: 404 and 410."""
    yield
    problems[:] = [problem for problem in problems if "the server responded with" not in problem]


@pytest.mark.parametrize(
    ("language", "dark", "width"),
    [
        ("en", False, 320),
        ("en", True, 1280),
        ("ru", False, 1280),
        ("ar", False, 320),
        ("ar", True, 1280),
    ],
    indirect=["language"],
)
def test_axe_reports_nothing_and_nothing_is_cut_off(
    new_page, addresses, without_missing_pages, language, dark, width
):
    page = new_page(width=width, dark=dark)
    for address in addresses:
        page.goto(address)
        report = Axe().run(page)
        assert report.violations_count == 0, f"{address}: {report.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        right_to_left = page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        assert right_to_left is (language == "ar")


def test_axe_reports_nothing_on_paper(page, addresses, without_missing_pages):
    page.emulate_media(media="print")
    for address in addresses[2:5]:
        page.goto(address)
        report = Axe().run(page)
        assert report.violations_count == 0, f"{address}: {report.generate_report()}"


def test_the_first_tab_leads_past_the_masthead(page, addresses):
    page.goto(addresses[2])

    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_focus_is_seen_on_every_link(page, addresses):
    for address in addresses[:3]:
        page.goto(address)
        for _link in range(page.locator("a").count()):
            page.keyboard.press("Tab")
            seen = page.evaluate(
                """() => {
                    const style = getComputedStyle(document.activeElement);
                    return [style.outlineStyle, style.outlineWidth];
                }"""
            )
            assert seen == ["solid", "3px"]


def test_links_outside_of_sentences_are_large_enough(new_page, addresses):
    page = new_page(width=320)
    for address in addresses[:3]:
        page.goto(address)
        for link in page.locator("nav a, .name a, .site-footer a").all():
            assert link.bounding_box()["height"] >= 24


def test_pictures_leave_no_room_to_shift(page, addresses):
    for address in addresses[:3]:
        page.goto(address)
        shift = page.evaluate(
            """() => new Promise(resolve => {
                let sum = 0;
                new PerformanceObserver(list => {
                    for (const entry of list.getEntries()) sum += entry.value;
                }).observe({type: "layout-shift", buffered: true});
                setTimeout(() => resolve(sum), 300);
            })"""
        )
        assert shift == 0


def test_paper_gets_story_credit_and_address_without_the_furniture(page, addresses, live_server):
    page.goto(addresses[2])
    printed_address = page.locator(".on-paper")
    assert not printed_address.is_visible()

    page.emulate_media(media="print")

    assert printed_address.is_visible()
    assert addresses[2] in printed_address.inner_text()
    assert page.locator(".lead figcaption").is_visible()
    for furniture in page.locator("nav, .related, .site-footer").all():
        assert not furniture.is_visible()
