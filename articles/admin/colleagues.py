"""Who works at the desk, for those who give out work."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, JsonResponse

OFFERED = 20


def colleagues_view(model_admin: Any, request: HttpRequest) -> JsonResponse:
    """Names that hold what is typed, in the form Django's autocomplete field expects."""
    may_assign = request.user.has_perm("articles.edit_any_article")
    if not may_assign or not model_admin.has_change_permission(request):
        raise PermissionDenied
    term = request.GET.get("term", "").replace("\x00", "").strip()
    people = User.objects.filter(is_staff=True, is_active=True).filter(
        Q(username__icontains=term) | Q(first_name__icontains=term) | Q(last_name__icontains=term)
    )
    results = [
        {"id": str(person.pk), "text": person.get_username()}
        for person in people.order_by("username")[:OFFERED]
    ]
    return JsonResponse({"results": results, "pagination": {"more": False}})
