"""The form of a story, from which nothing that was typed is lost."""

from collections.abc import Sequence
from functools import partial, update_wrapper
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from articles.models import Article, Autosave, Revision

from . import autosave
from .conflict import Conflict, choices_between, settled
from .desk import EditorAdmin, name_of, signed_in
from .presence import presence_view, who_is_here
from .signed_out import keeping_what_was_sent
from .typed import as_query, show_typed, to_be_sent_again

SAVED_WINDOWS = "saved_windows"  # A cookie that tells the browser which of its copies may go.
REMEMBERED_WINDOWS = 10


class KeptFormAdmin(EditorAdmin):
    """A form that keeps what is typed, and compares it with what others have saved meanwhile."""

    class Media:
        js = [
            "articles/autosave.js",
            "articles/presence.js",
            "articles/unsaved-offers.js",
            "articles/unsaved.js",
        ]

    # Its pages

    def get_urls(self) -> list[URLPattern]:
        typed = update_wrapper(partial(autosave.typed_view, self), autosave.typed_view)
        return [
            self._kept_path("add/", self.add_view, "add"),
            self._kept_path("typed/", typed, "typed_new"),
            self._path("autosave/", autosave.autosave_view, "autosave_new"),
            self._path("autosave/discard/", autosave.discard_view, "discard_new"),
            self._kept_path("<path:object_id>/change/", self.change_view, "change"),
            self._kept_path("<int:number>/typed/", typed, "typed"),
            self._path("<int:number>/autosave/", autosave.autosave_view, "autosave"),
            self._path("<int:number>/autosave/discard/", autosave.discard_view, "discard"),
            self._path("<int:number>/unsaved/", autosave.compare_view, "unsaved", ("GET", "POST")),
            self._path("<int:number>/presence/", presence_view, "presence"),
            *super().get_urls(),
        ]

    def _path(
        self, address: str, view: Any, name: str, methods: Sequence[str] = ("POST",)
    ) -> URLPattern:
        own = require_http_methods(methods)(partial(view, self))
        return path(address, self.admin_site.admin_view(own), name=f"articles_article_{name}")

    def _kept_path(self, address: str, view: Any, name: str) -> URLPattern:
        kept = keeping_what_was_sent(self.admin_site.admin_view(view))
        return path(address, kept, name=f"articles_article_{name}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        if request.method == "GET" and match and match.url_name == "articles_article_change":
            revisions = Revision.objects.filter(article=OuterRef("pk")).order_by("-pk")
            rows = rows.annotate(newest_revision=Subquery(revisions.values("pk")[:1]))
        return rows

    # Saving

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The story; locked while a form is saved, so that of two saves one comes second.

        What its author chose between two texts is put into the form that was sent.
        """
        article = super().get_object(request, object_id, from_field)
        if article is not None and request.method == "POST":
            Article.objects.select_for_update().filter(pk=article.pk).first()
            article.refresh_from_db()
            if "overwrite" in request.POST:
                saved = self.get_form(request, article, change=True)(instance=article)
                chosen = settled(request.POST, saved)
                request.POST = chosen or request.POST  # type: ignore[assignment]
        return article

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        windows = {form.cleaned_data.get("tab"), form.cleaned_data.get("taken_over")} - {"", None}
        kept = Autosave.objects.typed_by(signed_in(request), form.instance if change else None)
        kept.filter(tab__in=windows).delete()
        request.saved_windows = windows  # type: ignore[attr-defined]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if windows := getattr(request, "saved_windows", None):
            known = request.COOKIES.get(SAVED_WINDOWS, "").split(".")
            told = [name for name in [*known, *windows] if name][-REMEMBERED_WINDOWS:]
            response.set_cookie(
                SAVED_WINDOWS,
                ".".join(told),
                path=reverse("admin:index"),
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response

    # Showing

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        form = context["adminform"].form
        if form.conflict is not None:
            return self._conflict_page(request, obj.pk, form.conflict)
        if self.has_change_permission(request, obj) if obj else self.has_add_permission(request):
            context |= self._unsaved(request, context, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _unsaved(self, request: HttpRequest, context: dict[str, Any], article: Any) -> Any:
        """What the page shows of unsaved text and of other people, and what its scripts need."""
        user, form = signed_in(request), context["adminform"].form
        kept = Autosave.objects.typed_by(user, article).first()
        typed = getattr(request, "typed", None)
        if typed is None and kept and request.GET.get("unsaved") == kept.tab:
            typed = as_query(kept.values | {"tab": [kept.tab]})
        elif request.method == "POST" or (
            kept and article and not choices_between(as_query(kept.values), form)
        ):
            kept = None
        if typed is not None:
            show_typed(context, typed)
            kept = None
        return {
            "kept": kept,
            "kept_at": kept and autosave.at_what_time(kept),
            "is_typed": typed is not None or form.is_bound,
            "here": who_is_here(article, user, None) if article else [],
            "take": request.GET.get("take", "") if typed is None else "",
            "sign_in": resolve_url(settings.LOGIN_URL),
        }

    def _conflict_page(self, request: HttpRequest, number: int, conflict: Conflict) -> HttpResponse:
        """Both texts, and a choice for each field; what was typed is sent again with it."""
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("Somebody saved this story after you opened it"),
            "step": _("Two texts"),
            "original": Article.objects.get(pk=number),  # The form has put its own into `obj`.
            "conflict": conflict,
            "saved_by": [
                (name_of(save.by, me=signed_in(request)), save.recorded_at)
                for save in conflict.saves
            ],
            "sent": to_be_sent_again(request.POST),
            "is_chosen": "overwrite" in request.POST,
        }
        return TemplateResponse(request, "admin/articles/article/conflict.html", context)
