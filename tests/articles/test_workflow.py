"""From a draft to an approved story: who may take which step, and what the history says."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connections, transaction
from django.utils import timezone

from articles.models import Article, Outlet, Publication
from tests.factories import make_article, make_editor, make_publication, make_reporter, make_user

pytestmark = pytest.mark.django_db


def change(article, by, headline="Changed"):
    article.headline = headline
    article.save()
    article.record(by=by)


def submitted(**fields):
    reporter = make_reporter()
    article = make_article(created_by=reporter, **fields)
    article.submit(by=reporter)
    return article


def approved(**fields):
    article = submitted(**fields)
    article.approve(by=make_editor())
    return article


# Steps


def test_a_story_goes_from_draft_to_review_and_is_approved():
    reporter, editor = make_reporter(), make_editor()
    article = make_article(created_by=reporter)
    assert article.standing == "Draft"

    article.submit(by=reporter, note="With both photos.")
    assert article.standing == "In review"

    article.approve(by=editor)
    assert article.standing == "Approved"
    assert article.approved_by == editor


def test_a_story_sent_back_is_handed_in_again():
    reporter, editor = make_reporter(), make_editor()
    article = submitted()

    article.ask_for_changes(by=editor, note="Who says so?")
    assert article.standing == "Needs changes"

    article.submit(by=reporter)
    assert article.standing == "In review"


def test_each_step_is_a_line_of_the_history_with_who_and_what_was_said():
    reporter, editor = make_reporter(), make_editor()
    article = make_article(created_by=reporter)
    article.submit(by=reporter, note=" Ready. ")
    article.ask_for_changes(by=editor, note="Who says so?")
    article.submit(by=reporter)
    article.approve(by=editor, note="Fine now.")

    lines = article.revisions.order_by("pk").values_list("action", "by__username", "note")
    assert list(lines)[1:] == [
        ("submitted", "reporter", "Ready."),
        ("changes_asked", "editor", "Who says so?"),
        ("submitted", "reporter", ""),
        ("approved", "editor", "Fine now."),
    ]


def test_asking_for_changes_demands_to_say_which():
    article = submitted()

    with pytest.raises(ValidationError, match="Say what is to be changed"):
        article.ask_for_changes(by=make_editor(), note="  ")

    article.refresh_from_db()
    assert article.standing == "In review"


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        ("in_review", "submit"),
        ("approved", "submit"),
        ("draft", "ask_for_changes"),
        ("needs_changes", "ask_for_changes"),
        ("draft", "approve"),
        ("needs_changes", "approve"),
        ("approved", "approve"),
    ],
)
def test_a_step_from_the_wrong_stage_is_refused_in_a_sentence(stage, step):
    article = make_article(stage=stage)

    with pytest.raises(ValidationError, match=f"“{article.get_stage_display()}”"):
        getattr(article, step)(by=make_editor(), note="x")

    article.refresh_from_db()
    assert article.stage == stage


@pytest.mark.parametrize("step", ["submit", "ask_for_changes", "approve"])
def test_a_step_needs_its_permission(step):
    article = make_article(stage="draft" if step == "submit" else "in_review")
    allowed = make_reporter() if step != "submit" else make_user("nobody")

    with pytest.raises(PermissionDenied):
        getattr(article, step)(by=allowed, note="x")


def test_a_published_text_has_no_steps_left_until_it_is_changed():
    article = make_publication().article

    with pytest.raises(ValidationError, match="Readers have this text already"):
        article.submit(by=make_reporter())

    change(article, make_reporter())
    article.submit(by=make_reporter())
    assert article.standing == "Live, changes in review"


def test_publishing_ends_a_review():
    article = submitted()

    article.publish(by=make_editor())

    assert article.stage == Article.Stage.DRAFT
    assert article not in Article.objects.waiting_for(make_editor())


def test_of_two_people_one_takes_a_step_and_the_other_is_told():
    article = submitted()
    stale = Article.objects.get(pk=article.pk)

    article.ask_for_changes(by=make_editor(), note="Who says so?")

    with pytest.raises(ValidationError, match="Only a story in review can be approved"):
        stale.approve(by=make_editor())


@pytest.mark.django_db(transaction=True)
def test_a_step_locks_the_story():
    article = submitted()
    other = connections.create_connection("default")
    try:
        with transaction.atomic():
            article.approve(by=make_editor())
            with other.cursor() as cursor, pytest.raises(OperationalError, match="obtain lock"):
                cursor.execute(
                    "SELECT 1 FROM articles_article WHERE id = %s FOR UPDATE NOWAIT", [article.pk]
                )
    finally:
        other.close()


# An approval is of one text


def test_a_change_by_a_reporter_takes_the_approval_back():
    article = approved()

    change(article, make_reporter())

    article.refresh_from_db()
    assert (article.stage, article.approved_by) == ("draft", None)


def test_who_changes_an_approved_text_and_may_approve_stands_for_it():
    article = approved()
    second = make_user("second", "Editor")

    change(article, second)

    article.refresh_from_db()
    assert (article.stage, article.approved_by) == ("approved", second)


def test_giving_out_work_leaves_an_approval_and_readers_alone():
    article = approved()
    article.publish(by=make_editor())

    article.assigned_to = make_reporter()
    article.deadline = timezone.now() + timedelta(days=1)
    article.desk_label = "dyke 2"
    article.save()
    article.record_assignment(by=make_editor())

    article.refresh_from_db()
    assert (article.stage, article.approved_by) == ("approved", make_editor())
    assert article.standing == "Live"
    assert article.revisions.first().action == "assigned"
    assert article.revisions.first().note.startswith("Assigned to reporter, deadline ")


# Nobody publishes their own story alone


@pytest.fixture
def rule():
    Outlet.objects.create(pk=1, name="The Tide", needs_second_person=True)


def own_story(**fields):
    editor = make_editor()
    article = make_article(created_by=editor, **fields)
    article.record(by=editor)
    return article


def test_without_the_rule_an_editor_publishes_alone():
    own_story().publish(by=make_editor())

    assert Publication.objects.visible().exists()


@pytest.mark.parametrize("hours", [None, 1])
def test_nobody_publishes_or_schedules_their_own_story_alone(rule, hours):
    at = hours and timezone.now() + timedelta(hours=hours)

    with pytest.raises(ValidationError, match="somebody else must approve"):
        own_story().publish(by=make_editor(), at=at)

    assert not Publication.objects.exists()


def test_an_approval_of_ones_own_does_not_count(rule):
    article = own_story()
    article.submit(by=make_editor())
    article.approve(by=make_editor())

    with pytest.raises(ValidationError, match="somebody else must approve"):
        article.publish(by=make_editor())


def test_the_approval_of_somebody_else_counts_for_that_text_alone(rule):
    article = own_story()
    article.submit(by=make_editor())
    article.approve(by=make_user("second", "Editor"))
    article.publish(by=make_editor())
    assert Publication.objects.visible().exists()

    change(article, make_editor())

    with pytest.raises(ValidationError, match="somebody else must approve"):
        article.publish(by=make_editor())


def test_a_text_that_was_changed_past_the_history_has_no_approval(rule):
    article = own_story()
    article.submit(by=make_editor())
    article.approve(by=make_user("second", "Editor"))
    article.headline = "Changed past the form"
    article.save()

    with pytest.raises(ValidationError, match="somebody else must approve"):
        article.publish(by=make_editor())


def test_a_withdrawn_story_comes_back_with_changes_only_when_somebody_else_approved_them(rule):
    article = own_story()
    article.publish(by=None)
    article.withdraw("Wrong.", by=make_editor())
    change(article, make_editor())

    with pytest.raises(ValidationError, match="somebody else must approve"):
        article.reinstate(by=make_editor(), with_changes=True)
    assert not Publication.objects.visible().exists()

    article.reinstate(by=make_editor())
    assert Publication.objects.visible().get().headline != "Changed"


def test_the_story_of_a_reporter_is_published_by_an_editor(rule):
    make_article(created_by=make_reporter()).publish(by=make_editor())

    assert Publication.objects.visible().exists()


def test_a_story_nobody_began_is_of_whoever_alone_saved_it(rule):
    article = make_article()
    change(article, make_editor())

    with pytest.raises(ValidationError, match="somebody else must approve"):
        article.publish(by=make_editor())

    change(article, make_reporter(), "Changed by another")
    article.publish(by=make_editor())


def test_imports_and_commands_publish_by_no_rule(rule):
    own_story().publish(by=None)

    assert Publication.objects.visible().exists()


# Lists


def test_a_reporter_sees_stories_of_their_own_and_those_assigned_to_them():
    reporter = make_reporter()
    begun = make_article(created_by=reporter)
    assigned = make_article(created_by=make_editor(), assigned_to=reporter)
    make_article(created_by=make_editor())

    assert set(Article.objects.seen_by(reporter)) == {begun, assigned}
    assert Article.objects.seen_by(make_editor()).count() == 3


def test_what_waits_for_whom():
    reporter, editor = make_reporter(), make_editor()
    in_review = submitted()
    sent_back = submitted()
    sent_back.ask_for_changes(by=editor, note="Who says so?")
    assigned = make_article(created_by=editor, assigned_to=reporter)
    make_article(created_by=reporter)
    make_publication(assigned_to=reporter)

    assert set(Article.objects.waiting_for(reporter)) == {sent_back, assigned}
    assert set(Article.objects.waiting_for(editor)) == {in_review}


def test_the_newest_of_ones_own_stories_come_first():
    reporter = make_reporter()
    articles = [make_article(created_by=reporter) for _ in range(3)]
    articles.append(make_article(assigned_to=reporter))
    make_article()
    articles[0].save()

    newest = Article.objects.newest_of(reporter, 3)[:3]

    assert list(newest) == [articles[0], articles[3], articles[2]]
