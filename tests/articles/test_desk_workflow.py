"""The steps of a story at the desk: buttons, notes, what blocks publishing, own stories."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, DeskNote, Outlet, Publication
from tests.desk import form_values, press, story_address
from tests.factories import (
    make_article,
    make_author,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_section,
    make_user,
)

pytestmark = pytest.mark.django_db

STEPS = ["_submit", "_ask_changes", "_approve"]


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def reporters_desk(client):
    client.force_login(make_reporter())
    return client


def page_of(article, name, *more):
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *more])


def buttons_on(page):
    return {name for name in STEPS if f'name="{name}"' in page.content.decode()}


# Buttons


def test_a_reporter_submits_what_stands_in_the_form(reporters_desk):
    article = make_article(created_by=make_reporter())

    press(reporters_desk, "_submit", article, headline="Rivers rise", step_note="With photos.")

    article.refresh_from_db()
    assert (article.stage, article.headline) == ("in_review", "Rivers rise")
    lines = article.revisions.order_by("pk").values_list("action", "note")
    assert list(lines)[1:] == [("saved", ""), ("submitted", "With photos.")]


def test_a_new_story_can_be_submitted_at_once(reporters_desk):
    press(reporters_desk, "_submit", headline="Rivers rise")

    assert Article.objects.get().standing == "In review"


def test_an_editor_asks_for_changes_and_the_author_reads_which(desk, client):
    article = make_article(created_by=make_reporter(), stage="in_review")

    press(desk, "_ask_changes", article, step_note="Who says so?")

    client.force_login(make_reporter())
    page = client.get(story_address(article)).content.decode()
    assert "Needs changes" in page
    assert "Who says so?" in page
    assert "Submit again" in page


def test_asking_for_changes_without_saying_which_saves_nothing_and_loses_nothing(desk):
    article = make_article(stage="in_review", headline="Before")

    page = press(desk, "_ask_changes", article, headline="After")

    article.refresh_from_db()
    assert (article.stage, article.headline) == ("in_review", "Before")
    assert "Say what is to be changed" in str(page.context["adminform"].form.errors["step_note"])
    assert 'value="After"' in page.content.decode()


def test_an_editor_approves(desk):
    article = make_article(stage="in_review")

    page = press(desk, "_approve", article)

    article.refresh_from_db()
    assert (article.stage, article.approved_by) == ("approved", make_editor())
    assert "Approved by editor." in page.content.decode()


def test_a_step_that_somebody_else_has_taken_is_refused_and_the_text_and_note_kept(desk):
    article = make_article(stage="in_review")
    Article.objects.filter(pk=article.pk).update(stage="approved")

    page = press(desk, "_approve", article, standfirst="Typed.", step_note="Well done.")

    article.refresh_from_db()
    assert article.standfirst == "Typed."
    text = page.content.decode()
    assert "Only a story in review can be approved; this one is at “Approved”." in text
    assert "Your note: Well done." in text


@pytest.mark.parametrize(
    ("stage", "offered"),
    [
        ("draft", {"_submit"}),
        ("in_review", {"_ask_changes", "_approve"}),
        ("needs_changes", {"_submit"}),
        ("approved", {"_ask_changes"}),
    ],
)
def test_only_steps_that_make_sense_are_offered(desk, client, stage, offered):
    article = make_article(stage=stage, created_by=make_reporter())

    assert buttons_on(desk.get(story_address(article))) == offered
    client.force_login(make_reporter())
    assert buttons_on(client.get(story_address(article))) == offered & {"_submit"}


@pytest.mark.parametrize("button", ["_ask_changes", "_approve"])
def test_a_reporter_may_not_judge_even_by_a_forged_form(reporters_desk, button):
    article = make_article(created_by=make_reporter(), stage="in_review")

    response = press(reporters_desk, button, article, step_note="x")

    assert response.status_code == 403
    article.refresh_from_db()
    assert article.stage == "in_review"


def test_the_stage_is_no_field_of_the_form(desk):
    article = make_article()

    press(desk, "_save", article, stage="approved", approved_by=make_editor().pk)

    article.refresh_from_db()
    assert (article.stage, article.approved_by) == ("draft", None)


def test_one_may_publish_and_not_withdraw(client):
    user = make_user("publisher", "Editor")
    user.groups.clear()
    for name in ("view", "change", "publish", "edit_any"):
        code = f"{name}_article"
        user.user_permissions.add(permission(code))
    client.force_login(user)
    article = make_publication().article

    assert press(client, "_withdraw", article).status_code == 403
    assert client.post(page_of(article, "withdraw"), {"reason": "x"}).status_code == 403
    assert press(client, "_publish", article, headline="After").status_code == 200
    assert Publication.objects.get().headline == "After"


def permission(code):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=code, content_type__app_label="articles")


# Nobody publishes their own story alone


@pytest.mark.parametrize("button", ["_publish", "_schedule"])
def test_the_rule_of_two_is_said_in_a_sentence_and_holds_for_forged_forms(desk, button):
    Outlet.objects.create(pk=1, name="The Tide", needs_second_person=True)
    article = make_article(created_by=make_editor())
    tomorrow = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"

    page = press(desk, button, article, publish_at=tomorrow)

    assert not Publication.objects.exists()
    text = page.content.decode()
    assert "Nobody publishes their own story alone here" in text
    assert "This is your own story: somebody else must approve" in text


# Publishing: what the button says, and what blocks it


@time_machine.travel("2026-03-20 12:00Z", tick=False)
def test_the_form_knows_the_zone_in_which_a_moment_is_typed(desk, settings):
    settings.TIME_ZONE = "Europe/Amsterdam"

    page = desk.get(story_address(make_article())).content.decode()

    assert 'data-zone="Europe/Amsterdam"' in page


def test_what_blocks_publishing_is_listed_before_anybody_tries(desk):
    page = desk.get(story_address(make_article(headline="", authors=[]))).content.decode()

    assert '<a href="#id_headline">Headline: write one.</a>' in page
    assert '<a href="#bylines-group">Byline: add an author' in page


def test_nothing_is_listed_for_a_story_that_is_ready(desk):
    page = desk.get(story_address(make_article())).content.decode()

    assert "Nothing: it could be published as it stands." in page


def test_the_list_follows_what_is_typed_and_saves_nothing(desk):
    article = make_article(headline="", section=None, authors=[])
    section, author = make_section(), make_author()
    photo = make_photo(alt="")
    values = form_values(desk.get(story_address(article)))

    page = desk.post(
        page_of(article, "blocking"),
        values
        | {
            "headline": "Rivers rise",
            "section": section.pk,
            "bylines-0-author": author.pk,
            "lead_photo": photo.pk,
        },
    ).content.decode()

    assert "Headline" not in page
    assert "Byline" not in page
    assert "Section" not in page
    assert '<a href="#id_lead_alt">Alt text' in page
    article.refresh_from_db()
    assert (article.headline, article.lead_photo) == ("", None)
    assert not article.bylines.exists()


def test_a_byline_ticked_to_be_deleted_counts_as_none(desk):
    article = make_article()
    values = form_values(desk.get(story_address(article)))

    page = desk.post(page_of(article, "blocking"), values | {"bylines-0-DELETE": "on"})

    assert "Byline: add an author" in page.content.decode()


@time_machine.travel("2026-03-20 12:00Z", tick=False)
def test_a_moment_that_does_not_exist_is_listed_while_it_is_typed(desk, settings):
    settings.TIME_ZONE = "Europe/Amsterdam"
    article = make_article()
    values = form_values(desk.get(story_address(article)))

    page = desk.post(
        page_of(article, "blocking"), values | {"publish_at": "2026-03-29T02:30"}
    ).content.decode()

    assert '<a href="#id_publish_at">Clocks go forward that night' in page


def test_the_list_of_a_new_story_can_be_asked_for(desk):
    page = desk.post(reverse("admin:articles_article_blocking_new"), {"headline": "Rivers rise"})

    assert "Section: choose" in page.content.decode()
    assert not Article.objects.exists()


# Giving out work


def test_an_editor_gives_out_work_and_the_history_says_so(desk):
    article = make_article()

    press(
        desk,
        "_save",
        article,
        assigned_to=make_reporter().pk,
        deadline_0="2026-12-01",
        deadline_1="14:00",
        desk_label="dyke 2",
    )

    article.refresh_from_db()
    assert (article.assigned_to, article.desk_label) == (make_reporter(), "dyke 2")
    line = article.revisions.first()
    assert (line.action, line.by) == ("assigned", make_editor())
    assert line.note == "Assigned to reporter, deadline 14:00, 1 December 2026"
    listed = desk.get(reverse("admin:articles_article_changelist")).content.decode()
    assert "dyke 2" in listed
    assert "reporter" in listed


def test_a_reporter_gives_out_no_work(reporters_desk):
    article = make_article(created_by=make_reporter())

    press(reporters_desk, "_save", article, assigned_to=make_editor().pk, desk_label="dyke 2")

    article.refresh_from_db()
    assert (article.assigned_to, article.desk_label) == (None, "dyke 2")


def test_work_goes_to_those_who_are_at_the_desk(desk):
    gone = make_user("gone")
    gone.is_active = False
    gone.save()
    article = make_article()

    page = press(desk, "_save", article, assigned_to=gone.pk)
    assert "assigned_to" in page.context["adminform"].form.errors

    Article.objects.filter(pk=article.pk).update(assigned_to=gone)
    press(desk, "_save", article, headline="After")
    article.refresh_from_db()
    assert (article.headline, article.assigned_to) == ("After", gone)


def test_colleagues_are_found_by_name_by_those_who_give_out_work(desk, client):
    make_reporter()
    address = reverse("admin:articles_article_colleagues")

    found = desk.get(address, {"term": "repo"}).json()
    assert [row["text"] for row in found["results"]] == ["reporter"]

    client.force_login(make_reporter())
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"assigned": "me"}, {"Mine"}),
        ({"assigned": "nobody"}, {"Free"}),
        ({"assigned": "waiting"}, {"Mine"}),
        ({"deadline": "overdue"}, {"Mine"}),
        ({"deadline": "coming"}, {"Theirs"}),
        ({"standing": "needs_changes"}, {"Theirs"}),
    ],
)
def test_the_list_is_narrowed_to_work(desk, query, expected):
    now = timezone.now()
    make_article(headline="Free")
    make_article(headline="Mine", assigned_to=make_editor(), deadline=now - timedelta(hours=1))
    make_article(
        headline="Theirs",
        assigned_to=make_reporter(),
        deadline=now + timedelta(hours=1),
        stage="needs_changes",
    )
    make_publication(headline="Done", deadline=now - timedelta(hours=1))

    page = desk.get(reverse("admin:articles_article_changelist"), query)

    assert {article.headline for article in page.context["cl"].result_list} == expected


# Notes


def test_notes_stand_beside_the_text_and_are_marked_done(desk):
    article = make_article()

    desk.post(page_of(article, "notes"), {"text": "Call the dyke master."})
    note = DeskNote.objects.get()
    assert (note.by, note.text) == (make_editor(), "Call the dyke master.")
    assert "Call the dyke master." in desk.get(story_address(article)).content.decode()

    desk.post(page_of(article, "note_done", note.pk))
    note.refresh_from_db()
    assert note.done_at is not None


def test_a_script_gets_the_list_alone(desk):
    article = make_article()

    page = desk.post(
        page_of(article, "notes"), {"text": "Call."}, headers={"X-Requested-With": "fetch"}
    )
    assert page.content.decode().lstrip().startswith("<ul>")

    refused = desk.post(
        page_of(article, "notes"), {"text": " "}, headers={"X-Requested-With": "fetch"}
    )
    assert refused.status_code == 422


def test_a_note_changes_neither_the_text_nor_an_approval(desk):
    article = make_publication(stage="approved").article

    desk.post(page_of(article, "notes"), {"text": "Call."})

    article.refresh_from_db()
    assert (article.standing, article.stage) == ("Live", "approved")
    assert article.revisions.count() == 2


# Own stories


@pytest.mark.parametrize("name", ["change", "history", "preview", "delete"])
def test_the_story_of_another_is_to_a_reporter_as_if_it_were_not_there(reporters_desk, name):
    make_reporter().user_permissions.add(permission("delete_article"))
    theirs = make_article(created_by=make_editor(), headline="Secret words")

    response = reporters_desk.get(page_of(theirs, name))
    missing = reporters_desk.get(reverse(f"admin:articles_article_{name}", args=[10**9]))

    assert (response.status_code, missing.status_code) == (404, 404)
    assert "Secret words" not in response.content.decode()


@pytest.mark.parametrize("name", ["notes", "blocking"])
def test_nothing_is_sent_to_the_story_of_another(reporters_desk, name):
    theirs = make_article(created_by=make_editor(), headline="Secret words")

    response = reporters_desk.post(page_of(theirs, name), {"text": "x"})

    assert response.status_code == 404
    assert not DeskNote.objects.exists()


def test_a_note_is_reached_by_its_own_story_alone(reporters_desk):
    theirs = make_article(created_by=make_editor())
    note = theirs.desk_notes.create(by=make_editor(), text="Secret")
    mine = make_article(created_by=make_reporter())

    assert reporters_desk.post(page_of(mine, "note_done", note.pk)).status_code == 404
    assert reporters_desk.post(page_of(theirs, "note_done", note.pk)).status_code == 404


@pytest.mark.parametrize("button", ["_save", "_submit"])
def test_a_forged_form_changes_no_story_of_another(reporters_desk, button):
    theirs = make_article(created_by=make_editor(), headline="Before")

    response = reporters_desk.post(story_address(theirs), {"headline": "After", button: "1"})

    assert response.status_code == 404
    theirs.refresh_from_db()
    assert theirs.headline == "Before"


@pytest.mark.parametrize("fields", [{"created_by": make_reporter}, {"assigned_to": make_reporter}])
@pytest.mark.parametrize("name", ["change", "history", "preview"])
def test_a_reporter_opens_stories_begun_by_or_assigned_to_them(reporters_desk, fields, name):
    article = make_article(**{field: make() for field, make in fields.items()})

    assert reporters_desk.get(page_of(article, name)).status_code == 200


def test_list_and_search_show_a_reporter_their_own_stories(reporters_desk):
    make_article(created_by=make_editor(), headline="Rivers of theirs")
    make_article(created_by=make_reporter(), headline="Rivers of mine")

    for query in ({}, {"q": "rivers"}):
        page = reporters_desk.get(reverse("admin:articles_article_changelist"), query)
        assert "Rivers of mine" in page.content.decode()
        assert "Rivers of theirs" not in page.content.decode()


def test_related_reads_are_found_among_ones_own_and_what_is_public(reporters_desk):
    make_article(created_by=make_reporter(), headline="Rivers of mine")
    make_article(created_by=make_editor(), headline="Rivers of theirs")
    make_publication(headline="Rivers for all")
    make_publication(headline="Rivers tomorrow", at=timezone.now() + timedelta(days=1))
    query = {"app_label": "articles", "model_name": "articlepick", "field_name": "picked"}

    found = reporters_desk.get(reverse("admin:autocomplete"), query | {"term": "rivers"}).json()

    assert {row["text"] for row in found["results"]} == {"Rivers of mine", "Rivers for all"}


def test_a_forged_pick_does_not_tell_the_headline_of_a_draft(reporters_desk):
    secret = make_article(created_by=make_editor(), headline="Secret words")
    mine = make_article(created_by=make_reporter())

    page = press(reporters_desk, "_save", mine, **{"picks-0-picked": secret.pk})

    assert "Secret words" not in page.content.decode()
    assert not mine.picks.exists()


def test_a_pick_of_an_editor_stays_when_the_reporter_saves(reporters_desk):
    picked = make_article(created_by=make_editor())
    mine = make_article(created_by=make_reporter())
    mine.picks.create(picked=picked)

    press(reporters_desk, "_save", mine, headline="After")

    mine.refresh_from_db()
    assert mine.headline == "After"
    assert [pick.picked for pick in mine.picks.all()] == [picked]


def test_a_photo_does_not_tell_a_reporter_of_drafts_it_is_used_in(reporters_desk):
    photo = make_photo()
    make_article(created_by=make_editor(), headline="Secret words", lead_photo=photo)
    make_publication(headline="Public words", lead_photo=photo)

    page = reporters_desk.get(reverse("admin:articles_photo_change", args=[photo.pk]))

    assert "Public words" in page.content.decode()
    assert "Secret words" not in page.content.decode()


def test_an_editor_opens_every_story(desk):
    assert desk.get(story_address(make_article(created_by=make_reporter()))).status_code == 200
