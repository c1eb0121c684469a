"""Two people, or two windows of one, save the same story: both texts are shown, one chooses."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from articles.models import Article, Publication, Revision
from tests.desk import form_values, story_address
from tests.factories import make_article, make_author, make_editor, make_publication, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def olgas_desk():
    desk = Client()
    desk.force_login(make_user("olga", "Editor"))
    return desk


def opened(desk, article):
    return form_values(desk.get(story_address(article)))


def save(desk, article, values, **changes):
    return desk.post(story_address(article), values | changes | {"_save": "1"})


def conflict_of(page):
    return page.context["conflict"]


def choose(desk, page, *, button=None, **sides):
    """Send the page of both texts with a side for each field, as a browser would."""
    values = {}
    for name, value in page.context["sent"]:
        values.setdefault(name, []).append(value)
    values |= {"overwrite": conflict_of(page).version, "_save": "1"}
    for choice in conflict_of(page).choices:
        if side := sides.get(choice.name, choice.proposed):
            values[f"choice-{choice.name}"] = side
    if button:
        values["all"] = button
    return desk.post(story_address(page.context["original"]), values)


def shown(page):
    """By field, who changed it and both texts."""
    return {
        choice.name: (
            choice.changed_by,
            "".join(piece.text for piece in choice.mine).strip(),
            "".join(piece.text for piece in choice.theirs).strip(),
        )
        for choice in conflict_of(page).choices
    }


def test_the_second_save_is_shown_both_texts_and_saves_nothing(desk, olgas_desk):
    article = make_article(headline="Before", body="<p>One two three.</p>")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)

    save(olgas_desk, article, theirs, headline="Olga's", body="<p>One 2 three.</p>")
    page = save(desk, article, mine, headline="Mine", standfirst="Only mine.")

    article.refresh_from_db()
    assert article.headline == "Olga's"
    assert shown(page) == {
        "headline": ("both", "Mine", "Olga's"),
        "standfirst": ("me", "Only mine.", ""),
        "body": ("others", "One two three.", "One 2 three."),
    }
    text = page.content.decode()
    assert "<ins>two</ins>" in text
    assert "<del>2</del>" in text
    assert "olga, at " in " ".join(text.split())


def test_each_field_is_saved_as_chosen(desk, olgas_desk):
    article = make_article(headline="Before", body="<p>Before.</p>", tags=["Water"])
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, headline="Olga's", body="<p>Olga's.</p>", tags=["Fire"])
    page = save(desk, article, mine, headline="Mine", standfirst="Mine", tags=["Air"])

    choose(desk, page, headline="theirs", tags="mine")

    article.refresh_from_db()
    assert article.headline == "Olga's"
    assert article.standfirst == "Mine"
    assert article.body == "<p>Olga's.</p>"  # Proposed: nobody else touched it.
    assert list(article.tags.names()) == ["Air"]
    assert article.revisions.first().by.username == "editor"


@pytest.mark.parametrize(("button", "headline"), [("mine", "Mine"), ("theirs", "Olga's")])
def test_all_fields_are_chosen_by_one_button(desk, olgas_desk, button, headline):
    article = make_article(headline="Before", standfirst="Before")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, headline="Olga's", standfirst="Olga's")
    page = save(desk, article, mine, headline="Mine", standfirst="Mine")

    choose(desk, page, button=button)

    article.refresh_from_db()
    assert article.headline == article.standfirst == headline


def test_a_field_changed_on_both_sides_has_to_be_chosen(desk, olgas_desk):
    article = make_article(headline="Before")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, headline="Olga's")
    page = save(desk, article, mine, headline="Mine")

    again = choose(desk, page)

    article.refresh_from_db()
    assert article.headline == "Olga's"
    assert shown(again) == shown(page)
    assert "Either a field has no choice yet" in again.content.decode()


def test_a_third_save_during_the_choosing_is_shown_too(desk, olgas_desk):
    article = make_article(headline="Before")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, headline="Olga's")
    page = save(desk, article, mine, headline="Mine")
    save(olgas_desk, article, opened(olgas_desk, article), headline="Olga's second")

    again = choose(desk, page, headline="mine")

    article.refresh_from_db()
    assert article.headline == "Olga's second"
    assert shown(again)["headline"] == ("both", "Mine", "Olga's second")


def test_a_new_version_made_up_by_the_sender_does_not_overwrite(desk, olgas_desk):
    article = make_article(headline="Before")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, headline="Olga's")

    save(desk, article, mine, headline="Mine", overwrite="", loaded_version="", all="mine")

    article.refresh_from_db()
    assert article.headline == "Olga's"


def test_two_windows_of_one_person_do_not_overwrite_each_other(desk):
    article = make_article(headline="Before")
    first, second = opened(desk, article), opened(desk, article)

    save(desk, article, first, headline="First window")
    page = save(desk, article, second, headline="Second window")

    article.refresh_from_db()
    assert article.headline == "First window"
    assert "you, in another window, at " in " ".join(page.content.decode().split())


def test_bylines_are_chosen_as_a_whole(desk, olgas_desk):
    article = make_article(authors=["Mara Quist", "Ken Ito"])
    zoe = make_author("Zoe Brandt")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, **{"bylines-0-DELETE": "on"})

    page = save(desk, article, mine, **{"bylines-0-author": zoe.pk})
    assert shown(page)["bylines"] == ("both", "Zoe Brandt\nKen Ito", "Ken Ito")
    choose(desk, page, bylines="theirs")
    assert [str(line) for line in article.bylines.all()] == ["Ken Ito"]

    page = save(desk, article, mine, **{"bylines-0-author": zoe.pk})
    choose(desk, page, bylines="mine")
    assert [str(line) for line in article.bylines.all()] == ["Zoe Brandt", "Ken Ito"]


def test_fields_of_the_desk_are_shown_too(desk, olgas_desk):
    article = make_article()
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, desk_label="Flood")

    page = save(desk, article, mine, desk_label="River")
    assert shown(page)["desk_label"] == ("both", "River", "Flood")
    choose(desk, page, desk_label="theirs")

    article.refresh_from_db()
    assert article.desk_label == "Flood"


def test_a_save_that_changed_nothing_refuses_nobody(desk, olgas_desk):
    article = make_article(headline="Before")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs)

    save(desk, article, mine, headline="Mine")

    article.refresh_from_db()
    assert article.headline == "Mine"


def test_the_same_text_typed_by_both_needs_no_choice(desk, olgas_desk):
    article = make_article(headline="Before")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, headline="Same")

    page = save(desk, article, mine, headline="Same")

    assert page.status_code == 302


def test_choosing_publishes_nothing(desk, olgas_desk):
    article = make_article(headline="Before")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, headline="Olga's")

    page = desk.post(story_address(article), mine | {"headline": "Mine", "_publish": "1"})
    choose(desk, page, headline="mine")

    article.refresh_from_db()
    assert article.headline == "Mine"
    assert not Publication.objects.exists()


def test_my_text_can_be_written_on_and_is_compared_again(desk, olgas_desk):
    article = make_article(headline="Before")
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    save(olgas_desk, article, theirs, headline="Olga's")
    page = save(desk, article, mine, headline="Mine")

    back = desk.post(
        f"/admin/articles/article/{article.pk}/typed/",
        dict(page.context["sent"]),
        headers={"origin": "http://testserver"},
    )
    values = form_values(back)
    assert values["headline"] == "Mine"
    again = save(desk, article, values)

    assert shown(again)["headline"] == ("both", "Mine", "Olga's")


@pytest.mark.parametrize("page", ["change", "unsaved", "preview/typed"])
def test_comparing_names_no_story_that_its_reader_may_not_know_of(client, page):
    secret = make_article(headline="The mayor resigns")
    known = make_publication(headline="The old bridge").article
    reporter = make_user("reporter", "Reporter")
    article = make_article(created_by=reporter)
    client.force_login(reporter)
    values = opened(client, article) | {"headline": "Mine", "loaded_version": ""}
    values |= {"picks-TOTAL_FORMS": 2, "picks-0-picked": secret.pk, "picks-1-picked": known.pk}
    Article.objects.get(pk=article.pk).record(None)

    answer = client.post(f"/admin/articles/article/{article.pk}/{page}/", values)

    assert answer.status_code == 200
    assert "The old bridge" in answer.content.decode()
    assert "The mayor resigns" not in answer.content.decode()


def test_comparing_takes_a_fixed_number_of_queries(desk, olgas_desk, django_assert_max_num_queries):
    article = make_article(authors=["Mara Quist", "Ken Ito"], tags=["Water", "Fire"])
    mine, theirs = opened(desk, article), opened(olgas_desk, article)
    values = {"headline": "Olga's", "standfirst": "Olga's", "tags": ["Air"]}
    save(olgas_desk, article, theirs, **values, **{"bylines-0-DELETE": "on"})

    with django_assert_max_num_queries(40):
        page = save(desk, article, mine, headline="Mine", standfirst="Mine", tags=["Earth"])

    assert len(shown(page)) == 4


# With two connections


@pytest.mark.django_db(transaction=True)
def test_a_save_waits_for_the_one_before_it_and_is_then_refused():
    article = make_article(headline="Before")
    desk = Client()
    desk.force_login(make_editor())
    values = opened(desk, article)
    answers = []

    def save_in_another_connection():
        try:
            answers.append(save(desk, article, values, headline="Second"))
        finally:
            connections.close_all()

    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)
        second = threading.Thread(target=save_in_another_connection)
        second.start()
        wait_until_somebody_waits_for_a_lock()
        assert answers == []
        first = Article.objects.get(pk=article.pk)
        first.headline = "First"
        first.save()
        first.record(by=None)
    second.join()

    article.refresh_from_db()
    assert article.headline == "First"
    assert shown(answers[0])["headline"] == ("both", "Second", "First")
    assert Revision.objects.filter(article=article).count() == 2


def wait_until_somebody_waits_for_a_lock():
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    pause = threading.Event()
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        pause.wait(0.01)
    raise AssertionError("The second save did not wait for the first.")
