"""The tags that are offered while one is typed."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse

from articles.models import Tag, TagAlias

TAGS_OFFERED = 20


def tags_view(model_admin: Any, request: HttpRequest) -> JsonResponse:
    """The tags whose names hold what is typed, those that begin with it first.

    Then the tags that have another name which begins with it.
    """
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    term = request.GET.get("term", "").replace("\x00", "").strip()
    beginning = Tag.objects.filter(name__istartswith=term)
    holding = Tag.objects.filter(name__icontains=term).exclude(name__istartswith=term)
    names = [
        *beginning.values_list("name", flat=True)[:TAGS_OFFERED],
        *(holding.values_list("name", flat=True)[:TAGS_OFFERED] if term else []),
    ]
    offered = {name: name for name in names}
    if term:
        aliases = TagAlias.objects.filter(name__istartswith=term).select_related("tag")
        for alias in aliases[:TAGS_OFFERED]:
            offered.setdefault(alias.tag.name, f"{alias.tag.name} ({alias.name})")
    results = [{"id": name, "text": text} for name, text in offered.items()]
    return JsonResponse(
        {
            "results": results[:TAGS_OFFERED],
            "pagination": {"more": False},
        }
    )
