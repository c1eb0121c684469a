"""The model article, entered through the desk by hand and read on its public page.

Section, alt text and photo source are this test's own; all else is read from the reference
content, and found again word for word in the order of the model page.
"""

import json
import os
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import expect

from articles.models import Author, Publication
from tests.browser import desk
from tests.factories import jpeg, make_editor, make_section

FOLDER = os.environ.get("REFERENCE_CONTENT", "")
SEED = Path(FOLDER) / "seed_article.json"

pytestmark = pytest.mark.skipif(
    not FOLDER or not SEED.exists(), reason="REFERENCE_CONTENT names no folder with this article"
)
KINDS = {"News Analysis": "analysis"}


@pytest.fixture
def seed():
    return json.loads(SEED.read_text())


@pytest.fixture
def on_its_day(seed):
    """The clock of the server stands at noon of the day printed on the article."""
    noon = datetime.combine(date.fromisoformat(seed["date"]), time(12), UTC)
    with time_machine.travel(noon):
        yield


def test_the_model_article_is_entered_and_read_word_for_word(
    seed, on_its_day, page, sign_in, tmp_path
):
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(jpeg(1600, 1000))
    for name in ("World", "Opinion"):
        make_section(name)
    for related in seed["related"]:
        if related.get("author"):
            Author.objects.create(name=related["author"], slug="the-author")
    sign_in(page, make_editor())

    for related in seed["related"]:
        enter_related(page, related)
    enter(page, seed, picture)
    desk.press(page, "Publish now")
    expect(page.locator(".story-standing")).to_contain_text("Live")
    desk.go_to_public_page(page)

    publication = Publication.objects.get(headline=seed["headline_parts"]["text"])
    assert page.url.endswith(publication.get_absolute_url())
    assert publication.get_absolute_url().startswith(f"/{seed['date'].replace('-', '/')}/")
    article = page.locator("main article").first
    moment = article.locator("header time").first.get_attribute("datetime")
    assert moment.startswith(seed["date"])
    assert squeezed(article.locator("h1").text_content()) == seed["headline"]
    assert (
        squeezed(article.locator("figcaption").first.text_content())
        == (seed["lead_photo"]["as_printed"])
    )
    assert_in_order(squeezed(page.locator("main").text_content()), words_of(seed))


def enter_related(page, related):
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Headline").fill(related["headline"])
    page.get_by_label("Teaser").fill(related["teaser"])
    page.get_by_label("Section").select_option(label="World")
    if related.get("author"):
        page.get_by_label("Kind").select_option("opinion")
        page.get_by_label("Section").select_option(label="Opinion")
        desk.choose(page, "bylines-0", related["author"])
    else:
        page.get_by_label("No byline").check()
    if related.get("genre"):
        page.get_by_label("Kind").select_option(KINDS[related["genre"]])
    if related.get("kicker"):
        page.get_by_label("Theme label").fill(related["kicker_as_printed"])
    desk.press(page, "Publish now")
    expect(page.locator(".story-standing")).to_contain_text("Live")


def enter(page, seed, picture):
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Headline").fill(seed["headline_parts"]["text"])
    page.locator("#id_source").fill(seed["headline_parts"]["source_attribution"])
    page.get_by_label("Section").select_option(label="World")
    page.get_by_label("No byline").check()
    desk.write_paragraphs(page, seed["body"])
    for tag in seed["tags"]:
        desk.add_tag(page, tag)
    photo = seed["lead_photo"]
    desk.upload_lead_photo(
        page,
        picture,
        {
            "caption": photo["caption"],
            "creator": photo["credit"],
            "alt": "A self-propelled mortar on a parade ground",
            "source_url": "https://photos.example/tyulpan",
        },
        photo["licence"],
    )
    for index, related in enumerate(seed["related"]):
        if index:
            desk.add_row(page, "picks")
        desk.choose(page, f"picks-{index}", related["headline"])


def words_of(seed):
    """What the page prints from the headline on, the appeals left out."""
    yield seed["headline"]
    yield seed["lead_photo"]["as_printed"]
    yield from seed["body"]
    yield seed["tags_as_printed"]
    yield seed["related_heading"]
    for related in seed["related"]:
        yield related["kicker_as_printed"]
        yield related["headline"]
        yield related["teaser"]


def squeezed(text):
    return " ".join(text.split())


def assert_in_order(text, parts):
    """Each part stands after the one before it; capitals are a matter of style."""
    text = text.casefold()
    end = 0
    for part in parts:
        begin = text.find(part.casefold(), end)
        assert begin >= 0, f"missing, or not in its place: {part}"
        end = begin + len(part)
