"""Taking a story from its readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from .buttons import WITHDRAW
from .desk import signed_in

if TYPE_CHECKING:
    from .article import ArticleAdmin


def withdraw_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """Ask why, then withdraw."""
    article = model_admin.article_or_404(request, number, WITHDRAW, to_change=True)
    reason = request.POST.get("reason", "").replace("\x00", "")
    errors: list[str] = []
    if request.method == "POST":
        try:
            article.withdraw(reason, by=signed_in(request))
        except ValidationError as refusal:
            errors = refusal.messages
        else:
            messages.success(request, _("The story is withdrawn."))
            return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("Withdraw this story"),
        "step": _("Withdraw"),
        "original": article,
        "reason": reason,
        "errors": errors,
    }
    return TemplateResponse(request, "admin/articles/article/withdraw.html", context)
