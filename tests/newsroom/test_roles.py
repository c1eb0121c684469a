import pytest
from django.contrib.auth.models import Group, Permission

from newsroom.roles import ROLES
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_exactly_what_the_table_says(role):
    found = Group.objects.get(name=role).permissions.values_list("codename", flat=True)

    assert sorted(found) == sorted(ROLES[role])


def test_nobody_edits_what_readers_get_by_hand():
    for code in ("add", "change", "delete"):
        permission = Permission.objects.get(codename=f"{code}_publication")
        assert not permission.group_set.exists()


def test_a_photo_editor_reads_stories_and_changes_none(client):

    client.force_login(make_user("photos", "Photo editor"))
    address = f"/admin/articles/article/{make_article(headline='Rivers rise').pk}/change/"

    page = client.get(address)

    assert "Rivers rise" in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    assert client.post(address, {}).status_code == 403
