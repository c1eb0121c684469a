"""Who else has a story open."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Article, Presence

from .autosave import LONGEST_NAME
from .conflict import version_of
from .desk import name_of, signed_in


def presence_view(model_admin: Any, request: HttpRequest, number: int) -> HttpResponse:
    """Hear from a window in which a story is open, and tell it of others and of their saves."""
    article = model_admin.article_or_404(request, number, to_change=True)
    by = signed_in(request)
    tab = request.POST.get("tab", "").replace("\x00", "")[:LONGEST_NAME]
    if "leaving" in request.POST:
        Presence.objects.filter(article=article, by=by, tab=tab).delete()
        return HttpResponse(status=204)
    Presence.objects.hear_from(article, by, tab)
    return JsonResponse({"lines": [*who_is_here(article, by, tab), *newly_saved(request, article)]})


def who_is_here(article: Article, user: User, tab: str | None) -> list[str]:
    """A sentence on each person who has the story open besides this window; one query.

    Without `tab`, a page that is only being opened, of other people alone.
    """
    windows = Presence.objects.current().filter(article=article).select_related("by")
    windows = windows.exclude(by=user) if tab is None else windows.exclude(by=user, tab=tab)
    sentences: dict[int, str] = {}
    for window in windows.order_by("since"):
        since = date_format(timezone.localtime(window.since), "H:i")
        sentence = _("%(who)s is editing since %(since)s.") % {
            "who": name_of(window.by),
            "since": since,
        }
        if window.by_id == user.pk:
            sentence = _("You have this story open in another window.")
        sentences.setdefault(window.by_id, sentence)
    return list(sentences.values())


def newly_saved(request: HttpRequest, article: Article) -> list[str]:
    """A sentence when somebody has saved the story since this window loaded it."""
    loaded = request.POST.get("loaded_version", "")
    if not loaded or loaded == version_of(article):
        return []
    last = article.revisions.defer("snapshot").select_related("by").first()
    if last is None or str(last.pk) == request.POST.get("loaded_revision"):
        return []
    about = {
        "who": name_of(last.by),
        "when": date_format(timezone.localtime(last.recorded_at), "H:i"),
    }
    return [
        _("%(who)s saved this story at %(when)s. When you save, you are shown both texts.") % about
    ]
