"""What is typed and not saved: kept for its author alone, offered back, compared, discarded."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from articles.markup import MAXIMUM_LENGTH
from articles.models import Autosave

from .conflict import choices_between
from .desk import signed_in
from .typed import as_query, is_from_our_page, typed_in

LONGEST = 2 * MAXIMUM_LENGTH  # Characters of a whole form.
LONGEST_NAME = 36  # Of a window.


def autosave_view(
    model_admin: Any, request: HttpRequest, number: int | None = None
) -> HttpResponse:
    """Keep what was typed; says at what time, or what another window of the author has kept."""
    article = model_admin.article_or_new(request, number)
    values = typed_in(request.POST)
    tab = request.POST.get("tab", "").replace("\x00", "")[:LONGEST_NAME]
    length = sum(len(text) for name, texts in values.items() for text in [name, *texts])
    if length > LONGEST or not tab:
        return JsonResponse({"kept": False}, status=413 if tab else 400)
    for name in ("loaded_version", "loaded_revision"):
        values[name] = [request.POST.get(name, "").replace("\x00", "")[:40]]
    kept, is_ours = Autosave.objects.keep(
        by=signed_in(request),
        article=article,
        tab=tab,
        taken_over=request.POST.get("taken_over", ""),
        loaded_version=values["loaded_version"][0],
        values=values,
    )
    answer: dict[str, Any] = {"kept": is_ours, "at": at_what_time(kept)}
    if not is_ours:
        answer["other"] = {
            "tab": kept.tab,
            "typedAt": kept.saved_at.timestamp() * 1000,
            "fields": [[name, text] for name, texts in kept.values.items() for text in texts],
        }
    return JsonResponse(answer)


def discard_view(model_admin: Any, request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Throw away what was kept, unless more was typed since its author was asked."""
    article = model_admin.article_or_new(request, number)
    shown_at = moment_of(request.POST.get("kept_at", ""))
    if shown_at is not None:
        tab = request.POST.get("tab", "").replace("\x00", "")
        kept = Autosave.objects.typed_by(signed_in(request), article)
        kept.filter(tab=tab, saved_at__lte=shown_at).delete()
    return HttpResponseRedirect(form_address(number))


def compare_view(model_admin: Any, request: HttpRequest, number: int) -> HttpResponse:
    """What was typed beside what is saved: what was kept, or what a browser sends of its own."""
    article = model_admin.article_or_new(request, number)
    data: QueryDict = request.POST
    if request.method != "POST":
        kept = Autosave.objects.typed_by(signed_in(request), article).first()
        if kept is None:
            raise Http404
        data = as_query(kept.values)
    saved = model_admin.get_form(request, article, change=True)(instance=article)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("What you typed and did not save"),
        "step": _("Unsaved text"),
        "original": article,
        "choices": choices_between(data, saved),
    }
    return TemplateResponse(request, "admin/articles/article/unsaved.html", context)


@csrf_exempt  # It changes nothing; and a token does not outlive a new sign-in, as a text must.
def typed_view(model_admin: Any, request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The form of a story with what was sent in it, unsaved."""
    address = form_address(number)
    if request.method != "POST":
        return HttpResponseRedirect(address)
    if not is_from_our_page(request):
        raise PermissionDenied
    request.typed = request.POST  # type: ignore[attr-defined]
    request.method = "GET"  # From here on nothing can be saved.
    return model_admin.changeform_view(request, str(number) if number else None, address)


def form_address(number: int | None) -> str:
    """Where the form of a story is; that of a new one without a number."""
    if number is None:
        return reverse("admin:articles_article_add")
    return reverse("admin:articles_article_change", args=[number])


def at_what_time(kept: Autosave) -> str:
    """When it was kept: the time, and the day unless it is today."""
    moment = timezone.localtime(kept.saved_at)
    is_today = moment.date() == timezone.localdate()
    return date_format(moment, "H:i" if is_today else "H:i, j E")


def moment_of(text: str) -> datetime | None:
    """The moment a page was told; None for what is none."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    return moment if moment is not None and timezone.is_aware(moment) else None
