"""What readers must not see is at no public address, whatever way they go."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.crawlers.sitemaps import PART
from articles.models import FrontPageSlot
from articles.newsletter import links
from tests.articles.newsletters import make_subscriber
from tests.factories import (
    JUNE_1,
    make_article,
    make_author,
    make_photo,
    make_publication,
    make_section,
    make_tag,
)
from tests.reading import read

pytestmark = pytest.mark.django_db

FOR_MACHINES = ["/feed.xml", "/feed.json", "/ru/feed.xml", "/theme/water/feed.xml", "/robots.txt"]
FOR_MACHINES += ["/sitemap.xml", "/sitemap-pages.xml", "/sitemap-news.xml"]
FOR_MACHINES += ["/sitemap-themes-0.xml", "/sitemap-authors-0.xml"]

FIELDS = [
    "headline",
    "source",
    "slug",
    "kicker",
    "standfirst",
    "teaser",
    "dateline",
    "lead_caption",
    "lead_alt",
    "text_credit",
]


def secret_fields(word):
    """A story in which everything says `word`: text, section, photo, and who and what it names."""
    section = make_section(f"Section {word}", description=f"{word} section", position=1)
    photo = make_photo(
        caption=f"{word} caption", alt=f"{word} alt", creator=f"{word} creator", title=word
    )
    make_author(f"Author {word}", bio=f"{word} bio")
    make_tag(f"Tag {word}", description=f"{word} tag")
    return {
        **{name: f"{word}-{name}" for name in FIELDS},
        "text_source_url": f"https://{word}.example/",
        "body": f'<p>{word} text</p><figure data-photo="{photo.pk}"></figure>',
        "section": section,
        "lead_photo": photo,
        "authors": [f"Author {word}"],
        "tags": [f"Tag {word}"],
    }


def change_to_secrets(article, word):
    fields = secret_fields(word)
    authors, tags = fields.pop("authors"), fields.pop("tags")
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    article.bylines.all().delete()
    article.bylines.create(author=make_author(authors[0]))
    article.tags.set([make_tag(name) for name in tags])
    article.record(by=None)


def addresses_of(word, article):
    """Where a reader who guesses well would look."""
    lists = [f"/section-{word}", f"/theme/tag-{word}", f"/author/author-{word}", "/archive/2031/01"]
    number = article.pk
    stories = [f"/2026/06/01/x-a{number}", f"/2031/01/01/{word}-slug-a{number}"]
    stories += [f"{address}.txt" for address in stories]
    feeds = [f"{address}/feed.xml" for address in lists[:3]]
    return [
        *lists,
        "/search",
        "/search?q=text&language=all",
        *stories,
        *feeds,
        f"/?before={number}",
        f"/sitemap-stories-{number // PART}.xml",
    ]


def addresses_of_the_newsletter():
    """Its pages, those whose addresses stand only in mails among them."""
    waiting = make_subscriber(state="pending", asked_at=timezone.now(), confirmed_at=None)
    words = [links.to_confirm(waiting), links.to_leave(waiting.pk, "en")]
    words = [address.removeprefix("http://testserver") for address in words]
    return ["/newsletter", "/ru/newsletter", *words, *(f"{address}x" for address in words)]


def crawl(client, addresses):
    """Every page that can be reached from `addresses`, by its address; redirects unfollowed."""
    pages = {}
    waiting = ["/", "/ru/", *FOR_MACHINES, *addresses]
    while waiting:
        address = waiting.pop()
        if address in pages:
            continue
        response = client.get(address)
        body = b"".join(response) if response.streaming else response.content
        pages[address] = f"{response.headers}{body.decode(errors='replace')}"
        if response.get("Content-Type", "").startswith("text/html"):
            page = read(response)
            links = [link.get("href") or "" for link in page.all("a")]
            links += [picture.get("src") or "" for picture in page.all("img")]
            path = address.partition("?")[0]
            waiting += [path + link if link[:1] == "?" else link for link in links]
            waiting = [link for link in waiting if link[:1] == "/"]
        if response.status_code in {301, 302}:
            waiting.append(response["Location"])
    return pages


def test_no_public_address_shows_what_is_not_public(client):
    far = timezone.now() + timedelta(days=365)
    draft = make_article(**secret_fields("draftword"))
    scheduled = make_publication(**secret_fields("scheduledword"), at=far).article
    withdrawn = make_publication(**secret_fields("withdrawnword")).article
    withdrawn.withdraw("An error.", by=None)
    changed = make_publication(headline="Live", tags=["Water"], lead_photo=make_photo()).article
    change_to_secrets(changed, "changedword")
    secret = {
        "draftword": draft,
        "scheduledword": scheduled,
        "withdrawnword": withdrawn,
        "changedword": changed,
    }
    for article in secret.values():
        FrontPageSlot.objects.create(picked=article)
    links = "".join(
        f'<p><a href="/2026/06/01/{word}-slug-a{article.pk}">link</a></p>'
        for word, article in secret.items()
    )
    open_story = make_article(body=links, tags=["Water"])
    for position, article in enumerate(secret.values()):
        open_story.picks.create(picked=article, position=position)
    open_story.publish(by=None, at=JUNE_1)

    guesses = [guess for word, article in secret.items() for guess in addresses_of(word, article)]
    newsletter = addresses_of_the_newsletter()
    pages = crawl(client, guesses + newsletter)

    assert set(newsletter) <= set(pages)
    assert changed.publication.get_absolute_url() in pages
    assert "/theme/water" in pages
    for address, page in pages.items():
        for word in secret:
            # The address as guessed may be said again, and nothing else.
            assert word not in page.replace(address, ""), address


def test_the_crawl_would_find_it(client):
    make_publication(**secret_fields("draftword"))

    found = [address for address, page in crawl(client, []).items() if "draftword" in page]

    assert {"/", "/section-draftword", "/theme/tag-draftword"} <= set(found)
    assert {"/feed.xml", "/feed.json", "/sitemap-pages.xml", "/sitemap-themes-0.xml"} <= set(found)
