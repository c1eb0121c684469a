import pytest
from django.core.exceptions import ValidationError

from articles.models import Publication
from tests.factories import make_article, make_editor, make_publication

pytestmark = pytest.mark.django_db


def test_a_draft_is_not_public():
    make_article()

    assert not Publication.objects.visible().exists()


def test_publishing_copies_the_text_to_readers():
    article = make_article(headline="Rivers rise", tags=["Water"])

    publication = article.publish(by=make_editor())

    assert Publication.objects.visible().get() == publication
    assert publication.headline == "Rivers rise"
    assert [tag.name for tag in publication.tags.all()] == ["Water"]


def test_a_story_without_section_is_refused():
    article = make_article(section=None)

    with pytest.raises(ValidationError, match="Section"):
        article.publish(by=make_editor())


def test_saving_changes_nothing_for_readers():
    publication = make_publication(headline="Before")
    article = publication.article
    article.headline = "After"
    article.save()
    article.record(by=make_editor())

    assert Publication.objects.get(pk=article.pk).headline == "Before"
    assert article.standing == "Live, changes waiting"
