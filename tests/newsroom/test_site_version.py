"""The version of the site changes with what readers can see, and with nothing else."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from articles.models import (
    Article,
    Author,
    Banner,
    Correction,
    FrontPageSlot,
    LiveEntry,
    Outlet,
    Page,
    Photo,
    Publication,
    Section,
    Tag,
)
from donations.models import Appeal, Contribution
from newsroom import site_version
from newsroom.site_version import PUBLIC_TABLES, Watch, columns_with_moments, read
from tests.factories import make_article, make_author, make_editor, make_photo, make_publication

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def story():
    return make_publication(
        kind="live", lead_photo=make_photo(creator="Somebody"), tags=["Water"], language="en"
    )


def published_entry():
    article = Publication.objects.get().article
    LiveEntry.objects.create(article=article, body="<p>Now.</p>").publish(by=None)


def tell_of_error():
    article = Publication.objects.get().article
    Correction.objects.make(article, kind="correction", text="It was two.", by=None)


CHANGES = {
    "a story": lambda: Publication.objects.update(headline="Another headline"),
    "a story withdrawn": lambda: Publication.objects.get().article.withdraw("Wrong.", by=None),
    "a photo's credit": lambda: Photo.objects.update(creator="Somebody Else"),
    "a section's name": lambda: Section.objects.update(name="Abroad"),
    "an author's name": lambda: Author.objects.update(name="M. Quist"),
    "a tag's name": lambda: Tag.objects.update(name="Waters"),
    "a tag taken off": lambda: Publication.objects.get().tags.clear(),
    "an appeal": lambda: Appeal.objects.create(placement="strip", headline="Give"),
    "a banner": lambda: Banner.objects.create(text="Breaking", starts_at=NOW, ends_at=LATER),
    "a correction": tell_of_error,
    "the outlet": lambda: Outlet.objects.update_or_create(pk=1, defaults={"name": "Paper"}),
    "a standing page": lambda: Page.objects.create(title="About", slug="about"),
    "a slot": lambda: FrontPageSlot.objects.create(picked=Article.objects.get()),
    "a live entry": published_entry,
    "sql by hand": lambda: sql("update articles_section set name = 'Elsewhere'"),
    "a table emptied": lambda: sql("truncate articles_publicationtag"),
}


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_it_changes_with_what_readers_see(story, change):
    before = read()

    change()

    assert read() != before


def save_a_draft():
    article = Publication.objects.get().article
    article.headline = "A headline to come"
    article.save()
    article.tags.add("A tag of a draft")


def take_in_a_photo():
    photo = make_photo(creator="Nobody")
    photo.caption = "Not shown yet."
    photo.save()
    photo.make_modern_renditions()


def contribute():
    Contribution.objects.create(
        form_token="token", frequency="once", currency="EUR", amount_minor=500, total_minor=500
    )


NO_CHANGES = {
    "a draft": lambda: make_article(headline="A draft"),
    "a story's draft": save_a_draft,
    "a photo for later": take_in_a_photo,
    "an author for later": lambda: make_author("Later Writer"),
    "the same again": lambda: Section.objects.update(name="World"),
    "nothing found": lambda: Section.objects.filter(pk=0).update(name="Nothing"),
    "a contribution": contribute,
    "signing in": lambda: make_editor().save(),
    "counting anew": site_version.fold,
    "a migrate": lambda: call_command("migrate", verbosity=0),
}


@pytest.mark.parametrize("change", NO_CHANGES.values(), ids=NO_CHANGES.keys())
def test_it_stays_with_all_else(story, change):
    before = read()

    change()

    assert read() == before


MOMENTS = {
    "a story appears": lambda: make_publication(at=LATER),
    "rights begin": lambda: make_photo(usable_from=LATER),
    "rights end": lambda: make_photo(usable_until=LATER),
    "an appeal begins": lambda: Appeal.objects.create(
        placement="strip", headline="Give", starts_at=LATER
    ),
    "an appeal ends": lambda: Appeal.objects.create(
        placement="strip", headline="Give", ends_at=LATER
    ),
    "a banner begins": lambda: Banner.objects.create(
        text="Breaking", starts_at=LATER, ends_at=LATER + timedelta(days=9)
    ),
    "a banner ends": lambda: Banner.objects.create(text="Breaking", starts_at=NOW, ends_at=LATER),
    "a slot ends": lambda: FrontPageSlot.objects.create(
        picked=Article.objects.get(), position=9, until=LATER
    ),
}


@pytest.mark.parametrize("make", MOMENTS.values(), ids=MOMENTS.keys())
def test_it_changes_at_a_moment_that_was_set(story, make):
    with time_machine.travel(NOW, tick=False) as clock:
        make()
        before = read()
        clock.move_to(LATER - timedelta(seconds=1))
        assert read() == before
        clock.move_to(LATER)
        assert read() != before


def test_it_is_told_in_one_query():
    with CaptureQueriesContext(connection) as queries:
        read()

    assert len(queries) == 1


def test_every_public_table_is_watched():
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, count(*) from pg_trigger join pg_class on pg_class.oid = tgrelid"
            " where tgname like 'newsroom_note_%' group by relname"
        )
        watched = dict(cursor.fetchall())

    assert watched == dict.fromkeys(PUBLIC_TABLES, 4)


def test_a_table_off_the_list_is_watched_no_longer(monkeypatch, story):
    monkeypatch.delitem(PUBLIC_TABLES, "articles_section")
    site_version.watch_public_tables()
    try:
        before = read()
        Section.objects.update(name="Abroad")
        assert read() == before
    finally:
        monkeypatch.undo()
        site_version.watch_public_tables()
    Section.objects.update(name="Elsewhere")
    assert read() != before


def test_large_tables_of_moments_have_an_index_for_it():
    """Only what grows with the archive: of banners and slots there are few."""
    sizes = {"articles_publication", "articles_photo"}
    for table, column in columns_with_moments():
        if table in sizes:
            with connection.cursor() as cursor:
                cursor.execute("set enable_seqscan = off; set enable_sort = off")
                cursor.execute(f"explain select max({column}) from {table} where {column} <= now()")
                plan = "\n".join(row[0] for row in cursor.fetchall())
                cursor.execute("reset enable_seqscan; reset enable_sort")
            assert "Index" in plan, column


def test_what_is_not_committed_counts_for_nobody(story):
    before = read()

    with transaction.atomic():
        Section.objects.update(name="Abroad")
        Section.objects.update(name="Elsewhere")
        assert _read_elsewhere() == before
        transaction.set_rollback(True)

    assert read() == before


def test_a_change_counts_though_a_part_of_its_transaction_failed(story):
    before = read()

    with transaction.atomic():
        part = transaction.savepoint()
        Section.objects.update(name="Abroad")
        transaction.savepoint_rollback(part)
        Section.objects.update(name="Elsewhere")

    assert read() != before


def test_transactions_count_after_a_backup_was_restored(story):
    """There, the numbers of transactions begin again below those of rows that are kept."""
    with transaction.atomic():
        Section.objects.update(name="Abroad")
        site_version.fold()
        with connection.cursor() as cursor:
            cursor.execute("select xid::text from newsroom_site_change")
            assert cursor.fetchall() == [("0",)]
            before = read()
            cursor.execute("update articles_section set name = 'Elsewhere'")
    assert read() != before


def test_two_who_publish_each_other_s_stories_do_not_wait_for_each_other():
    first, second, third = (make_publication().article for _number in range(3))
    meeting = threading.Barrier(2, timeout=10)
    failures = []

    def publish(*articles):
        try:
            with transaction.atomic():
                articles[0].publish(by=None)
                meeting.wait()  # Both have published one, neither has committed.
                for article in articles[1:]:
                    article.publish(by=None)
        except Exception as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    before = read()
    threads = [
        threading.Thread(target=publish, args=[first, second]),
        threading.Thread(target=publish, args=[second, third]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert failures == []
    assert int(read().split("-")[0]) >= int(before.split("-")[0]) + 2


def _read_elsewhere():
    told = []

    def ask():
        told.append(read())
        connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(timeout=10)
    return told[0]


class TestWatch:
    """What one process knows of the version."""

    @pytest.fixture
    def watch(self, stored_pages):
        watch = Watch()
        yield watch
        watch.close()

    @pytest.fixture
    def readings(self, monkeypatch):
        """Each time the version was read."""
        made = []

        def counted(through):
            made.append(through)
            return read(through)

        monkeypatch.setattr(site_version, "read", counted)
        return made

    def test_it_asks_once_a_second(self, watch, readings):
        with time_machine.travel(NOW, tick=False) as clock:
            first = watch.known()
            assert first.is_current
            clock.shift(0.9)
            assert watch.known() is first
            assert len(readings) == 1
            clock.shift(0.1)
            watch.known()
            assert len(readings) == 2

    def test_it_asks_though_the_clock_was_set_back(self, watch, readings):
        with time_machine.travel(NOW, tick=False) as clock:
            watch.known()
            clock.shift(-3600)
            assert watch.known().is_current
            assert len(readings) == 2

    def test_it_asks_on_a_connection_of_its_own(self, watch, readings):
        with CaptureQueriesContext(connection) as queries:
            watch.known()

        assert len(queries) == 0
        assert readings[0].connection is not None
        watch.close()
        assert readings[0].connection is None

    def test_it_keeps_what_it_knew_while_the_database_is_away(self, watch, monkeypatch):
        with time_machine.travel(NOW, tick=False) as clock:
            version = watch.known().version
            asked = []

            def fail(through):
                asked.append(1)
                raise OperationalError("the server is gone")

            monkeypatch.setattr(site_version, "read", fail)
            for _time in range(3):
                assert watch.known().is_current
            clock.shift(1)
            for _time in range(3):
                known = watch.known()
                assert (known.version, known.is_current) == (version, False)
            assert len(asked) == 1  # It is left in peace, too.
            monkeypatch.undo()
            clock.shift(1)
            assert watch.known().is_current

    def test_a_database_that_hangs_holds_no_thread_that_asks(self, watch, monkeypatch):
        answers = threading.Event()
        waited = []
        wait_for = watch._turn.wait_for

        def noted(is_so, timeout=None):
            waited.append(timeout)
            return wait_for(is_so, timeout)

        monkeypatch.setattr(site_version, "PATIENCE_SECONDS", 0.05)
        with time_machine.travel(NOW, tick=False) as clock:
            version = watch.known().version
            monkeypatch.setattr(site_version, "read", lambda through: answers.wait(10) and version)
            monkeypatch.setattr(watch._turn, "wait_for", noted)
            for _second in range(3):
                clock.shift(1)
                known = watch.known()
                assert (known.version, known.is_current, known.hangs) == (version, False, True)
            assert [each for each in waited if each is not None] == [0.05, 0, 0]

            answers.set()
            monkeypatch.setattr(site_version, "PATIENCE_SECONDS", 10)
            while watch._known.hangs:
                pass
            clock.shift(1)
            assert watch.known().is_current

    def test_what_it_noted_is_kept_young(self, watch, stored_pages):
        """What is stored longest ago goes first when room is made."""
        note = stored_pages / site_version.NOTED_AS[:2] / site_version.NOTED_AS[2:]
        with time_machine.travel(NOW, tick=False) as clock:
            version = watch.known().version
            assert note.read_text() == version
            note.unlink()
            clock.shift(60)
            watch.known()
            assert not note.exists()
            clock.shift(site_version.NOTED_ANEW_SECONDS)
            watch.known()
            assert note.read_text() == version

    def test_an_old_note_does_not_stay_when_no_new_one_can_be_written(
        self, watch, stored_pages, story, monkeypatch
    ):
        def full(*args):
            raise OSError("no space left on device")

        note = stored_pages / site_version.NOTED_AS[:2] / site_version.NOTED_AS[2:]
        watch.known()
        assert note.exists()
        story.article.withdraw("Wrong.", by=None)
        monkeypatch.setattr("pathlib.Path.write_bytes", full)
        with time_machine.travel(NOW):
            watch.known()

        assert not note.exists()


def test_withdrawals_can_be_told_from_other_changes(story):
    before = read()
    Section.objects.update(name="Abroad")
    renamed = read()
    assert renamed != before
    assert site_version.has_same_withdrawals(renamed, f"release-{before}")

    story.article.withdraw("Wrong.", by=None)
    assert not site_version.has_same_withdrawals(read(), renamed)
    assert not site_version.has_same_withdrawals("", "")
