"""Live coverage: entries written, published and corrected on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import js_asset
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.markup import plain_text
from articles.models import Article, Kind, LiveEntry

from .desk import MomentField, name_of, signed_in

if TYPE_CHECKING:
    from .article import ArticleAdmin

SHOWN = 50


class EntryForm(forms.ModelForm):
    """One entry. The version it was opened with tells whether somebody changed it since."""

    happened_at = MomentField(label=_("Time"), widget=forms.SplitDateTimeWidget)
    loaded_version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = LiveEntry
        fields = ["happened_at", "headline", "body", "correction"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day, time = self.fields["happened_at"].widget.widgets
        day.input_type, time.input_type = "date", "time"
        day.attrs["aria-label"], time.attrs["aria-label"] = str(_("Day")), str(_("Time"))
        if self.instance.pk:
            self.initial["loaded_version"] = self.instance.saved_at.isoformat()
        else:
            self.initial["happened_at"] = timezone.now().replace(second=0, microsecond=0)
            del self.fields["correction"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        entry = self.instance
        if entry.pk and values.get("loaded_version") != entry.saved_at.isoformat():
            data = cast(QueryDict, self.data).copy()
            data["loaded_version"] = entry.saved_at.isoformat()
            self.data = data
            raise ValidationError(
                _(
                    "%(who)s saved this entry while you were writing: “%(theirs)s”. Your text is"
                    " below and not saved. Save once more to put yours in its place."
                ),
                params={"who": name_of(entry.by), "theirs": excerpt_of(entry)},
            )
        return values


def excerpt_of(entry: LiveEntry) -> str:
    """The words of an entry on one line, not all of a long one."""
    return Truncator(" ".join([entry.headline, plain_text(entry.body)]).strip()).words(30)


def live_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """The entries of a story and the form for the next one."""
    article = model_admin.article_or_404(request, number, to_change=request.method == "POST")
    return _entry_page(model_admin, request, article, LiveEntry(article=article))


def live_entry_view(
    model_admin: ArticleAdmin, request: HttpRequest, number: int, entry_number: int
) -> HttpResponse:
    """One entry, to change, correct, publish or take down."""
    article = model_admin.article_or_404(request, number, to_change=True)
    entries = article.live_entries.select_related("published", "by")
    with transaction.atomic():
        if request.method == "POST":  # Of two saves one comes second, and is told so.
            entries = entries.select_for_update(of=("self",))
        entry = get_object_or_404(entries, pk=entry_number)
        return _entry_page(model_admin, request, article, entry)


def _entry_page(
    model_admin: ArticleAdmin, request: HttpRequest, article: Article, entry: LiveEntry
) -> HttpResponse:
    may_publish = request.user.has_perm("articles.publish_article")
    form = EntryForm(request.POST or None, instance=entry)
    if request.method == "POST":
        wants = request.POST.keys() & {"_publish", "_take_down"}
        if wants and not may_publish:
            raise PermissionDenied
        if form.is_valid():
            entry.by = signed_in(request)
            form.save()
            try:
                _step(request, entry)
            except ValidationError as refusal:
                # What was written is kept; only the step is refused.
                messages.error(request, " ".join(refusal.messages))
                return _to_entry(entry)
            return _to_list(article)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": gettext("Live coverage"),
        "step": gettext("Live coverage"),
        "original": article,
        "is_live": article.kind == Kind.LIVE,
        "entry": entry,
        "entries": article.live_entries.select_related("published", "by")[:SHOWN],
        "form": form,
        "may_publish": may_publish and article.published is not None,
        "media": js_asset.Media.from_media(
            model_admin.media + form.media,
            nonce=request.csp_nonce,  # type: ignore[attr-defined]
        ),
    }
    return TemplateResponse(request, "admin/articles/article/live.html", context)


def _step(request: HttpRequest, entry: LiveEntry) -> None:
    """Do what the pressed button does besides saving, and say what was done."""
    if "_publish" in request.POST:
        entry.publish(by=signed_in(request))
        messages.success(request, gettext("The entry is published."))
    elif "_take_down" in request.POST:
        entry.take_down(by=signed_in(request))
        messages.success(request, gettext("Readers do not see the entry any more."))
    else:
        messages.success(request, gettext("The entry is kept; readers do not see it yet."))


def _to_list(article: Article) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:articles_article_live", args=[article.pk]))


def _to_entry(entry: LiveEntry) -> HttpResponse:
    address = reverse("admin:articles_article_live_entry", args=[entry.article_id, entry.pk])
    return HttpResponseRedirect(address)
