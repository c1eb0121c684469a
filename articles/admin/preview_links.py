"""Links under which one version of a story can be read without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from articles.models import PreviewLink, Revision
from articles.models.preview_link import DAYS, DEFAULT_DAYS

from .desk import signed_in
from .history import address_of, number_in, revision_or_404

if TYPE_CHECKING:
    from .article import ArticleAdmin

VERSIONS_OFFERED = 20
LINKS_SHOWN = 50


class LinkForm(forms.Form):
    """Which version is to be shown, and for how long."""

    version = forms.TypedChoiceField(label=_("Version"), coerce=int)
    days = forms.TypedChoiceField(
        label=_("Open for"),
        coerce=int,
        initial=DEFAULT_DAYS,
        choices=[(days, ngettext_lazy("%d day", "%d days", days) % days) for days in DAYS],
    )

    def __init__(self, *args: object, versions: list[Revision], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(version.pk, in_words(version)) for version in versions]
        self.fields["version"].choices = choices  # type: ignore[attr-defined]


def links_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """The links of a story, with how often each was opened, and the form for one more."""
    article = model_admin.article_or_404(request, number, to_change=True)
    versions = list(article.revisions.for_lists()[:VERSIONS_OFFERED])
    asked = number_in(request, "version")
    if asked is not None and asked not in {version.pk for version in versions}:
        versions.append(revision_or_404(article, asked))
    form = LinkForm(request.POST or None, versions=versions, initial={"version": asked})
    if request.method == "POST" and form.is_valid():
        version = revision_or_404(article, form.cleaned_data["version"])
        link = PreviewLink.objects.make(
            version, by=signed_in(request), days=form.cleaned_data["days"]
        )
        model_admin.log_change(request, article, f"Preview link made, open until {_utc(link)}.")
        messages.success(
            request, gettext("The link is made. Whoever has it can read this version.")
        )
        return HttpResponseRedirect(address_of("preview_links", article))
    rows = PreviewLink.objects.filter(revision__article=article)
    shown = rows.select_related("made_by", "revision").defer("revision__snapshot")[:LINKS_SHOWN]
    opening = set(rows.open().values_list("pk", flat=True))
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": gettext("Preview links"),
        "step": gettext("Preview links"),
        "original": article,
        "form": form,
        "site": settings.SITE_URL,
        "links": [(link, in_words(link.revision), link.pk in opening) for link in shown],
    }
    response = TemplateResponse(request, "admin/articles/article/preview_links.html", context)
    response["Cache-Control"] = "no-store"
    return response


def revoke_view(
    model_admin: ArticleAdmin, request: HttpRequest, number: int, link: UUID
) -> HttpResponse:
    """Close a link at once."""
    article = model_admin.article_or_404(request, number, to_change=True)
    found = get_object_or_404(PreviewLink, pk=link, revision__article=article)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found.revoke()
    model_admin.log_change(request, article, f"Preview link revoked, made {found}.")
    messages.success(request, gettext("The link is revoked: it opens nothing from now on."))
    return HttpResponseRedirect(address_of("preview_links", article))


def in_words(version: Revision) -> str:
    """When and how a version came to be, and what it is called."""
    when = date_format(localtime(version.recorded_at), "DATETIME_FORMAT")
    told = f"{when}, {capfirst(version.get_action_display())}"
    return f"{told}: “{version.name}”" if version.name else told


def _utc(link: PreviewLink) -> str:
    return f"{link.expires_at:%Y-%m-%d %H:%M} UTC"
