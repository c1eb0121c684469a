"""Every list and form of the desk opens, and only for those who may see it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from articles.models import Author, FrontPageSlot, Outlet, Page, Redirect
from tests.factories import (
    make_article,
    make_editor,
    make_photo,
    make_publication,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db

MODELS = [
    "article",
    "author",
    "frontpageslot",
    "licence",
    "outlet",
    "page",
    "photo",
    "redirect",
    "section",
    "tag",
]


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_superuser("admin"))
    return client


@pytest.fixture
def one_of_each():
    photo = make_photo(usable_until=timezone.now() - timedelta(days=1))
    article = make_article(tags=["Water"], lead_photo=photo)
    make_publication()
    Author.objects.update(photo=photo)
    Redirect.objects.create(old_path="/old", article=article)
    FrontPageSlot.objects.create(picked=article)
    Page.objects.get_or_create(slug="about", defaults={"title": "About"})
    Outlet.objects.get_or_create(pk=1, defaults={"name": "Ours"})


@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_form_opens(desk, one_of_each, model):
    record = apps.get_model("articles", model).objects.first()

    for address in [
        reverse(f"admin:articles_{model}_changelist"),
        reverse(f"admin:articles_{model}_change", args=[record.pk]),
        reverse(f"admin:articles_{model}_history", args=[record.pk]),
    ]:
        assert desk.get(address, follow=True).status_code == 200


@pytest.mark.parametrize("model", [name for name in MODELS if name != "outlet"])
def test_every_empty_form_opens(desk, model):
    assert desk.get(reverse(f"admin:articles_{model}_add")).status_code == 200


def test_publications_are_not_edited_by_hand(desk):
    assert "publication" not in desk.get("/admin/").content.decode().lower()


@pytest.mark.parametrize(
    "name",
    [
        "articles_article_preview",
        "articles_article_withdraw",
        "articles_article_tags",
        "articles_photo_card",
        "articles_tag_merge",
    ],
)
def test_our_own_pages_are_for_those_with_the_right_to_them(client, name):
    numbers = {
        "articles_article_preview": make_article,
        "articles_article_withdraw": make_article,
        "articles_photo_card": make_photo,
        "articles_tag_merge": lambda: make_tag("Water"),
    }
    address = reverse(f"admin:{name}", args=[numbers[name]().pk] if name in numbers else [])

    assert client.get(address).status_code == 302
    client.force_login(make_user("guest"))
    assert client.get(address).status_code == 403


def test_an_address_puts_nothing_into_a_new_form(client):
    client.force_login(make_editor())

    page = client.get("/admin/articles/article/add/?headline=Theirs&deadline=nonsense")

    assert page.status_code == 200
    assert not page.context["adminform"].form["headline"].value()
