"""Writing, publishing and withdrawing stories."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms.utils import ErrorDict
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Publication, Tag
from articles.models.article import ArticleQuerySet
from articles.publishing import Problems, problems_of
from articles.story import story_of_article

from .article_form import ArticleForm, BylineInline, PickInline, rows_as_new
from .desk import EditorAdmin, signed_in, without_links
from .filters import StandingFilter

PUBLISHING_BUTTONS = {
    "_publish",
    "_schedule",
    "_unschedule",
    "_withdraw",
    "_reinstate",
    "_reinstate_changed",
}
TAGS_OFFERED = 20


@admin.register(Article)
class ArticleAdmin(EditorAdmin):
    change_form_template = "admin/articles/article/change_form.html"
    list_display = ["title", "standing", "section", "kind", "authors", "saved"]
    search_fields = ["headline"]
    search_help_text = _("Words of the headline")
    ordering = ["-pk"]
    sortable_by = ()
    actions = None

    form = ArticleForm
    raw_id_fields = ["lead_photo"]
    inlines = [BylineInline, PickInline]
    fieldsets = [
        (None, {"fields": ["headline", "source", "standfirst", "body"]}),
        (_("Lead photo"), {"fields": ["lead_photo", "lead_caption", "lead_alt"]}),
        (
            _("Place"),
            {
                "classes": ["side"],
                "fields": ["section", "kind", "kicker", "tags", "without_byline", "stage"],
            },
        ),
        (
            _("Cards and address"),
            {"classes": ["side"], "fields": ["teaser", "dateline", "slug", "language"]},
        ),
        (
            _("Republished text"),
            {
                "classes": ["side", "collapse"],
                "fields": ["text_licence", "text_credit", "text_source_url"],
            },
        ),
        (
            _("Special cases"),
            {
                "classes": ["side", "collapse"],
                "fields": ["hide_asks", "exclude_from_related", "is_sensitive", "translation_key"],
            },
        ),
    ]

    class Media:
        js = ["articles/unsaved.js"]

    # Who may do what

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.publish_article")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A story readers have seen, or will see, is withdrawn or unscheduled instead."""
        if isinstance(obj, Article) and obj.published is not None:
            return False
        return super().has_delete_permission(request, obj)

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        rows: ArticleQuerySet = super().get_queryset(request)  # type: ignore[assignment]
        return rows.with_standing().select_related("section")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Article | None:
        """The story; locked while a form is saved, so that of two saves one comes second."""
        article = super().get_object(request, object_id, from_field)
        if article is not None and request.method == "POST":
            Article.objects.select_for_update().filter(pk=article.pk).first()
            article.refresh_from_db()
        return article

    @admin.display(description=_("headline"))
    def title(self, article: Article) -> str:
        return str(article)

    @admin.display(description=_("standing"))
    def standing(self, article: Article) -> str:
        return format_html(
            '<span class="standing standing-{}">{}</span>', state_of(article), article.standing
        )

    @admin.display(description=_("authors"))
    def authors(self, article: Article) -> str:
        return ", ".join(str(byline) for byline in article.bylines.all())

    @admin.display(description=_("saved"))
    def saved(self, article: Article) -> str:
        moment = timezone.localtime(article.saved_at)
        is_this_year = moment.year == timezone.localdate().year
        return date_format(moment, "j M, H:i" if is_this_year else "j M Y")

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        languages = ["language"] if len(settings.LANGUAGES) > 1 else []
        return [StandingFilter, "kind", "section", *languages]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.result_list = changelist.result_list.prefetch_related("bylines__author")
        return changelist

    # The form

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.may_approve = request.user.has_perm("articles.approve_article")
        if "tags" in form.base_fields:
            form.base_fields["tags"].may_add = request.user.has_perm("articles.add_tag")
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return without_links(field) if db_field.name in {"section", "text_licence"} else field

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
        if obj is not None and request.method == "GET" and "refused" in request.GET:
            show_problems(problems_of(obj), form, context["inline_admin_formsets"])
        context |= {
            "article": obj,
            "state": state_of(obj) if obj else "desk",
            "may_publish": self.has_publish_permission(request),
            "title": (obj and str(obj)) or _("New story"),
            "subtitle": None,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Saving

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        values = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "POST":
            there = values["queryset"].filter(article=obj.pk).values_list("pk", flat=True)
            rows_as_new(values["data"], prefix, {str(pk) for pk in there})
        return values

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        asked = PUBLISHING_BUTTONS & request.POST.keys()
        if asked and not self.has_publish_permission(request):
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save bylines, tags and picks; then do what the button says, or write the history.

        The text is kept when publishing is refused.
        """
        super().save_related(request, form, formsets, change)
        article = form.instance
        has_changed = form.has_changed() or any(formset.has_changed() for formset in formsets)
        form.refusal = None
        step = self._step(request, article, form)
        if step is not None:
            try:
                step()
            except ValidationError as refusal:
                form.refusal = request.desk_refusal = refusal  # type: ignore[attr-defined]
        if (step is None or form.refusal) and (has_changed or not article.fingerprint):
            article.record(by=signed_in(request))

    def _step(self, request: HttpRequest, article: Article, form: Any) -> Callable[[], Any] | None:
        """What the pressed button does besides saving."""
        by = signed_in(request)
        steps: dict[str, Callable[[], Any]] = {
            "_publish": lambda: article.publish(
                by=by, is_significant=form.cleaned_data["is_significant"]
            ),
            "_schedule": lambda: article.publish(by=by, at=form.cleaned_data["publish_at"]),
            "_unschedule": lambda: article.unschedule(by=by),
            "_reinstate": lambda: article.reinstate(by=by),
            "_reinstate_changed": lambda: article.reinstate(by=by, with_changes=True),
        }
        return next((steps[button] for button in steps if button in request.POST), None)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._response(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._response(request, obj)

    def _response(self, request: HttpRequest, article: Article) -> HttpResponse:
        """Go on writing, look at the preview, or say why the story is withdrawn."""
        here = reverse("admin:articles_article_change", args=[article.pk])
        refusal = getattr(request, "desk_refusal", None)
        if refusal is not None:
            self.message_user(request, refusal_in_words(refusal), messages.ERROR)
            return HttpResponseRedirect(f"{here}?refused=1")
        if "_preview" in request.POST:
            return HttpResponseRedirect(
                reverse("admin:articles_article_preview", args=[article.pk])
            )
        if "_withdraw" in request.POST:
            return HttpResponseRedirect(
                reverse("admin:articles_article_withdraw", args=[article.pk])
            )
        self.message_user(
            request,
            format_html(
                "{} <b>{}</b>", gettext("Saved. Where the story stands now:"), article.standing
            ),
            messages.SUCCESS,
        )
        return HttpResponseRedirect(here)

    # Pages of their own

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("tags/", wrap(self.tags_view), name="articles_article_tags"),
            path("<int:number>/preview/", wrap(self.preview_view), name="articles_article_preview"),
            path(
                "<int:number>/withdraw/",
                wrap(self.withdraw_view),
                name="articles_article_withdraw",
            ),
            *super().get_urls(),
        ]

    def tags_view(self, request: HttpRequest) -> JsonResponse:
        """The tags whose names hold what is typed, those that begin with it first."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        term = request.GET.get("term", "").replace("\x00", "").strip()
        beginning = Tag.objects.filter(name__istartswith=term)
        holding = Tag.objects.filter(name__icontains=term).exclude(name__istartswith=term)
        names = [
            *beginning.values_list("name", flat=True)[:TAGS_OFFERED],
            *(holding.values_list("name", flat=True)[:TAGS_OFFERED] if term else []),
        ]
        return JsonResponse(
            {
                "results": [{"id": name, "text": name} for name in names[:TAGS_OFFERED]],
                "pagination": {"more": False},
            }
        )

    def preview_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The story as readers would get it, with those of the editor's picks they can see."""
        article = self._article_or_404(request, number)
        picked = [pick.picked_id for pick in article.picks.all()]
        visible = Publication.objects.visible().for_cards().in_bulk(picked)
        with translation.override(article.language):
            story = replace(
                story_of_article(article),
                related=[visible[pk] for pk in picked if pk in visible],
            )
            response = render(
                request,
                "admin/articles/article/preview.html",
                {"story": story, "article": article},
            )
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def withdraw_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Ask why, then withdraw."""
        article = self._article_or_404(request, number)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        reason = request.POST.get("reason", "").replace("\x00", "")
        errors: list[str] = []
        if request.method == "POST":
            try:
                article.withdraw(reason, by=signed_in(request))
            except ValidationError as refusal:
                errors = refusal.messages
            else:
                self.message_user(request, _("The story is withdrawn."), messages.SUCCESS)
                return HttpResponseRedirect(
                    reverse("admin:articles_article_change", args=[article.pk])
                )
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("Withdraw this story"),
            "step": _("Withdraw"),
            "original": article,
            "reason": reason,
            "errors": errors,
        }
        return TemplateResponse(request, "admin/articles/article/withdraw.html", context)

    def _article_or_404(self, request: HttpRequest, number: int) -> Article:
        article = self.get_queryset(request).filter(pk=number).first()
        if article is None:
            raise Http404
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return article


def state_of(article: Article) -> str:
    """One word for where a story stands: desk, scheduled, live or withdrawn."""
    publication = article.published
    if publication is None:
        return "desk"
    if publication.is_withdrawn:
        return "withdrawn"
    return "live" if publication.is_visible else "scheduled"


def show_problems(problems: Problems, form: Any, inlines: list[Any]) -> None:
    """Put what blocks publishing beside the fields of a form that was not sent."""
    form._errors = ErrorDict(
        {name: form.error_class(found) for name, found in problems.items() if name in form.fields}
    )
    for inline in inlines:
        if found := problems.get(inline.formset.prefix):
            inline.formset._errors, inline.formset._non_form_errors = [], form.error_class(found)


def refusal_in_words(refusal: ValidationError) -> str:
    """A message: the text is safe, and what has to be done before readers can have it."""
    return format_html(
        "{}<ul>{}</ul>",
        _("The text is saved. Nothing has changed for readers:"),
        format_html_join("", "<li>{}</li>", ((sentence,) for sentence in refusal.messages)),
    )
