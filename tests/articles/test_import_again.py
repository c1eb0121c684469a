import threading

import pytest
from django.db import OperationalError, connection, transaction

from articles.importing import batch, file
from articles.models import Article, Publication
from tests.articles.import_lines import FULL, everything, import_lines, imported, read, story

pytestmark = pytest.mark.django_db


def test_a_second_run_changes_nothing():
    lines = [FULL, story(1), story(2, id=None, source_url="https://elsewhere.example/2")]
    import_lines(*lines)
    before = everything()

    outcome, damaged = import_lines(*lines)

    assert (outcome.new, outcome.known, outcome.changed, damaged) == (0, 3, [], {})
    assert everything() == before


def test_a_story_that_is_here_is_kept_and_its_changed_line_listed():
    article = imported()
    article.headline = "Of the desk"
    article.save()
    article.record(by=None)
    before = everything()

    outcome, _damaged = import_lines(FULL, story(1), FULL | {"standfirst": "New."})

    assert [str(remark) for remark in outcome.changed] == ["line 3, harbour-1"]
    assert everything()[0][0] == before[0][0]


def test_the_first_of_two_lines_with_one_id_counts():
    outcome, _damaged = import_lines(story(1), story(1, headline="Another"))

    assert (outcome.new, outcome.known, len(outcome.changed)) == (1, 1, 1)
    assert Publication.objects.get().headline == "Headline 1"


def test_a_number_may_be_an_id():
    import_lines(story(id=7))

    assert import_lines(story(id="7"))[0].known == 1


def test_a_run_that_is_killed_leaves_whole_batches(monkeypatch):
    lines = [story(number) for number in range(5)]
    monkeypatch.setattr(file, "BATCH_LINES", 2)
    redirect, calls = batch._redirect, []

    def killed(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        redirect(*args)

    monkeypatch.setattr(batch, "_redirect", killed)
    with pytest.raises(KeyboardInterrupt):
        import_lines(*lines)
    assert Article.objects.count() == Publication.objects.count() == 2

    outcome, _damaged = import_lines(*lines)

    assert (outcome.new, outcome.known) == (3, 2)


def test_an_import_waits_for_another():
    import_lines(story(1))
    waited = []

    def other():
        try:
            with transaction.atomic():
                connection.cursor().execute("SET lock_timeout = '100ms'")
                batch.save([read(id="other", section="Other", authors=[], tags=[])])
                transaction.set_rollback(True)
        except OperationalError:
            waited.append(True)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()

    assert waited
