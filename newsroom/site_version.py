"""The version of the whole site: a value that changes with every change readers can see.

It is the number of transactions that changed a public table, and the latest moment that has
passed of those at which pages change by the clock. Nothing has to be told of a change: triggers
count, whichever code, person or program wrote.

Its last part changes only when something is taken from readers: a story withdrawn, a photo whose
rights end. While the database cannot be asked, pages of earlier versions go on being served, but
none from before that.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

import articles.moments
import donations.moments

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0
NOTED_AS = sha256(b"the version of the site as it was last read").hexdigest()
NOTED_ANEW_SECONDS = 3600  # What is stored longest ago goes first when room is made.

_LINKS_TO_PHOTO = """exists (select from articles_publicationphoto shown where shown.photo_id = {0})
    or exists (select from articles_author portrayed where portrayed.photo_id = {0})"""

# Tables readers see something of, and of which rows; all where nothing is said. What is linked to
# no published story yet is a matter of the desk.
PUBLIC_TABLES = {
    "articles_author": (
        "exists (select from articles_publicationbyline line where line.author_id = changed.id)"
    ),
    "articles_banner": "",
    "articles_correction": "",
    "articles_frontpageslot": "",
    "articles_licence": "",
    "articles_outlet": "",
    "articles_page": "",
    "articles_photo": _LINKS_TO_PHOTO.format("changed.id"),
    "articles_publication": "",
    "articles_publicationbyline": "",
    "articles_publicationphoto": "",
    "articles_publicationpick": "",
    "articles_publicationtag": "",
    "articles_publishedentry": "",
    "articles_rendition": _LINKS_TO_PHOTO.format("changed.photo_id"),
    "articles_section": "",
    "articles_tag": (
        "exists (select from articles_publicationtag linked where linked.tag_id = changed.id)"
    ),
    "donations_appeal": "",
}
MOMENTS = articles.moments.MOMENTS | donations.moments.MOMENTS

# A row per transaction: a single counter would be locked by whoever publishes until the end, and
# two who publish each other's stories would wait for each other.
NOTE_CHANGE = """
create or replace function newsroom_note_change() returns trigger language plpgsql as $$
declare
    is_seen boolean := true;
begin
    if TG_OP = 'INSERT' then
        execute 'select exists (select from new_rows changed where ' || TG_ARGV[0] || ')'
            into is_seen;
    elsif TG_OP = 'DELETE' then
        execute 'select exists (select from old_rows changed where ' || TG_ARGV[0] || ')'
            into is_seen;
    elsif TG_OP = 'UPDATE' then
        execute 'select exists (select from (select * from new_rows except select * from old_rows)'
            ' changed where ' || TG_ARGV[0] || ')' into is_seen;
    end if;
    if is_seen then
        insert into newsroom_site_change default values on conflict do nothing;
    end if;
    return null;
end $$
"""
# No transaction has the number 0; those of a restored backup will be used again one day.
FOLD = """
with gone as (delete from newsroom_site_change where xid <> '0' returning weight)
insert into newsroom_site_change (xid, weight)
select '0', sum(weight) from gone having count(*) > 0
on conflict (xid) do update set weight = newsroom_site_change.weight + excluded.weight
"""
EVENTS = {
    "insert": "referencing new table as new_rows",
    "update": "referencing old table as old_rows new table as new_rows",
    "delete": "referencing old table as old_rows",
    "truncate": "",
}


def watch_public_tables(**kwargs: Any) -> None:
    """Let the database count changes of the tables in PUBLIC_TABLES, and of no other.

    Runs after every migrate. A table that has not been made yet is passed over.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if "newsroom_site_change" not in tables:
            return
        cursor.execute(NOTE_CHANGE)
        cursor.execute(
            "select relname, tgname, convert_from(rtrim(tgargs, '\\x00'), 'UTF8') from pg_trigger"
            " join pg_class on pg_class.oid = tgrelid"
            " where tgname like 'newsroom_note_%' and pg_table_is_visible(tgrelid)"
        )
        there = {(table, name): condition for table, name, condition in cursor.fetchall()}
        wanted = {
            (table, f"newsroom_note_{event}"): " ".join((PUBLIC_TABLES[table] or "true").split())
            for table in PUBLIC_TABLES.keys() & tables
            for event in EVENTS
        }
        for table, name in sorted(there.keys() - wanted.keys()):
            cursor.execute(f"drop trigger {name} on {table}")
        for table, name in sorted(wanted):  # In one order: each locks its table.
            condition = wanted[table, name]
            event = name.removeprefix("newsroom_note_")
            if there.get((table, name)) != condition:
                cursor.execute(
                    f"create or replace trigger {name} after {event} on {table} {EVENTS[event]}"
                    " for each statement execute function newsroom_note_change(%s)",
                    [condition],
                )
    fold()


def fold() -> None:
    """Make one row of all that were counted, so that counting stays quick."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)


def read(through: BaseDatabaseWrapper | None = None) -> str:
    """The version as a connection sees it, this thread's if none is given, in one query.

    Raises django.db.Error while the database cannot be asked.
    """
    with (through or connection).cursor() as cursor:
        cursor.execute(_question(), {"now": timezone.now()})
        changes, moment, withdrawn, *taken = cursor.fetchone()
    parts = [changes, _microseconds(moment)]
    withdrawals = [withdrawn, *map(_microseconds, taken)]
    return f"{'-'.join(map(str, parts))}.{'-'.join(map(str, withdrawals))}"


def has_same_withdrawals(version: str, other: str) -> bool:
    """Whether nothing was taken from readers between two versions; False if one is not known.

    What stands before a version, the name of a release for instance, does not matter.
    """
    first, second = (each.rpartition(".")[2] for each in (version, other))
    return bool(first) and first == second


@cache
def _question() -> str:
    latest = ", ".join(
        f"(select max({column}) from {table} where {column} <= %(now)s)"  # noqa: S608  No input.
        for table, column in columns_with_moments()
    )
    changes = "select coalesce(sum(weight), 0) from newsroom_site_change"
    # Of stories both: whoever withdrew first may commit last.
    withdrawn = "from articles_publication where withdrawn_at is not null"
    ended = "select max(usable_until) from articles_photo where usable_until <= %(now)s"
    return (
        f"select ({changes}), greatest({latest}),"
        f" (select count(*) {withdrawn}), (select max(withdrawn_at) {withdrawn}), ({ended})"
    )


def columns_with_moments() -> list[tuple[str, str]]:
    """Every column that holds moments at which pages change, with its table."""
    columns = []
    for label, names in MOMENTS.items():
        options = apps.get_model(label)._meta
        columns += [(options.db_table, options.get_field(name).column) for name in names]
    return columns


def _microseconds(moment: datetime | None) -> int:
    return int(moment.timestamp() * 1_000_000) if moment else 0


@dataclass(frozen=True)
class Known:
    """What a process knows of the version: as it was read in one second of the clock.

    `is_current` is False while the database cannot be asked; `version` is then the last one
    read, by whichever process, and "" if nobody knows it. `hangs` says that whoever asks the
    database waits for it.
    """

    version: str = ""
    second: int = 0
    is_current: bool = False
    hangs: bool = False


class Watch:
    """The version as one process knows it, read in each second of the clock in which one asks.

    Seconds of the clock, not seconds since the last reading: whatever else holds pages until a
    second ends, another process or a server in front, adds nothing to the time a change takes.

    A thread of its own reads, through a connection of its own: a database that hangs holds that
    thread, and none that could give out pages. The version is also noted beside the pages, for
    processes that begin while the database is away; if the note is lost, they serve no page.
    """

    def __init__(self) -> None:
        self._known = Known()
        self._turn = threading.Condition()
        self._wanted: int | None = None  # For which second the reader is to read.
        self._is_closing = False
        self._reader: threading.Thread | None = None
        self._last_note = ("", 0)

    def known(self) -> Known:
        """The version in this second.

        Waits PATIENCE_SECONDS for a database that hangs, and then no more until it has answered.
        """
        second = int(time.time())
        if self._known.second == second:
            return self._known
        with self._turn:
            self._wanted = second
            self._start()
            self._turn.notify_all()
            patience = 0 if self._known.hangs else PATIENCE_SECONDS
            if not self._turn.wait_for(lambda: self._is_of(second), patience):
                if not self._known.hangs:
                    logger.warning("The database hangs: stored pages go on being served.")
                version = _noted() or self._known.version
                self._known = Known(version, second, hangs=True)
            return self._known

    def read_again(self) -> str:
        """The version on this thread's connection, for a page that it is about to read.

        Another connection may be ahead. Raises django.db.Error while the database cannot be asked.
        """
        version = read()
        self._known = Known(version, int(time.time()), is_current=True)
        return version

    def close(self) -> None:
        """End the thread and its connection; the next question starts another."""
        if self._reader is not None:
            with self._turn:
                self._is_closing = True
                self._turn.notify_all()
            self._reader.join(PATIENCE_SECONDS)
            self._reader = None

    def _is_of(self, second: int) -> bool:
        """Whether what is known was read since `second` began; a clock may be set back."""
        return second <= self._known.second <= second + 1

    def _start(self) -> None:
        # Not in __init__: a process that forks later would leave the thread behind.
        if self._reader is None or not self._reader.is_alive():
            self._is_closing = False
            self._reader = threading.Thread(target=self._read_when_asked, daemon=True)
            self._reader.start()

    def _read_when_asked(self) -> None:
        own = connections.create_connection(DEFAULT_DB_ALIAS)
        try:
            while True:
                with self._turn:
                    self._turn.wait_for(lambda: self._wanted is not None or self._is_closing)
                    if self._is_closing:
                        return
                    second, self._wanted = self._wanted or 0, None
                known = self._asked(own, second)
                with self._turn:
                    self._known = known
                    if self._wanted == second:  # Others asked meanwhile.
                        self._wanted = None
                    self._turn.notify_all()
        finally:
            own.close()

    def _asked(self, own: BaseDatabaseWrapper, second: int) -> Known:
        try:
            own.close_if_unusable_or_obsolete()
            version = read(own)
        except Error:
            own.close()
            if self._known.is_current:
                logger.warning("The database cannot be asked: stored pages go on being served.")
            # One that lets connections wait until they are given up hangs still.
            return Known(_noted() or self._known.version, second, hangs=self._known.hangs)
        self._note(version, second)
        return Known(version, second, is_current=True)

    def _note(self, version: str, second: int) -> None:
        last, noted_in = self._last_note
        is_young = abs(second - noted_in) < NOTED_ANEW_SECONDS
        if has_same_withdrawals(version, last) and is_young:
            return
        try:
            # Deleted first: rather none than an old one, if the disk is full.
            caches["pages"].delete(NOTED_AS)
            caches["pages"].set(NOTED_AS, version.encode())
        except Exception:  # A server that keeps pages may fail in any way of its library.
            logger.exception("The version of the site cannot be noted.")
        else:
            self._last_note = (version, second)


def _noted() -> str:
    try:
        return (caches["pages"].get(NOTED_AS) or b"").decode()
    except Exception:
        logger.exception("The version of the site that was noted cannot be read.")
        return ""


watch = Watch()
