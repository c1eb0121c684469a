"""The history of a story: its versions, what changed between them, going back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.differences import Labels, compare
from articles.models import Article, Revision
from articles.models.revision import told_of
from articles.models.snapshot import plain
from articles.pagination import NUMBER
from articles.versions import read_back

from .conflict import newest_revision_of, version_of
from .desk import signed_in

if TYPE_CHECKING:
    from .article import ArticleAdmin

PAGE_SIZE = 25
NOTHING: dict[str, Any] = {"fields": {}, "bylines": [], "tags": [], "picks": []}


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of this version"),
        required=False,
        max_length=Revision._meta.get_field("name").max_length,
    )


def history_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """The versions of a story, newest first, in pieces: each begins after the one in `?before=`."""
    article = model_admin.article_or_404(request, number)
    versions = article.revisions.for_lists()
    before = number_in(request, "before")
    if before is not None:
        versions = versions.filter(pk__lt=before)
    found = list(versions[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    if not shown and before is not None:
        raise Http404
    return _page(
        model_admin,
        request,
        article,
        "history",
        title=gettext("History"),
        versions=shown,
        next_before=shown[-1].pk if len(found) > PAGE_SIZE else None,
        is_first=before is None,
        may_change=model_admin.has_change_permission(request, article),
        longest_name=NameForm.base_fields["name"].max_length,  # type: ignore[attr-defined]
    )


def compare_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """What differs between two versions.

    Without `?old=` between one and that before it, without `?new=` between one and the newest.
    """
    article = model_admin.article_or_404(request, number)
    newer, older = number_in(request, "new"), number_in(request, "old")
    new = revision_or_404(article, newest_revision_of(article) if newer is None else newer)
    old = article.revisions.before(new) if older is None else revision_or_404(article, older)
    if old is not None and old.pk > new.pk:
        old, new = new, old
    before, after = old.snapshot if old else NOTHING, new.snapshot
    return _page(
        model_admin,
        request,
        article,
        "compare",
        title=gettext("What changed"),
        old=old,
        new=new,
        changes=compare(before, after, Labels([before, after])),
        may_change=model_admin.has_change_permission(request, article),
    )


def name_view(
    model_admin: ArticleAdmin, request: HttpRequest, number: int, revision: int
) -> HttpResponse:
    """Give a version a name, by which it is found again; who did so is in the admin's log."""
    article = model_admin.article_or_404(request, number, to_change=True)
    version = revision_or_404(article, revision)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = NameForm(request.POST)
    if form.is_valid():
        version.give_name(form.cleaned_data["name"])
        said = gettext("Version of %(when)s is now called “%(name)s”.") % {
            "when": f"{version.recorded_at:%Y-%m-%d %H:%M:%S}",
            "name": version.name,
        }
        model_admin.log_change(request, article, said)
        messages.success(request, gettext("The version has its name."))
    for sentence in form.errors.get("name", []):
        messages.error(request, str(sentence))
    return HttpResponseRedirect(address_of("history", article))


def restore_view(
    model_admin: ArticleAdmin, request: HttpRequest, number: int, revision: int
) -> HttpResponse:
    """Ask once, showing what would change, then put an older text on the desk again."""
    article = model_admin.article_or_404(request, number, to_change=True)
    version = revision_or_404(article, revision)
    errors: list[str] = []
    if request.method == "POST":
        try:
            seen = parse_datetime(request.POST.get("seen", "")) or article.created_at
            missing = article.restore(version, by=signed_in(request), seen=seen)
        except ValueError:
            errors = [gettext("Look once more at what would change.")]
        except ValidationError as refusal:
            errors = refusal.messages
            article.refresh_from_db()
        else:
            messages.success(
                request,
                gettext("Restored. Readers see no change; the text until now is in the history."),
            )
            for sentence in missing:
                messages.warning(request, sentence)
            return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
    before, after = plain(article.snapshot()), version.snapshot
    return _page(
        model_admin,
        request,
        article,
        "restore",
        title=gettext("Restore this version"),
        version=version,
        told=told_of(version),
        changes=compare(before, after, Labels([before, after])),
        missing=read_back(version.snapshot, article).missing,
        seen=version_of(article),
        errors=errors,
    )


def revision_or_404(article: Article, number: int | None) -> Revision:
    """A version of this story and of no other."""
    versions = article.revisions.select_related("by")
    found = versions.filter(pk=number).first() if number is not None else None
    if found is None:
        raise Http404
    return found


def number_in(request: HttpRequest, name: str) -> int | None:
    """A number of the address's query, None where it has none; raises Http404 for nonsense."""
    text = request.GET.get(name)
    if text is None:
        return None
    if not NUMBER.fullmatch(text):
        raise Http404
    return int(text)


def address_of(page: str, article: Article, *numbers: Any) -> str:
    """Where the `page` of that name, of one story, is at the desk."""
    return reverse(f"admin:articles_article_{page}", args=[article.pk, *numbers])


def _page(
    model_admin: ArticleAdmin, request: HttpRequest, article: Article, name: str, **about: Any
) -> HttpResponse:
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "original": article,
        "step": about["title"],
        **about,
    }
    response = TemplateResponse(request, f"admin/articles/article/history_{name}.html", context)
    response["Cache-Control"] = "no-store"
    return response
