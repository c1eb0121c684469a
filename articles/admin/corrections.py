"""Telling readers what a story said wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Correction

from .desk import signed_in

if TYPE_CHECKING:
    from .article import ArticleAdmin


class CorrectionForm(forms.ModelForm):
    """What was wrong and what is right, as readers will read it."""

    made_on = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Readers see it beside the correction."),
    )
    is_significant = forms.BooleanField(
        label=_("This is a significant change: tell readers when it was made"), required=False
    )

    class Meta:
        model = Correction
        fields = ["kind", "text"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["made_on"] = timezone.localdate()

    def clean_made_on(self) -> Any:
        made_on = self.cleaned_data["made_on"]
        if made_on > timezone.localdate():
            raise ValidationError(_("This day has not come yet. Choose today or an earlier one."))
        return made_on

    def save_for(self, article: Article, by: Any) -> Correction:
        """Add the correction to a story. Raises ValidationError where that cannot be."""
        now = timezone.localtime()
        made_on = self.cleaned_data["made_on"]
        return Correction.objects.make(
            article,
            kind=self.cleaned_data["kind"],
            text=self.cleaned_data["text"],
            by=by,
            made_at=now.replace(year=made_on.year, month=made_on.month, day=made_on.day),
            is_significant=self.cleaned_data["is_significant"],
        )


def corrections_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """The corrections of a story, those taken back too, and the form for one more."""
    article = model_admin.article_or_404(request, number)
    may_correct = request.user.has_perm("articles.correct_article")
    form = CorrectionForm(request.POST or None)
    if request.method == "POST":
        if not may_correct:
            raise PermissionDenied
        if form.is_valid():
            try:
                form.save_for(article, by=signed_in(request))
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                messages.success(request, _shown_when(article))
                return _back(article)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": gettext("Corrections"),
        "step": gettext("Corrections"),
        "original": article,
        "corrections": article.corrections.select_related("by"),
        "form": form,
        "may_correct": may_correct and article.published is not None,
    }
    return TemplateResponse(request, "admin/articles/article/corrections.html", context)


def take_back_view(
    model_admin: ArticleAdmin, request: HttpRequest, number: int, correction_number: int
) -> HttpResponse:
    """Ask why, then show a correction to readers no longer."""
    article = model_admin.article_or_404(request, number)
    if not request.user.has_perm("articles.correct_article"):
        raise PermissionDenied
    correction = get_object_or_404(article.corrections, pk=correction_number)
    reason = request.POST.get("reason", "").replace("\x00", "")
    errors: list[str] = []
    if request.method == "POST":
        try:
            correction.take_back(reason, by=signed_in(request))
        except ValidationError as refusal:
            errors = refusal.messages
        else:
            messages.success(request, gettext("The correction is taken back."))
            return _back(article)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": gettext("Take a correction back"),
        "step": gettext("Take a correction back"),
        "original": article,
        "correction": correction,
        "reason": reason,
        "errors": errors,
    }
    return TemplateResponse(request, "admin/articles/article/take_back.html", context)


def _shown_when(article: Article) -> str:
    published = article.published
    if published is not None and published.is_visible:
        return gettext("The correction stands under the story now.")
    return gettext("Readers see the correction as soon as they can see the story.")


def _back(article: Article) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:articles_article_corrections", args=[article.pk]))
