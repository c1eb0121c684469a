import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.importing import file
from articles.importing.body import html_of
from articles.markup import plain_text
from articles.models import Article, Author, Photo, Publication, Redirect, Revision, Section, Tag
from articles.models.snapshot import fingerprint_of
from tests.articles.import_lines import FULL, import_lines, imported, lines_of, read, run, story
from tests.factories import make_author, make_section, make_tag

pytestmark = pytest.mark.django_db


def test_an_imported_story_is_as_if_made_by_hand_and_published():
    by_import = imported()
    by_hand = Article.objects.create(
        headline="Harbour <reopens>",
        kicker="The coast",
        standfirst="Ships are back.",
        section=make_section("World"),
        body=(
            "<p>The first ship came in.</p><h2>What next</h2>"
            "<ul><li><p>More</p></li><li><p>Ships</p></li></ul>"
            "<blockquote><p>At last.</p></blockquote>"
        ),
        text_licence_id="CC BY 4.0",
        text_credit="Written by Ida Holm.",
        text_source_url="https://elsewhere.example/harbour",
    )
    for position, name in enumerate(["Ida Holm", "Per Lund"]):
        by_hand.bylines.create(author=make_author(name), position=position)
    by_hand.tags.set([make_tag("Ports"), make_tag("Trade")])
    by_hand.record(by=None)
    by_hand.publish(by=None, at=datetime(2024, 3, 5, 7, 30, tzinfo=UTC))

    assert _told(by_import) == _told(by_hand)
    assert _told(by_import.publication) == _told(by_hand.publication)
    assert by_import.fingerprint == fingerprint_of(by_import.snapshot())
    assert by_import.public_fingerprint == by_import.fingerprint
    assert by_import.standing == "Live"


def _told(side):
    """All that a side and its bylines, tags, picks and photos hold, but for what numbers it."""
    own = {"id", "article", "source_id", "translation_key", "fingerprint", "public_fingerprint"}
    moments = {"created_at", "saved_at"}
    told = {
        field.name: field.value_from_object(side)
        for field in side._meta.concrete_fields
        if field.name not in own | moments
    }
    for relation in side._meta.related_objects:
        if relation.related_model not in (Publication, Revision, Redirect):
            link = {"id", relation.field.name}
            names = [f.name for f in relation.related_model._meta.concrete_fields]
            rows = relation.related_model._default_manager.filter(**{relation.field.name: side})
            told[relation.name] = list(rows.values_list(*(n for n in names if n not in link)))
    return told


def test_the_history_says_imported_and_holds_the_text():
    article = imported()

    revision = article.revisions.get()
    assert revision.action == Revision.Action.IMPORTED
    assert revision.snapshot == json.loads(json.dumps(article.snapshot(), default=str))


def test_nothing_keeps_an_imported_story_from_being_published_again():
    imported(authors=[]).check_publishable()


def test_paragraph_marks_become_subheads_lists_and_quotations():
    paragraphs = ["One.", "## Two", "- a", "- b", "Three.", "> four", "> five", "#no -mark"]

    assert html_of(paragraphs) == (
        "<p>One.</p><h2>Two</h2><ul><li><p>a</p></li><li><p>b</p></li></ul><p>Three.</p>"
        "<blockquote><p>four</p></blockquote><blockquote><p>five</p></blockquote>"
        "<p>#no -mark</p>"
    )


def test_html_in_a_paragraph_is_text():
    body = imported(body=["<script>alert(1)</script> & <b>bold</b>", "<figure data-photo=1>"]).body

    assert "<script" not in body
    assert plain_text(body) == "<script>alert(1)</script> & <b>bold</b>\n<figure data-photo=1>"


def test_speakers_of_an_interview_stand_out():
    turns = ["Newsroom: How?", "Ida Holm: So.", "Newsroom: When?", "Ida Holm: Now: at once."]

    assert html_of([*turns, "Per Lund: Well.", "The answer is: yes."]) == (
        "<p><strong>Newsroom:</strong> How?</p><p><strong>Ida Holm:</strong> So.</p>"
        "<p><strong>Newsroom:</strong> When?</p><p><strong>Ida Holm:</strong> Now: at once.</p>"
        "<p><strong>Per Lund:</strong> Well.</p><p>The answer is: yes.</p>"
    )


def test_a_colon_alone_makes_no_interview():
    assert "strong" not in html_of(["Update: it rains.", "Update: it snows.", "Note: it ends."])


@pytest.mark.parametrize(
    ("published", "moment"),
    [
        ("2024-03-05", "2024-03-05T12:00:00+05:00"),
        ("2024-03-05T08:30:00", "2024-03-05T08:30:00+05:00"),
        ("2024-03-05T08:30:00Z", "2024-03-05T08:30:00+00:00"),
    ],
)
def test_a_date_is_read_where_the_outlet_is(settings, published, moment):
    settings.TIME_ZONE = "Asia/Almaty"

    assert read(published=published).published == datetime.fromisoformat(moment)
    if len(published) == 10:
        assert read(published=published).published.tzinfo == ZoneInfo("Asia/Almaty")


def test_a_story_without_date_is_of_the_moment_of_import():
    publication = imported(published=None).publication

    assert publication.is_visible
    assert publication.first_published_at == publication.visible_from
    assert timezone.now() - publication.visible_from < timedelta(minutes=1)


def test_a_story_of_tomorrow_waits():
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()

    assert imported(published=tomorrow).publication.is_scheduled


def test_names_are_found_whatever_their_capitals():
    tag, author, section = make_tag("Ports"), make_author("Ida Holm"), make_section("World")

    article = imported(tags=["PORTS", "ports"], authors=["ida holm"], section="world")

    assert list(article.tags.all()) == [tag]
    assert article.bylines.get().author == author
    assert article.section == section


def test_new_names_get_addresses_of_their_own():
    make_tag("Łódź")
    make_author("Ida Holm")
    outcome, _damaged = import_lines(
        story(1, section="Archive", tags=["Lodz", "Лодзь", "…"], authors=["Ida-Holm"]),
        story(2, section="Ru", tags=["Lódz"]),
    )

    assert outcome.new == 2
    assert set(Section.objects.values_list("slug", flat=True)) == {"archive-2", "ru-2"}
    assert Tag.objects.get(name="Lodz").slug == "lodz-2"
    assert Tag.objects.get(name="Лодзь").slug == "lodz-3"
    assert Tag.objects.get(name="Lódz").slug == "lodz-4"
    assert Tag.objects.get(name="…").slug == "theme"
    assert Author.objects.get(name="Ida-Holm").slug == "ida-holm-2"


def test_what_could_not_be_taken_over_is_listed_and_no_damage(tmp_path):
    path = tmp_path / "stories.jsonl"
    photos = [{"caption": "A ship.", "credit": "Ida Holm"}]
    path.write_bytes(
        lines_of(FULL | {"photos": photos, "licence": "Ask first", "mood": "calm", "empty": None})
    )

    told = run(path)

    assert "Not taken over (1 × mood, 1 × photos, 1 × licence):" in told
    assert "line 1, harbour-1: mood, photos (1), licence (“Ask first” stands in the credit)" in told
    assert "empty" not in told
    assert not Photo.objects.exists()
    assert Article.objects.get().text_credit == "Written by Ida Holm. (Ask first)"


def test_a_story_without_section_is_filed_where_the_command_says(tmp_path):
    path = tmp_path / "stories.jsonl"
    path.write_bytes(lines_of(story(section=None)))

    assert "section (none; filed under “Archive of 1999”)" in run(
        path, "--section", "Archive of 1999"
    )
    assert Publication.objects.get().section.name == "Archive of 1999"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/2009/news.php?id=7&x=ä", "/2009/news.php?id=7&x=%C3%A4"),
        ("/old/caf%C3%A9.html", "/old/caf%C3%A9.html"),
        ("/old/it's.html#top", "/old/it's.html"),
    ],
)
def test_an_old_address_on_our_own_host_leads_to_the_story(client, path, asked):
    publication = imported(source_url=f"http://testserver{path}").publication

    response = client.get(asked)

    assert (response.status_code, response.get("Location")) == (301, publication.get_absolute_url())
    assert publication.text_source_url == ""


def test_an_address_elsewhere_makes_no_redirect():
    imported(source_url="https://elsewhere.example/old.html")

    assert not Redirect.objects.exists()


def test_an_old_address_too_long_for_a_redirect_is_listed(tmp_path):
    path = tmp_path / "stories.jsonl"
    address = f"http://testserver/{'ä' * 200}?from=there"  # Each letter takes six when escaped.
    path.write_bytes(lines_of(FULL | {"source_url": address}))

    assert "source_url (too long for a redirect)" in run(path)
    assert not Redirect.objects.exists()


def test_the_storys_own_address_makes_no_redirect():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('articles_article', 'id'))")
        number = cursor.fetchone()[0] + 1
    address = f"/2024/03/05/harbour-reopens-a{number}"

    publication = imported(source_url=f"http://testserver{address}").publication

    assert publication.get_absolute_url() == address
    assert not Redirect.objects.exists()


def test_the_first_of_two_stories_with_one_old_address_keeps_it():
    outcome, _damaged = import_lines(
        story(1, source_url="http://testserver/old"), story(2, source_url="http://testserver/old")
    )

    assert Redirect.objects.get().article.source_id == "story-1"
    assert "source_url (/old leads elsewhere)" in str(outcome.left_over[1])


def test_the_number_of_queries_does_not_grow_with_a_batch():
    def queries(first, count):
        lines = [
            story(first + n, authors=[f"Author {first + n}"], tags=[f"Tag {first + n}"])
            for n in range(count)
        ]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert import_lines(*lines)[0].new == count
        return len(captured)

    assert queries(0, 5) == queries(1_000, 100)


def test_a_batch_is_bounded_in_lines_and_bytes(monkeypatch):
    monkeypatch.setattr(file, "BATCH_LINES", 3)
    monkeypatch.setattr(file, "BATCH_BYTES", 100)
    lines = [(number, b"x" * size) for number, size in enumerate([10, 10, 10, 10, 200, 10])]

    assert [len(group) for group in file.batches_of(iter(lines))] == [3, 2, 1]
