"""What each public page asks of the database, with ten stories and with a thousand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.crawlers.sitemaps import PART
from articles.models import (
    Article,
    FrontPageSlot,
    Page,
    Publication,
    PublicationByline,
    PublicationTag,
)
from tests.factories import JUNE_1, make_photo, make_publication

pytestmark = pytest.mark.django_db

FURNITURE = 6  # Breaking news, outlet, sections, pages, languages, asks: on every page.
MOST = {
    "/": 6,
    "/world": 4,
    "/theme/water": 4,
    "/author/mara-quist": 4,
    "/archive/2026/06": 5,
    "/page/about": 2,
    "/corrections": 1,
    "/offline": -1,
    "/newsletter": -1,  # Nothing else is asked for there.
    "/search": 1,
    "/search?q=text": 6,  # Its point where errors end, and back; words, numbers, stories, marks.
    "/nowhere": 4,
}
# Without what surrounds a page.
MOST_ALONE = {
    "/feed.xml": 9,
    "/feed.json": 9,
    "/world/feed.xml": 10,
    "/theme/water/feed.xml": 10,
    "/author/mara-quist/feed.xml": 10,
    "/sitemap.xml": 3,
    "/sitemap-pages.xml": 6,
    "/sitemap-news.xml": 2,
    "/robots.txt": 1,
    "/sw.js": 0,
    "/favicon.ico": 1,
    "/search/suggest?q=mo": 2,
}


@pytest.fixture
def story():
    Page.objects.create(title="About", slug="about", body="<p>We.</p>", is_public=True)
    photo = make_photo()
    pick = make_publication(tags=["Water"], lead_photo=photo)
    linked = make_publication(tags=["Water"], lead_photo=photo)
    for position in range(4):
        FrontPageSlot.objects.create(
            picked=make_publication(lead_photo=photo).article, position=position
        )
    article = make_publication(
        tags=["Water", "Dykes"],
        lead_photo=photo,
        body=f'<p><a href="{linked.get_absolute_url()}">Before</a></p>'
        f'<figure data-photo="{make_photo().pk}"></figure>',
    ).article
    article.picks.create(picked=pick.article)
    return article.publish(by=None)


def add_stories(like, count):
    """`count` more stories like this one, by bulk; the publications of factories take too long."""
    byline, tag_link = like.bylines.get(), like.tag_links.first()
    articles = Article.objects.bulk_create(
        Article(headline=f"More {number}", slug="more") for number in range(count)
    )
    publications = []
    for number, article in enumerate(articles):
        publication = Publication.objects.get(pk=like.pk)
        publication.article = article
        publication.headline = article.headline
        publication.visible_from = JUNE_1 + timedelta(minutes=number)
        publication.first_published_at = publication.visible_from
        publications.append(publication)
    Publication.objects.bulk_create(publications)
    PublicationByline.objects.bulk_create(
        PublicationByline(publication=one, author=byline.author) for one in publications
    )
    PublicationTag.objects.bulk_create(
        PublicationTag(content_object=one, tag=tag_link.tag) for one in publications
    )


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == {"/nowhere": 404, "/favicon.ico": 302}.get(path, 200)
    return len(queries)


def test_no_page_asks_more_with_a_thousand_stories_than_with_ten(client, story):
    most = MOST | {story.get_absolute_url(): 10}
    add_stories(story, 4)
    with_ten = {path: queries_of(client, path) for path in most}

    add_stories(story, 990)
    with_a_thousand = {path: queries_of(client, path) for path in most}

    assert with_ten == with_a_thousand
    assert with_ten == {path: FURNITURE + count for path, count in most.items()}


def test_what_machines_read_asks_no_more_with_a_thousand_stories_either(client, story):
    part = story.pk // PART  # All that are added may lie in the next.
    tag, author = story.tags.first().pk // PART, story.bylines.get().author_id // PART
    most = MOST_ALONE | {f"/sitemap-themes-{tag}.xml": 2, f"/sitemap-authors-{author}.xml": 2}
    most |= {f"/sitemap-stories-{part}.xml": 1, f"{story.get_absolute_url()}.txt": 11}
    add_stories(story, 30)
    with_thirty = {path: queries_of(client, path) for path in most}

    add_stories(story, 970)
    with_a_thousand = {path: queries_of(client, path) for path in most}

    assert with_thirty == with_a_thousand == most
