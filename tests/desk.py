"""Filling in forms of the desk as a browser would."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from articles.models import Article


def story_address(article: Article | None) -> str:
    if article is None:
        return reverse("admin:articles_article_add")
    return reverse("admin:articles_article_change", args=[article.pk])


def form_values(page: HttpResponse) -> dict[str, Any]:
    """What a browser would send for the form of `page` when nothing is changed."""
    values: dict[str, Any] = {}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is None or value is False or value == []:
                continue
            values[field.html_name] = "on" if value is True else value
            if field.field.show_hidden_initial:
                values[field.html_initial_name] = value
    return values


def press(
    desk: Client, button: str, article: Article | None = None, **changes: Any
) -> HttpResponse:
    """Open the form of a story, fill in `changes`, press `button`, follow where it leads."""
    address = story_address(article)
    values = form_values(desk.get(address)) | changes
    return desk.post(address, values | {button: "1"}, follow=True)
