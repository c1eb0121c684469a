"""What each public page asks of the database, with ten stories and with a thousand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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

FURNITURE = 5  # Breaking news, outlet, sections, pages, asks: the same on every page.
MOST = {
    "/": 7,
    "/world": 4,
    "/theme/water": 4,
    "/author/mara-quist": 4,
    "/archive/2026/06": 5,
    "/page/about": 1,
    "/corrections": 1,
    "/nowhere": 5,
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
    assert response.status_code == (404 if path == "/nowhere" else 200)
    return len(queries)


def test_no_page_asks_more_with_a_thousand_stories_than_with_ten(client, story):
    most = MOST | {story.get_absolute_url(): 9}
    add_stories(story, 4)
    with_ten = {path: queries_of(client, path) for path in most}

    add_stories(story, 990)
    with_a_thousand = {path: queries_of(client, path) for path in most}

    assert with_ten == with_a_thousand
    assert with_ten == {path: FURNITURE + count for path, count in most.items()}
