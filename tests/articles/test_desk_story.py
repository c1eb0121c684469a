"""Writing, publishing, scheduling and withdrawing a story at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Author, Publication, Tag
from tests.desk import form_values, press, story_address
from tests.factories import (
    make_article,
    make_author,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_section,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def reporters_desk(client):
    client.force_login(make_reporter())
    return client


# Saving


def test_a_draft_may_lack_everything(desk):
    press(desk, "_save")

    article = Article.objects.get()
    assert article.standing == "Draft"
    assert article.created_by.username == "editor"
    assert article.revisions.get().by == article.created_by


def test_the_form_saves_text_tags_bylines_and_picks(desk):
    quist, ito = make_author("Mara Quist"), make_author("Ken Ito")
    other = make_article()

    press(
        desk,
        "_save",
        headline="Rivers rise",
        section=make_section().pk,
        body="<p>Water.</p>",
        tags=["Water", "Smith, John", "water "],
        **{
            "bylines-TOTAL_FORMS": "2",
            "bylines-0-author": ito.pk,
            "bylines-1-author": quist.pk,
            "picks-0-picked": other.pk,
        },
    )

    article = Article.objects.get(headline="Rivers rise")
    assert [byline.author for byline in article.bylines.all()] == [ito, quist]
    assert sorted(article.tags.names()) == ["Smith, John", "Water"]
    assert [pick.picked for pick in article.picks.all()] == [other]
    assert article.slug == "rivers-rise"
    snapshot = article.revisions.get().snapshot
    assert snapshot["tags"] == ["Smith, John", "Water"]
    assert snapshot["bylines"] == [ito.pk, quist.pk]


def test_a_typed_place_decides_the_order_of_bylines(desk):
    first, second = make_author("A"), make_author("B")

    press(
        desk,
        "_save",
        headline="Rivers rise",
        **{
            "bylines-TOTAL_FORMS": "2",
            "bylines-0-author": first.pk,
            "bylines-0-position": "9",
            "bylines-1-author": second.pk,
        },
    )

    assert [byline.author for byline in Article.objects.get().bylines.all()] == [second, first]


def test_a_known_tag_is_used_whatever_its_capitals(desk):
    article = make_article(tags=["Water"])

    press(desk, "_save", article, tags=["WATER"])

    assert Tag.objects.get() == article.tags.get()


def test_saving_without_a_change_adds_nothing_to_the_history(desk):
    article = make_article()

    press(desk, "_save", article)

    assert article.revisions.count() == 1


def test_markup_that_no_story_may_hold_is_not_stored(desk):
    press(
        desk,
        "_save",
        headline="Rivers rise",
        body=(
            '<p style="color:red" onclick="x()">Water <script>alert(1)</script>'
            '<a href="javascript:alert(1)">here</a><img src="https://evil.example/x.png"></p>'
        ),
    )

    assert Article.objects.get().body == "<p>Water <a>here</a></p>"


def test_markup_is_cleaned_on_the_way_of_the_shell_too():
    article = make_article(body='<p onclick="x()">Water<script>alert(1)</script></p>')

    assert article.body == "<p>Water</p>"


def test_a_text_nested_too_deep_is_refused_at_its_field(desk):
    page = press(desk, "_save", headline="Rivers rise", body="<blockquote>" * 100)

    assert not Article.objects.exists()
    assert "nested too deep" in str(page.context["adminform"].form.errors["body"])


# Publishing


def test_publish_now_saves_the_text_first(desk):
    article = make_article(headline="Before")

    press(desk, "_publish", article, headline="After", tags=["Water"])

    publication = Publication.objects.visible().get()
    assert publication.headline == "After"
    assert [tag.name for tag in publication.tags.all()] == ["Water"]
    assert [revision.action for revision in article.revisions.all()] == [
        "published",
        "saved",
        "saved",
    ]


def test_a_new_story_can_be_published_at_once(desk):
    press(
        desk,
        "_publish",
        headline="Rivers rise",
        section=make_section().pk,
        body="<p>Water.</p>",
        **{"bylines-0-author": make_author().pk},
    )

    assert Publication.objects.visible().get().headline == "Rivers rise"


def test_publishing_changes_says_when_they_are_significant(desk):
    article = make_publication().article

    press(desk, "_publish", article, headline="After")
    assert Publication.objects.get().updated_at is None

    press(desk, "_publish", article, headline="Later still", is_significant="on")
    assert Publication.objects.get().updated_at is not None


def test_saving_a_live_story_leaves_readers_the_old_text(desk):
    article = make_publication(headline="Before").article

    page = press(desk, "_save", article, headline="After")

    assert Publication.objects.get().headline == "Before"
    assert "Live, changes waiting" in page.content.decode()


REFUSED = {
    "opinion without author": (
        lambda: {"kind": "opinion", "authors": []},
        "an opinion piece needs its author",
    ),
    "photo without credit": (
        lambda: {"lead_photo": make_photo(creator="", source_url="", licence_id="Own work")},
        "has no credit: fill in",
    ),
    "photo whose rights ended yesterday": (
        lambda: {"lead_photo": make_photo(usable_until=timezone.now() - timedelta(days=1))},
        "are not in force today",
    ),
    "no section": (lambda: {"section": None}, "Section: choose"),
    "no headline": (lambda: {"headline": "", "slug": ""}, "Headline: write one"),
    "no byline": (lambda: {"authors": []}, "Byline: add an author"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_blocks_publishing_is_said_and_the_text_kept(desk, case):
    fields, sentence = REFUSED[case]
    article = make_article(**fields())

    page = press(desk, "_publish", article, standfirst="Typed just now.")

    assert not Publication.objects.exists()
    article.refresh_from_db()
    assert article.standfirst == "Typed just now."
    assert article.revisions.first().snapshot["fields"]["standfirst"] == "Typed just now."
    # On top, at the field, and in the list beside the text.
    assert page.content.decode().count(sentence) == 3


def test_a_creative_commons_photo_without_source_is_refused_at_its_fields(desk):
    photo = make_photo()
    address = reverse("admin:articles_photo_change", args=[photo.pk])
    values = form_values(desk.get(address)) | {"source_url": "", "creator": ""}
    values.pop("original")

    page = desk.post(address, values)

    errors = page.context["adminform"].form.errors
    assert "CC BY-SA 4.0 demands the source" in str(errors["source_url"])
    assert "CC BY-SA 4.0 demands the creator" in str(errors["creator"])
    assert list(errors) == ["creator", "source_url"]


# Scheduling


@time_machine.travel("2026-03-20 12:00Z", tick=False)
def test_a_story_is_scheduled_in_the_zone_of_the_outlet(desk, settings):
    settings.TIME_ZONE = "Europe/Amsterdam"
    article = make_article()

    page = press(desk, "_schedule", article, publish_at="2026-03-20T14:30")

    assert Publication.objects.get().visible_from == datetime(2026, 3, 20, 13, 30, tzinfo=UTC)
    assert not Publication.objects.visible().exists()
    assert "Scheduled for 14:30" in page.content.decode()
    assert "time in Europe/Amsterdam" in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Say when"),
        ("tomorrow", "This is no day and time"),
        ("2026-02-30T10:00", "This is no day and time"),
        ("２０２６-03-21T10:00", "This is no day and time"),
        ("2026-03-20T12:59", "This moment has passed"),
        ("9999-12-31T23:59:59-12:00", "This is too far ahead"),
        ("2026-03-29T02:30", "Clocks go forward that night"),
        ("2026-10-25T02:30", "Clocks go back that night"),
    ],
)
@time_machine.travel("2026-03-20 12:00Z", tick=False)
def test_an_impossible_moment_is_refused(desk, settings, typed, sentence):
    settings.TIME_ZONE = "Europe/Amsterdam"
    article = make_article()

    page = press(desk, "_schedule", article, publish_at=typed, standfirst="Typed just now.")

    assert not Publication.objects.exists()
    assert sentence in str(page.context["adminform"].form.errors["publish_at"])
    assert "Typed just now." in page.content.decode()


def test_unscheduling_takes_the_publication_back(desk):
    article = make_article()
    article.publish(by=None, at=timezone.now() + timedelta(days=1))

    press(desk, "_unschedule", article)

    assert not Publication.objects.exists()


def test_unscheduling_too_late_says_that_readers_have_the_story(desk):
    article = make_article()
    article.publish(by=None, at=timezone.now() + timedelta(minutes=1))
    values = form_values(desk.get(story_address(article)))

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        page = desk.post(story_address(article), values | {"_unschedule": "1"}, follow=True)

    assert "Readers can see the story already. Withdraw it instead." in page.content.decode()
    assert Publication.objects.exists()


def test_a_scheduled_story_can_be_published_now(desk):
    article = make_article()
    article.publish(by=None, at=timezone.now() + timedelta(days=1))

    press(desk, "_publish", article)

    assert Publication.objects.visible().exists()


# Withdrawing


def test_withdrawing_asks_for_a_reason(desk):
    article = make_publication().article

    asking = press(desk, "_withdraw", article, headline="Not public")
    address = asking.request["PATH_INFO"]
    refused = desk.post(address, {"reason": " \x00"})
    assert Publication.objects.visible().get().headline != "Not public"
    assert "Say why the story is withdrawn" in refused.content.decode()

    desk.post(address, {"reason": "The source took it back."})
    assert Publication.objects.get().withdrawn_reason == "The source took it back."


def test_a_withdrawn_story_can_be_reinstated(desk):
    article = make_publication().article
    article.withdraw("Wrong.", by=None)

    press(desk, "_reinstate", article, headline="Corrected")

    assert Publication.objects.visible().get().headline != "Corrected"


def test_a_withdrawn_story_can_be_reinstated_with_its_corrections(desk):
    article = make_publication().article
    article.withdraw("Wrong.", by=None)

    press(desk, "_reinstate_changed", article, headline="Corrected")

    assert Publication.objects.visible().get().headline == "Corrected"


# Permissions


@pytest.mark.parametrize(
    "button",
    ["_publish", "_schedule", "_unschedule", "_withdraw", "_reinstate", "_reinstate_changed"],
)
def test_a_reporter_may_do_nothing_that_readers_see(reporters_desk, button):
    article = make_publication(created_by=make_reporter()).article
    article.withdraw("Wrong.", by=None)

    page = reporters_desk.get(story_address(article)).content.decode()
    response = press(reporters_desk, button, article)

    assert f'name="{button}"' not in page
    assert response.status_code == 403
    assert not Publication.objects.visible().exists()


def test_a_reporter_may_not_withdraw_by_its_address(reporters_desk):
    article = make_publication(created_by=make_reporter()).article
    address = reverse("admin:articles_article_withdraw", args=[article.pk])

    assert reporters_desk.post(address, {"reason": "x"}).status_code == 403
    assert Publication.objects.visible().exists()


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("desk", {"_save", "_preview", "_publish", "_schedule"}),
        ("scheduled", {"_save", "_preview", "_publish", "_schedule", "_unschedule"}),
        ("live", {"_save", "_preview", "_publish", "_withdraw"}),
        ("withdrawn", {"_save", "_preview", "_reinstate", "_reinstate_changed"}),
    ],
)
def test_only_buttons_that_make_sense_are_shown(desk, state, offered):
    article = make_article()
    if state != "desk":
        article.publish(by=None, at=timezone.now() + timedelta(days=state == "scheduled"))
    if state == "withdrawn":
        article.withdraw("Wrong.", by=None)

    page = desk.get(story_address(article)).content.decode()

    buttons = ["_save", "_preview", "_publish", "_schedule", "_unschedule", "_withdraw"]
    buttons += ["_reinstate", "_reinstate_changed"]
    found = {name for name in buttons if f'name="{name}"' in page}
    assert found == offered


def test_a_published_story_cannot_be_deleted(desk):
    article = make_publication().article

    assert desk.get(reverse("admin:articles_article_delete", args=[article.pk])).status_code == 403


def test_a_draft_can_be_deleted(desk):
    article = make_article()

    desk.post(reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"})

    assert not Article.objects.exists()


# Rows


@pytest.mark.parametrize("change", ["swap", "move up"])
def test_authors_change_places_in_one_save(desk, change):
    article = make_article(authors=["Mara Quist", "Ken Ito"])
    quist, ito = (byline.author_id for byline in article.bylines.all())
    rest = {"swap": {"bylines-1-author": quist}, "move up": {"bylines-1-DELETE": "on"}}

    press(desk, "_save", article, **{"bylines-0-author": ito} | rest[change])

    after = [byline.author_id for byline in article.bylines.all()]
    assert after == ([ito, quist] if change == "swap" else [ito])


def test_an_author_stands_in_the_byline_once(desk):
    article = make_article(authors=["Mara Quist", "Ken Ito"])
    quist = article.bylines.first().author_id

    press(desk, "_save", article, **{"bylines-1-author": quist})

    assert [str(byline) for byline in article.bylines.all()] == ["Mara Quist", "Ken Ito"]


def test_a_story_is_not_picked_for_itself(desk):
    article = make_article()

    page = press(desk, "_save", article, standfirst="Typed.", **{"picks-0-picked": article.pk})

    assert "A story cannot be its own related read." in page.content.decode()
    assert "Typed." in page.content.decode()
    assert not article.picks.exists()


# Preview


def test_the_preview_shows_what_readers_would_get_and_to_nobody_else(desk, client):
    picked = make_publication(headline="Picked")
    article = make_article(headline="Unpublished words")
    article.picks.create(picked=picked.article)
    address = reverse("admin:articles_article_preview", args=[article.pk])

    page = desk.get(address)
    assert "Unpublished words" in page.content.decode()
    assert "Picked" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"

    client.logout()
    assert client.get(address).status_code == 302


def test_an_empty_draft_can_be_previewed(desk):
    page = press(desk, "_preview")

    assert page.status_code == 200
    assert page.request["PATH_INFO"].endswith("/preview/")


# Finding


def test_tags_are_completed_from_their_beginnings_first(desk):
    for name in ["Water", "Underwater", "Fire"]:
        Tag.objects.create(name=name)

    found = desk.get(reverse("admin:articles_article_tags"), {"term": "wat"}).json()

    assert [row["id"] for row in found["results"]] == ["Water", "Underwater"]


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ("draft", {"Draft"}),
        ("scheduled", {"Scheduled"}),
        ("live", {"Live", "Changed"}),
        ("changes", {"Changed"}),
        ("withdrawn", {"Withdrawn"}),
    ],
)
def test_the_list_is_narrowed_by_standing(desk, standing, expected):
    make_article(headline="Draft")
    make_publication(headline="Live")
    make_publication(headline="Scheduled", at=timezone.now() + timedelta(days=1))
    make_publication(headline="Withdrawn").article.withdraw("Wrong.", by=None)
    changed = make_publication(headline="Live yet").article
    changed.headline = "Changed"
    changed.save()
    changed.record(by=None)

    page = desk.get(reverse("admin:articles_article_changelist"), {"standing": standing})

    assert {article.headline for article in page.context["cl"].result_list} == expected


@pytest.mark.parametrize("number", [3, 30])
def test_queries_do_not_grow_with_the_number_of_stories(
    desk, django_assert_num_queries, django_assert_max_num_queries, number
):
    photo = make_photo()
    for _ in range(number):
        make_publication(lead_photo=photo)
    article = make_article(lead_photo=photo, tags=["Water", "Fire"])
    for publication in Publication.objects.all()[:3]:
        article.picks.create(picked_id=publication.pk)
    listed = reverse("admin:articles_article_changelist")
    desk.get(listed)  # Content types are cached from now on.

    with django_assert_num_queries(9):
        desk.get(listed)
    with django_assert_max_num_queries(15):
        desk.get(story_address(article))
    with django_assert_max_num_queries(15):
        desk.get(reverse("admin:articles_photo_changelist") + "?_popup=1")


def test_a_long_list_is_not_counted_to_its_end(desk, monkeypatch):
    monkeypatch.setattr("articles.admin.desk.COUNTED_AT_MOST", 3)
    for _ in range(5):
        make_article()

    page = desk.get(reverse("admin:articles_article_changelist"))

    assert page.context["cl"].result_count == 3


def test_an_author_is_found_by_name(desk):
    Author.objects.create(name="Mara Quist", slug="mara-quist")
    query = {"app_label": "articles", "model_name": "articlebyline", "field_name": "author"}

    found = desk.get(reverse("admin:autocomplete"), query | {"term": "quist"}).json()

    assert [row["text"] for row in found["results"]] == ["Mara Quist"]
