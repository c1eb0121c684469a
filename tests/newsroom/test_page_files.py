"""Stored pages as files: whole or not there at all, and never more bytes than they may be."""

import os
import threading
import time

import pytest

from newsroom.page_files import UNFINISHED_SECONDS, PageFiles

MOST = 16_000


@pytest.fixture
def pages(tmp_path, monkeypatch):
    monkeypatch.setattr(PageFiles, "written", PageFiles.written.copy())
    return PageFiles(str(tmp_path), {"OPTIONS": {"MAX_BYTES": MOST}})


def key(number):
    return f"{number:064x}"[::-1]


def size_of(folder):
    return sum(path.stat().st_size for path in folder.glob("*/*"))


def test_what_was_stored_comes_back(pages):
    pages.set(key(1), b"page")

    assert pages.get(key(1)) == b"page"
    assert pages.get(key(2)) is None


def test_they_stay_within_their_bound_whatever_is_written(pages, tmp_path):
    for number in range(200):
        pages.set(key(number), b"x" * 500)
        assert size_of(tmp_path) <= MOST
    assert pages.get(key(199)) is not None
    assert size_of(tmp_path) > MOST / 2  # It is used, too.


def test_four_processes_stay_within_it_together(tmp_path, pages):
    """Each knows only what it wrote itself."""
    processes = []
    for _number in range(4):
        process = PageFiles(str(tmp_path), {"OPTIONS": {"MAX_BYTES": MOST}})
        process.written = PageFiles.written.copy()
        processes.append(process)
    for number in range(400):
        processes[number % 4].set(key(number), b"x" * 250)
        assert size_of(tmp_path) <= MOST


def test_what_was_written_longest_ago_goes_first(pages, tmp_path):
    for number in range(24):
        pages.set(key(number), b"x" * 400)
        path = tmp_path / key(number)[:2] / key(number)[2:]
        os.utime(path, (number + 1_000_000_000,) * 2)
    pages.set(key(0), b"y" * 400)  # Written anew, and so the youngest.

    for number in range(24, 40):
        pages.set(key(number), b"x" * 400)

    assert pages.get(key(0)) == b"y" * 400
    assert pages.get(key(1)) is None
    assert pages.get(key(39)) is not None


def test_what_a_killed_writer_left_is_removed_and_what_is_being_written_is_not(pages, tmp_path):
    folder = tmp_path / "ab"
    folder.mkdir()
    left, begun = folder / ".left", folder / ".begun"
    left.write_bytes(b"half a")
    begun.write_bytes(b"half a")
    before = time.time() - UNFINISHED_SECONDS - 10
    os.utime(left, (before, before))

    pages.set(key(1), b"page")

    assert not left.exists()
    assert begun.exists()


def test_a_reader_sees_the_old_page_or_the_new_one(pages):
    whole = [bytes([letter]) * 5000 for letter in b"ab"]
    pages.set(key(1), whole[0])
    seen = set()
    is_over = threading.Event()

    def read():
        while not is_over.is_set():
            seen.add(pages.get(key(1)))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(300):
        pages.set(key(1), whole[number % 2])
    is_over.set()
    reader.join()

    assert seen <= set(whole)


def test_files_that_cannot_be_read_or_written_are_no_error(pages, tmp_path):
    (tmp_path / key(1)[:2] / key(1)[2:]).mkdir(parents=True)  # Where a page would lie.

    pages.set(key(1), b"page")

    assert pages.get(key(1)) is None
    assert pages.delete(key(1)) is False
    assert not list(tmp_path.glob("*/.*"))


def test_all_can_be_thrown_away(pages, tmp_path):
    pages.set(key(1), b"page")
    pages.clear()

    assert size_of(tmp_path) == 0
