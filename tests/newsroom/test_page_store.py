"""Pages are made once for each version of the site, and given out to everybody."""

import gzip
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Author, FrontPageSlot, Kind, Page, Photo, Publication, Section
from donations.models import Appeal
from newsroom import page_store, site_version
from newsroom.site_version import NOTED_AS
from tests.factories import make_editor, make_photo, make_publication

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(stored_pages):
    return make_publication(headline="First headline", tags=["Water"])


@contextmanager
def database_away(monkeypatch):
    """Whoever asks the database gets an error, as when it is stopped."""

    def fail(*args, **kwargs):
        raise OperationalError("the server is gone")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)
        yield


def queries_of(client, path, **headers):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    return response, len(queries)


def files_of_pages(folder):
    """All that is stored but the note of the version."""
    return [path for path in sorted(folder.glob("*/*")) if path.name not in NOTED_AS]


def test_a_page_is_made_once(client, story):
    made = client.get(story.get_absolute_url())
    stored, count = queries_of(client, story.get_absolute_url())

    assert count == 0
    assert stored.content == made.content
    assert b"First headline" in stored.content


def test_a_stored_page_has_all_headers(client, story, settings):
    settings.PAGES_ARE_STORED = False
    plain = client.get(story.get_absolute_url())
    settings.PAGES_ARE_STORED = True

    for _time in range(2):
        response = client.get(story.get_absolute_url())
        added = {"ETag", "Vary", "X-Accel-Expires"}
        assert dict(response.items()) == dict(plain.items()) | {
            name: response[name] for name in added
        }
    assert response["Content-Security-Policy"]
    assert response["Content-Language"] == "en"
    assert "s-maxage=1" in response["Cache-Control"]
    assert "stale-if-error" in response["Cache-Control"]


def test_a_reader_who_has_the_page_gets_no_other(client, story):
    first = client.get(story.get_absolute_url())

    response, count = queries_of(client, story.get_absolute_url(), if_none_match=first["ETag"])

    assert response.status_code == 304
    assert count == 0
    assert response.content == b""
    assert response["ETag"] == first["ETag"]
    assert response["Cache-Control"] == first["Cache-Control"]
    assert response["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_a_change_that_a_page_does_not_show_sends_it_to_nobody_again(client, story):
    first = client.get("/corrections")
    Section.objects.create(name="Empty", slug="empty")

    response = client.get("/corrections", headers={"if-none-match": first["ETag"]})

    assert response.status_code == 304


def test_a_page_is_compressed_for_who_can_read_it(client, story):
    path = story.get_absolute_url()
    plain = client.get(path)

    for accepted in ("gzip, deflate, br", "br;q=1.0, gzip;q=0.8"):
        packed = client.get(path, headers={"accept-encoding": accepted})
        assert packed["Content-Encoding"] == "gzip"
        assert packed["Content-Length"] == str(len(packed.content))
        assert gzip.decompress(packed.content) == plain.content
        assert packed["Vary"] == plain["Vary"] == "Accept-Encoding"
        assert packed["ETag"] == plain["ETag"]
    for accepted in ("", "br", "gzip;q=0", "gzip; q=0.0, br"):
        response = client.get(path, headers={"accept-encoding": accepted})
        assert "Content-Encoding" not in response
        assert response.content == plain.content


def test_looking_without_reading_brings_the_same_headers(client, story):
    read = client.get(story.get_absolute_url())
    looked = client.head(story.get_absolute_url())

    assert looked.content == b""
    assert dict(looked.items()) == dict(read.items())


def test_pieces_of_a_list_are_stored_each_for_itself(client, story):
    older = story
    newer = make_publication(headline="Second headline")

    first = client.get("/world")
    rest = client.get(f"/world?before={newer.pk}")

    assert b"Second headline" in first.content
    assert b"Second headline" not in rest.content
    assert older.headline.encode() in rest.content
    assert queries_of(client, f"/world?before={newer.pk}")[1] == 0
    assert client.get("/world").content == first.content
    assert client.get(f"/world?before={newer.pk}").content == rest.content


@pytest.mark.parametrize(
    "query",
    [
        "utm_source=mail",
        "fbclid=1",
        "before",
        "xbefore=3",
        "before=nonsense",
        "before=1",
        "before=１",
        "before=1&before=<script>",
        "%62efore=7",
        "a=%00",
    ],
)
def test_what_stands_in_a_query_makes_no_other_page(client, story, stored_pages, query):
    Page.objects.create(title="About", slug="about", body="<p>We.</p>", is_public=True)
    right = client.get("/page/about")
    files = files_of_pages(stored_pages)

    assert client.get(f"/page/about?{query}").content == right.content
    assert files_of_pages(stored_pages) == files


def test_a_query_first_poisons_nothing(client, story):
    Page.objects.create(title="About", slug="about", body="<p>We.</p>", is_public=True)

    client.get("/page/about?before=5&evil=<script>")

    assert b"before" not in client.get("/page/about").content
    assert b"evil" not in client.get("/page/about").content


def test_a_story_leads_to_its_address_from_any_piece_of_it(client, story, stored_pages):
    response = client.get(f"{story.get_absolute_url()}?before=5")

    assert response.status_code == 301
    assert response["Location"] == story.get_absolute_url()
    assert not files_of_pages(stored_pages)


def test_an_address_with_a_question_mark_in_it_is_another_address(client, story):
    newer = make_publication()
    piece = client.get(f"/world?before={newer.pk}")

    assert client.get(f"/world%3Fbefore={newer.pk}").status_code == 404
    assert client.get(f"/world?before={newer.pk}").content == piece.content


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1"},
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-proto": "https"},
        {"x-original-url": "/evil"},
        {"x-rewrite-url": "/evil"},
        {"x-http-method-override": "POST"},
        {"accept-language": "ru"},
        {"accept": "application/evil"},
        {"cookie": "sessionid=evilevilevilevil; csrftoken=evil; django_language=ru"},
        {"authorization": "Bearer evil"},
        {"origin": "https://evil.example"},
        {"referer": "https://evil.example/"},
        {"user-agent": "evil"},
        {"x-forwarded-for": "6.6.6.6"},
        {"range": "bytes=0-3"},
    ],
)
def test_what_stands_in_a_header_makes_no_other_page(
    client, story, settings, stored_pages, headers
):
    settings.PAGES_ARE_STORED = False
    right = client.get(story.get_absolute_url())
    settings.PAGES_ARE_STORED = True

    client.get(story.get_absolute_url(), headers=headers)
    after = client.get(story.get_absolute_url())

    assert after.status_code == 200
    assert after.content == right.content
    assert b"evil" not in after.content
    assert len(files_of_pages(stored_pages)) == 1


def test_an_unknown_host_is_refused_though_the_page_is_stored(client, story):
    client.get(story.get_absolute_url())

    response = client.get(story.get_absolute_url(), headers={"host": "evil.example"})

    assert response.status_code == 400
    assert response["Content-Security-Policy"]


def test_nothing_of_the_desk_is_stored(client, story, stored_pages):
    client.force_login(make_editor())
    for path in (
        "/admin/",
        "/admin/account/login/",
        "/contribute",
        "/healthz",
        "/nothing",
        "/media/x",
    ):
        client.get(path)
    assert not files_of_pages(stored_pages)


def test_the_desk_sees_the_page_everybody_sees(client, story):
    client.force_login(make_editor())
    as_staff = client.get(story.get_absolute_url())
    client.logout()

    assert client.get(story.get_absolute_url()).content == as_staff.content


def test_what_was_made_for_one_reader_is_not_stored(rf, story):
    for spoil in (
        lambda response: response.set_cookie("a", "b"),
        lambda response: response.headers.setdefault("Vary", "Cookie"),
        lambda response: response.headers.setdefault("Content-Security-Policy", "'nonce-1'"),
        lambda response: response.headers.setdefault("Cache-Control", "no-store"),
        lambda response: setattr(response, "status_code", 404),
    ):
        response = page_store.HttpResponse(b"page")
        assert page_store.may_be_stored(response)
        spoil(response)
        assert not page_store.may_be_stored(response)


def test_a_withdrawn_story_does_not_come_back_without_the_database(client, story, monkeypatch):
    client.get(story.get_absolute_url())
    story.article.withdraw("An error.", by=None)
    assert client.get(story.get_absolute_url()).status_code == 410

    with database_away(monkeypatch):
        assert client.get(story.get_absolute_url()).status_code == 503


def test_pages_once_read_outlive_the_database(client, story, monkeypatch):
    read = client.get(story.get_absolute_url())
    Section.objects.update(name="Renamed")  # The stored page is an old one now.

    with database_away(monkeypatch):
        response = client.get(story.get_absolute_url())

    assert response.status_code == 200
    assert response.content == read.content
    assert b"Renamed" in client.get(story.get_absolute_url()).content


def begin_anew(monkeypatch):
    """What a process knows that was just started."""
    site_version.watch.close()
    monkeypatch.setattr(site_version, "watch", type(site_version.watch)())


def test_a_process_that_begins_without_the_database_serves_them_too(client, story, monkeypatch):
    read = client.get(story.get_absolute_url())
    begin_anew(monkeypatch)

    with database_away(monkeypatch):
        assert client.get(story.get_absolute_url()).content == read.content


def test_a_process_that_can_know_of_no_withdrawal_serves_none(
    client, story, stored_pages, monkeypatch
):
    client.get(story.get_absolute_url())
    begin_anew(monkeypatch)
    (stored_pages / NOTED_AS[:2] / NOTED_AS[2:]).unlink()

    with database_away(monkeypatch):
        assert client.get(story.get_absolute_url()).status_code == 503


def take_story():
    Publication.objects.latest("pk").article.withdraw("An error.", by=None)


def end_rights():
    Photo.objects.update(usable_until=timezone.now())


@pytest.mark.parametrize("take", [take_story, end_rights])
@pytest.mark.parametrize("is_new_process", [False, True])
def test_what_was_taken_from_readers_is_on_no_page_without_the_database(
    client, stored_pages, monkeypatch, take, is_new_process
):
    """Not at its own address, though nobody asked for it since, nor in lists."""
    make_publication(lead_photo=make_photo(creator="Somebody"))
    taken = make_publication(lead_photo=Photo.objects.get())
    paths = ["/", "/world", taken.get_absolute_url()]
    for path in paths:
        assert client.get(path).status_code == 200
    take()
    assert client.get("/corrections").status_code == 200  # From here on it is known.
    if is_new_process:
        begin_anew(monkeypatch)

    with database_away(monkeypatch):
        assert [client.get(path).status_code for path in paths] == [503, 503, 503]
        assert client.get("/corrections").status_code == 200
    assert client.get("/").status_code == 200


def test_what_was_taken_does_not_come_back_while_a_page_is_made(client, story, monkeypatch):
    client.get("/theme/water")
    make_publication().article.withdraw("An error.", by=None)
    client.raise_request_exception = False

    def fail(*args, **kwargs):
        raise OperationalError("the server is gone")

    monkeypatch.setattr("articles.views.page_of", fail)

    assert client.get("/theme/water").status_code == 500


def test_a_process_knows_what_another_one_noted(client, story, monkeypatch):
    client.get(story.get_absolute_url())
    late = site_version.watch
    begin_anew(monkeypatch)
    story.article.withdraw("An error.", by=None)
    client.get("/corrections")  # By another process.
    site_version.watch.close()
    monkeypatch.setattr(site_version, "watch", late)

    with database_away(monkeypatch):
        assert client.get(story.get_absolute_url()).status_code == 503


def test_a_database_that_hangs_is_asked_for_nothing(client, story, monkeypatch):
    client.get(story.get_absolute_url())
    hangs = site_version.Known(site_version.watch.known().version, hangs=True)
    monkeypatch.setattr(site_version.watch, "known", lambda: hangs)

    with CaptureQueriesContext(connection) as queries:
        stored = client.get(story.get_absolute_url())
        others = ["/nothing", "/search?q=text", "/admin/", "/contribute", "/theme/water"]
        statuses = {client.get(path).status_code for path in others}
        statuses.add(client.post("/contribute").status_code)
        up = client.get("/healthz")

    assert stored.status_code == up.status_code == 200
    assert statuses == {503}
    assert len(queries) == 0


def test_a_page_nobody_read_says_to_come_back_later(client, story, monkeypatch):
    with database_away(monkeypatch):
        response = client.get("/theme/water")

    assert response.status_code == 503
    assert response["Retry-After"]
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"]
    assert client.get("/theme/water").status_code == 200


def test_a_database_that_goes_while_a_page_is_made_leaves_the_last_one(client, story, monkeypatch):
    read = client.get(story.get_absolute_url())
    Section.objects.update(name="Renamed")

    def fail(*args, **kwargs):
        raise OperationalError("the server is gone")

    with monkeypatch.context() as patch:
        patch.setattr("articles.views.related_reads", fail)
        response = client.get(story.get_absolute_url())

    assert response.content == read.content
    assert b"Renamed" in client.get(story.get_absolute_url()).content


def test_an_error_of_ours_is_not_hidden_by_a_stored_page(client, story, monkeypatch):
    client.get(story.get_absolute_url())
    Section.objects.update(name="Renamed")
    client.raise_request_exception = False
    monkeypatch.setattr("articles.views.related_reads", lambda publication: 1 / 0)

    assert client.get(story.get_absolute_url()).status_code == 500


def test_a_new_release_makes_every_page_anew(client, story, monkeypatch):
    client.get(story.get_absolute_url())
    monkeypatch.setattr("newsroom.release.fingerprint", lambda: "another")
    client.handler.load_middleware()

    assert queries_of(client, story.get_absolute_url())[1] > 0


def test_half_a_page_is_none(client, story, stored_pages):
    read = client.get(story.get_absolute_url())
    (file,) = files_of_pages(stored_pages)
    whole = file.read_bytes()

    for damaged in (whole[:-1], whole[:40], b"", b"\0" * 100, b"[]\n", b"{}\nx"):
        file.write_bytes(damaged)
        assert client.get(story.get_absolute_url()).content == read.content


def test_a_full_disk_keeps_no_page_from_its_reader(client, story, monkeypatch):
    def full(*args):
        raise OSError("no space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)

    for _time in range(2):
        assert client.get(story.get_absolute_url()).status_code == 200


def test_the_furniture_is_loaded_once_for_all_pages_of_a_version(client, story):
    client.get("/corrections")
    _response, count = queries_of(client, "/theme/water")

    # The version on the connection of the page, the tag, its stories with pictures and bylines.
    assert count == 1 + 4


CHANGES = {
    "a story": lambda: Publication.objects.first().article.publish(by=None),
    "a photo's credit": lambda: Photo.objects.update(creator="Somebody Else"),
    "a section's name": lambda: Section.objects.update(name="Abroad"),
    "an author": lambda: Author.objects.update(name="M. Quist"),
    "an appeal": lambda: Appeal.objects.create(placement="strip", headline="Give"),
    "a tag": lambda: Publication.objects.first().tags.first().delete(),
    "a standing page": lambda: Page.objects.create(title="About", slug="about"),
    "a slot": lambda: FrontPageSlot.objects.create(picked=Publication.objects.first().article),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_public_change_makes_pages_anew(client, stored_pages, change):
    make_publication(lead_photo=make_photo(creator="Somebody"), tags=["Water"], kind=Kind.NEWS)
    client.get("/")
    assert queries_of(client, "/")[1] == 0

    change()

    assert queries_of(client, "/")[1] > 0
