"""A link to one version: opens it to whoever has it, as long as it is to, and nothing else."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import signing
from django.utils import timezone

from articles.models import PreviewLink, Rendition
from donations.models import Appeal
from newsroom.logs import WithoutTokens
from tests.articles.versions import FURNITURE, address, first_version, save_again
from tests.factories import (
    make_article,
    make_editor,
    make_photo,
    make_publication,
    make_reporter,
    make_user,
)
from tests.reading import read, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def make_link(article=None, **fields):
    version = (article or make_article(headline="Shared words")).revisions.first()
    link = PreviewLink.objects.make(version, by=make_editor(), days=fields.pop("days", 3))
    PreviewLink.objects.filter(pk=link.pk).update(**fields)
    link.refresh_from_db()
    return link


def where(link):
    return link.get_absolute_url()


# Reading by it


def test_who_has_the_link_reads_that_version(client):
    article = make_article(headline="Then", authors=["Ann Ash"])
    link = make_link(article)
    save_again(article, headline="Now")

    page = client.get(where(link))

    assert where(link).startswith("/preview/")
    assert "Then" in words_of(page)
    assert "Ann Ash" in words_of(page)
    assert "Now" not in words_of(page)


def test_it_is_marked_as_a_preview_and_kept_nowhere(client):
    link = make_link()

    page = client.get(where(link))

    html = page.content.decode()
    assert "Preview, not for publication." in html
    assert f"{timezone.localtime(link.expires_at):%H:%M}" in html
    assert "no-store" in page["Cache-Control"]
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page
    robots = [meta["content"] for meta in read(page).all("meta") if meta.get("name") == "robots"]
    assert "noindex" in robots[0]
    assert not [meta for meta in read(page).all("meta") if "property" in meta]
    assert not [each for each in read(page).all("link") if each.get("rel") == "canonical"]
    assert read(page).faults == []


def test_there_are_no_asks_in_it(client):
    for placement in ("strip", "top", "article_end"):
        Appeal.objects.create(
            placement=placement, headline="Give", text="Give", button="Give", is_active=True
        )
    article = make_publication().article

    assert "Give" in client.get(article.publication.get_absolute_url()).content.decode()
    assert "Give" not in client.get(where(make_link(article))).content.decode()


def test_every_view_is_counted_and_a_look_without_reading_is_none(client):
    link = make_link()

    client.head(where(link))
    client.get(where(link))
    client.get(where(link))
    client.post(where(link))

    link.refresh_from_db()
    assert link.views == 2
    assert link.last_viewed_at is not None


def test_queries_do_not_grow_with_photos_and_related_reads(client, django_assert_max_num_queries):
    body = "".join(f'<figure data-photo="{make_photo().pk}"></figure>' for _ in range(5))
    article = make_article(lead_photo=make_photo(), body=body, tags=["Water"])
    save_again(article, picks=[make_publication(lead_photo=make_photo()).article for _ in range(4)])
    link = make_link(article)

    with django_assert_max_num_queries(FURNITURE + 13):
        client.get(where(link))


def test_a_reader_without_account_costs_no_session(client, monkeypatch):
    link = make_link()
    client.cookies["sessionid"] = "x" * 32
    monkeypatch.setattr(
        "django.contrib.sessions.backends.db.SessionStore.load",
        lambda self: pytest.fail("The session was looked at."),
    )

    assert client.get(where(link)).status_code == 200


def test_related_reads_and_links_lead_to_public_stories_only(client):
    draft = make_article(headline="Secret draft")
    article = make_article(body=f'<p><a href="/2026/06/01/x-a{draft.pk}">words</a></p>')
    save_again(article, picks=[draft, make_publication(headline="Public").article])

    html = client.get(where(make_link(article))).content.decode()

    assert "Public" in html
    assert "Secret draft" not in html
    assert f"a{draft.pk}" not in html


# What opens nothing


def signed(text, salt="articles.preview_link"):
    return signing.Signer(salt=salt, sep=".").sign(text)


def publish_and_withdraw(article):
    article.publish(by=None)
    article.withdraw("By order of a court.", by=None)


CLOSING = {
    "expired": lambda link: PreviewLink.objects.update(expires_at=timezone.now()),
    "revoked": lambda link: link.revoke(),
    "deleted": lambda link: PreviewLink.objects.all().delete(),
    "its maker has left": lambda link: User.objects.update(is_active=False),
    "its maker works at the desk no more": lambda link: User.objects.update(is_staff=False),
    "its maker is deleted": lambda link: make_editor().delete(),
    "the story is withdrawn": lambda link: publish_and_withdraw(link.revision.article),
}
WRONG = {
    "another signature": lambda link: link.token[:-1] + ("A" if link.token[-1] != "A" else "B"),
    "no signature": lambda link: link.pk.hex,
    "signed for something else": lambda link: signed(link.pk.hex, salt="another"),
    "signed, but no id": lambda link: signed("7"),
    "nonsense": lambda link: "nonsense",
}


@pytest.fixture(params=[*CLOSING, *WRONG])
def opens_nothing(request):
    """A link and an address that looks like its own."""
    link = make_link(make_article(lead_photo=make_photo()))
    CLOSING.get(request.param, bool)(link)
    token = WRONG[request.param](link) if request.param in WRONG else link.token
    return link, f"/preview/{token}"


def test_a_link_that_opens_nothing_looks_like_any_unknown_address(client, opens_nothing):
    link, address_of_it = opens_nothing

    page = client.get(address_of_it)

    unknown = client.get("/preview/nothing-was-ever-here")
    assert page.status_code == unknown.status_code == 404
    assert page.content == unknown.content
    assert dict(page.headers) == dict(unknown.headers)
    assert not PreviewLink.objects.filter(pk=link.pk, views__gt=0).exists()


def test_a_withdrawn_story_can_be_shared_by_a_new_link(client):
    article = make_article(headline="Mended since")
    publish_and_withdraw(article)

    assert "Mended since" in words_of(client.get(where(make_link(article))))


def test_a_link_that_opens_nothing_shows_no_photos(client, opens_nothing):
    _link, address_of_it = opens_nothing
    [rendition, *_more] = Rendition.objects.all()

    assert client.get(f"{address_of_it}/media/{rendition.file.name}").status_code == 404


@pytest.mark.parametrize("days", [0, 2, -1, 365])
def test_a_link_is_open_for_so_many_days_and_no_other_number(days):
    with pytest.raises(ValueError, match="days"):
        make_link(days=days)


def test_the_token_is_in_no_line_of_the_log(client, caplog):
    link = make_link()
    link.revoke()

    client.get(where(link))
    client.get(f"{where(link)}/media/x")

    for record in caplog.records:
        WithoutTokens().filter(record)
        assert link.token not in record.getMessage()
        assert "/preview/" in record.getMessage()
    assert caplog.records


# Photos


def sources_of(page):
    html = page.content.decode()
    found = re.findall(r'(?:src|srcset)="([^"]+)"', html)
    return {part.split()[0] for value in found for part in value.split(", ")}


def test_photos_of_an_unpublished_story_are_shown_under_the_link(client):
    inside = make_photo()
    article = make_article(
        lead_photo=make_photo(), body=f'<figure data-photo="{inside.pk}"></figure>'
    )
    link = make_link(article)

    sources = sources_of(client.get(where(link)))

    assert {source.split("/media/")[1].split("/")[0] for source in sources} == {
        str(article.lead_photo_id),
        str(inside.pk),
    }
    for source in sources:
        assert source.startswith(where(link))
        picture = client.get(source)
        assert picture.status_code == 200
        assert "no-store" in picture["Cache-Control"]
        assert client.get(source.removeprefix(where(link))).status_code == 404
    link.refresh_from_db()
    assert link.views == 1


def test_no_other_photo_is_shown_under_the_link(client):
    article = make_article(lead_photo=make_photo())
    link = make_link(article)
    later = make_photo()
    save_again(article, lead_photo=later)
    other = make_photo()
    ended = make_photo(usable_until=timezone.now() - timedelta(days=1))
    shows_ended = make_link(make_article(lead_photo=ended))

    for photo, tried in [(later, link), (other, link), (ended, shows_ended)]:
        for rendition in photo.renditions.all():
            answer = client.get(f"{where(tried)}/media/{rendition.file.name}")
            assert answer.status_code == 404
    for name in ["../originals/x.jpg", "x", "1/full-1-000000000000.jpg"]:
        assert client.get(f"{where(link)}/media/{name}").status_code == 404


def test_photos_go_with_the_link(client):
    link = make_link(make_article(lead_photo=make_photo()))
    [source, *_more] = sources_of(client.get(where(link)))

    link.revoke()

    assert client.get(source).status_code == 404


def test_pictures_of_related_reads_are_those_everybody_sees(client):
    article = make_article()
    save_again(article, picks=[make_publication(lead_photo=make_photo()).article])

    sources = sources_of(client.get(where(make_link(article))))

    assert sources
    assert all(source.startswith("/media/") for source in sources)


# At the desk


def test_a_link_is_made_for_three_days_unless_another_time_is_chosen(desk):
    article = make_article()
    version = first_version(article)
    page = desk.get(address("preview_links", article), {"version": version.pk})
    form = page.context["form"]
    assert form["days"].value() == 3
    assert form["version"].value() == version.pk

    answer = desk.post(address("preview_links", article), {"version": version.pk, "days": 7})

    assert answer["Location"] == address("preview_links", article)
    link = PreviewLink.objects.get()
    assert (link.revision, link.made_by) == (version, make_editor())
    rest = link.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < rest <= timedelta(days=7)
    html = desk.get(address("preview_links", article)).content.decode()
    assert where(link) in html
    assert "counts as a view" in html


@pytest.mark.parametrize(
    "values", [{"days": "2"}, {"days": "x"}, {"version": "0"}, {"version": ""}]
)
def test_nonsense_makes_no_link(desk, values):
    article = make_article()
    sent = {"version": first_version(article).pk, "days": 3} | values

    assert desk.post(address("preview_links", article), sent).status_code == 200
    assert not PreviewLink.objects.exists()


def test_a_version_of_another_story_is_not_shared(desk):
    article, other = make_article(), first_version(make_article())

    desk.post(address("preview_links", article), {"version": other.pk, "days": 3})
    missing = desk.get(address("preview_links", article), {"version": other.pk})

    assert missing.status_code == 404
    assert not PreviewLink.objects.exists()


def test_a_link_is_revoked_at_once(desk):
    article = make_article()
    link = make_link(article)

    desk.post(address("revoke_link", article, link.pk))

    assert desk.get(where(link)).status_code == 404
    html = desk.get(address("preview_links", article)).content.decode()
    assert "Revoked" in html
    assert link.token not in html
    assert LogEntry.objects.filter(object_id=article.pk).count() == 1
    assert link.pk.hex not in LogEntry.objects.get().change_message


def test_a_link_of_another_story_is_not_revoked_here(desk):
    link = make_link()

    answer = desk.post(address("revoke_link", make_article(), link.pk))

    assert answer.status_code == 404
    assert PreviewLink.objects.open().exists()


def test_links_are_made_and_revoked_by_who_may_change_the_story(client):
    article = make_article()
    link = make_link(article)
    pages = [address("preview_links", article), address("revoke_link", article, link.pk)]
    for user, status in [
        (make_user("guest"), 403),
        (make_user("photos", "Photo editor"), 403),
        (make_reporter(), 404),
    ]:
        client.force_login(user)
        for page in pages:
            sent = {"version": link.revision_id, "days": 3}
            assert client.post(page, sent).status_code == status
    assert PreviewLink.objects.open().count() == 1


def test_the_list_has_few_queries(desk, django_assert_max_num_queries):
    article = make_article()
    for _ in range(9):
        make_link(article)
    desk.get(address("preview_links", article))

    with django_assert_max_num_queries(9):
        desk.get(address("preview_links", article))
