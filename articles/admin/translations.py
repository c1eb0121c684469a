"""The page of a story's translations: those there are, beginning one, joining two stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Article
from articles.pagination import NUMBER
from articles.translating import begin_translation, join, versions_at_the_desk

from .desk import signed_in

if TYPE_CHECKING:
    from .article import ArticleAdmin


def translations_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """List the versions of a story; begin one that is missing, or join it to one that is there."""
    article = model_admin.article_or_404(request, number, to_change=True)
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    user = signed_in(request)
    errors: list[str] = []
    typed = request.POST.get("other", "").strip()
    if request.method == "POST" and "language" in request.POST:
        language = request.POST["language"]
        if language in dict(settings.LANGUAGES) and language != article.language:
            draft = begin_translation(article, language, by=user)
            if draft.is_seen_by(user):
                messages.success(request, _("The translation begins here; the original stays."))
                return _to("change", draft.pk)
            errors = [_("Somebody else has begun this translation.")]
    elif request.method == "POST":
        try:
            join(article, _chosen(typed, article, user), by=user)
        except ValidationError as refusal:
            errors = refusal.messages
        else:
            messages.success(request, _("Both stories are translations of each other now."))
            return _to("translations", article.pk)
    versions = list(versions_at_the_desk(article).with_standing())
    taken = {article.language} | {version.language for version in versions}
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("Translations"),
        "step": _("Translations"),
        "original": article,
        "versions": [(version, version.is_seen_by(user)) for version in versions],
        "missing": [(code, name) for code, name in settings.LANGUAGES if code not in taken],
        "typed": typed,
        "errors": errors,
    }
    return TemplateResponse(request, "admin/articles/article/translations.html", context)


def _chosen(typed: str, article: Article, user: object) -> Article:
    """The story of the number that was typed. Raises ValidationError where there is none."""
    number = typed.lower().removeprefix("a")
    stories = Article.objects.pickable_by(user).exclude(pk=article.pk)  # type: ignore[arg-type]
    other = stories.filter(pk=number).first() if NUMBER.fullmatch(number) else None
    if other is None:
        raise ValidationError(_("There is no story of this number. It ends the story's address."))
    return other


def _to(page: str, number: int) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"admin:articles_article_{page}", args=[number]))
