"""Nobody at the desk is told the address of a story that is not theirs."""

from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.models import ContentType

from articles.models import Publication
from tests.factories import make_editor, make_publication, make_reporter, make_tag

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make_user", [make_editor, make_reporter])
def test_the_redirect_of_the_admin_leads_nowhere(client, make_user):
    client.force_login(make_user())
    story = make_publication(slug="secret-slug", at=datetime(2099, 1, 1, tzinfo=UTC))
    kind = ContentType.objects.get_for_model(Publication)

    answer = client.get(f"/admin/r/{kind.pk}/{story.pk}/")

    assert answer.status_code == 404
    assert "secret-slug" not in answer.content.decode() + str(answer.headers)


def test_a_form_links_to_the_public_page_itself(client):
    client.force_login(make_editor())
    tag = make_tag("Water")

    page = client.get(f"/admin/articles/tag/{tag.pk}/change/").content.decode()

    assert f'href="{tag.get_absolute_url()}"' in page
    assert "/admin/r/" not in page
