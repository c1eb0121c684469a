"""What pages of the desk show beside what Django's admin gives them."""

from typing import Any

from django import template

from articles.admin import start

register = template.Library()


@register.inclusion_tag("admin/articles/start.html", takes_context=True)
def desk_start(context: dict[str, Any]) -> dict[str, Any]:
    """The lists of the first page, for who is signed in."""
    return {"lists": start.lists_for(context["request"].user)}
