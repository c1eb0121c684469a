"""What pages tell machines: search engines, services that show links, browsers that keep icons."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from articles import structured_data as data
from articles.language_versions import Version, versions_of
from articles.social_card import SocialCard, card_of_page, card_of_story
from articles.story import Figure, Story
from articles.structured_data.outlet import icon_of

register = template.Library()

NODES = {
    "front_page": data.front_page_nodes,
    "story": data.story_nodes,
    "list": data.list_nodes,
    "author": data.author_nodes,
    "page": data.page_nodes,
}


@register.simple_tag(takes_context=True)
def structured_data(context: dict[str, Any], kind: str, *things: Any) -> SafeString:
    """A script element with JSON-LD for a page of this kind, which a browser never runs.

    `{% structured_data "story" story coverage %}`; what else each kind is given, the functions of
    `articles.structured_data` say. Nothing for a story that has no address yet.
    """
    nodes = NODES[kind](context["furniture"], *things)  # type: ignore[operator]
    if not nodes:
        return SafeString()
    script = f'<script type="application/ld+json">{data.graph(nodes)}</script>'
    return mark_safe(script)  # noqa: S308  Made safe by `graph`.


@register.inclusion_tag("articles/_social_card.html", takes_context=True)
def social_card(
    context: dict[str, Any], title: str, description: str = "", portrait: Figure | None = None
) -> dict[str, SocialCard]:
    """What is shown elsewhere for a link to this page."""
    return {"card": card_of_page(context["furniture"], title, description, portrait)}


@register.inclusion_tag("articles/_social_card.html", takes_context=True)
def story_card(context: dict[str, Any], story: Story) -> dict[str, SocialCard]:
    """What is shown elsewhere for a link to this story."""
    return {"card": card_of_story(context["furniture"], story)}


@register.inclusion_tag("articles/_language_links.html", takes_context=True)
def language_links(context: dict[str, Any], thing: Any) -> dict[str, list[Version]]:
    """Links to the same page in other languages; what `thing` may be, `versions_of` says."""
    site = context["furniture"]
    site.versions = versions_of(site, thing)
    return {"versions": site.versions}


@register.simple_tag(takes_context=True)
def icon(context: dict[str, Any], purpose: str) -> str:
    """Where an icon is found, made from the outlet's mark or else ours."""
    return icon_of(context["furniture"].outlet, purpose)
