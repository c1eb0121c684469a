"""Writing, publishing and withdrawing stories."""

from functools import partial
from typing import Any, NoReturn

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Standing
from articles.models.article_lists import ArticleQuerySet
from articles.pagination import NUMBER
from articles.publishing import problems_of

from . import buttons, desk_notes, history, writing
from .article_form import ArticleForm
from .blocking import blocking_of
from .desk import signed_in, without_links
from .filters import AssignedFilter, DeadlineFilter, StandingFilter
from .keeping import KeptFormAdmin
from .refusals import refusal_in_words, show_problems
from .rows import BylineInline, PickInline, rows_as_new
from .story_pages import PAGES, POSTED
from .widgets import ColleagueInput, KnownAutocomplete

ASSIGNMENT = ["assigned_to", "deadline"]


@admin.register(Article)
class ArticleAdmin(KeptFormAdmin):
    change_form_template = "admin/articles/article/change_form.html"
    list_display = ["title", "standing", "section", "authors", "assigned", "saved"]
    search_fields = ["headline"]  # Found by an index of its words: `get_search_results`.
    search_help_text = _("Words of the headline, or their beginnings")
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
            _("At the desk"),
            {"classes": ["side"], "fields": ["assigned_to", "deadline", "desk_label"]},
        ),
        (
            _("Place"),
            {
                "classes": ["side"],
                "fields": ["section", "kind", "kicker", "tags", "without_byline"],
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
                "fields": ["hide_asks", "exclude_from_related", "is_sensitive"],
            },
        ),
    ]

    class Media:
        js = [
            "articles/publish-button.js",
            "articles/blocking.js",
            "articles/desk-notes.js",
            "articles/preview-pane.js",
            "articles/writing.js",
            "articles/shortcuts.js",
        ]

    # Who may do what

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) and _is_theirs(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A story readers have seen, or will see, is withdrawn or unscheduled instead."""
        if isinstance(obj, Article) and obj.published is not None:
            return False
        return super().has_delete_permission(request, obj) and _is_theirs(request, obj)

    def article_or_404(
        self, request: HttpRequest, number: int, *permissions: str, to_change: bool = False
    ) -> Article:
        """A story for a page of its own.

        Raises Http404 for a story `request.user` may not know of, and PermissionDenied without
        `permissions`, or without the right to change it where that is asked for.
        """
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        article = self.get_queryset(request).filter(pk=number).first()
        if article is None:
            raise Http404
        allowed = self.has_change_permission if to_change else self.has_view_or_change_permission
        if not allowed(request, article) or not request.user.has_perms(permissions):
            raise PermissionDenied
        return article

    def article_or_new(self, request: HttpRequest, number: int | None) -> Article | None:
        """The story a form is of, None for a new one; raises for whoever may not save it."""
        if number is not None:
            return self.article_or_404(request, number, to_change=True)
        if not self.has_add_permission(request):
            raise PermissionDenied
        return None

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        rows: ArticleQuerySet = super().get_queryset(request)  # type: ignore[assignment]
        match = request.resolver_match
        if match is not None and match.view_name == "admin:autocomplete":
            rows = rows.pickable_by(signed_in(request))
        else:
            rows = rows.seen_by(signed_in(request))
        rows = rows.with_standing().select_related("section", "assigned_to")
        if match is not None and match.view_name == "admin:articles_article_change":
            rows = rows.for_form()
        return rows

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, *about: Any) -> NoReturn:
        """Say that there is none, in one way for what is not there and what is not theirs."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        raise Http404

    @admin.display(description=_("headline"))
    def title(self, article: Article) -> str:
        if not article.desk_label:
            return str(article)
        return format_html('{} <span class="desk-label">{}</span>', article, article.desk_label)

    @admin.display(description=_("standing"))
    def standing(self, article: Article) -> str:
        return format_html(
            '<span class="standing standing-{}">{}</span>', article.state, article.standing
        )

    @admin.display(description=_("authors"))
    def authors(self, article: Article) -> str:
        return ", ".join(str(byline) for byline in article.bylines.all())

    @admin.display(description=_("assigned to"))
    def assigned(self, article: Article) -> str:
        """Who has it, and until when it is wanted."""
        who = article.assigned_to.get_username() if article.assigned_to else ""
        if article.deadline is None or not article.is_in_work:
            return who
        when = date_format(timezone.localtime(article.deadline), "j M, H:i")
        if not article.is_overdue:
            return format_html("{} <span>{}</span>", who, when)
        return format_html('{} <span class="overdue">{} {}</span>', who, when, _("(overdue)"))

    @admin.display(description=_("saved"))
    def saved(self, article: Article) -> str:
        moment = timezone.localtime(article.saved_at)
        is_this_year = moment.year == timezone.localdate().year
        return date_format(moment, "j M, H:i" if is_this_year else "j M Y")

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        languages = ["language"] if len(settings.LANGUAGES) > 1 else []
        return [StandingFilter, AssignedFilter, DeadlineFilter, "kind", "section", *languages]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        return queryset.found_by(search_term), False  # type: ignore[attr-defined]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        rows = changelist.result_list.prefetch_related("bylines__author")
        changelist.result_list = rows.defer("body", "publication__body")
        return changelist

    # The form

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.pickable = Article.objects.pickable_by(signed_in(request))
        if "tags" in form.base_fields:
            form.base_fields["tags"].may_add = request.user.has_perm("articles.add_tag")
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in {"assigned_to", "text_licence"}:
            widget = ColleagueInput if db_field.name == "assigned_to" else KnownAutocomplete
            kwargs["widget"] = widget(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        bare = {"section", "text_licence", "assigned_to"}
        return without_links(field) if db_field.name in bare else field

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Work is given out by those who see all of it."""
        return [] if request.user.has_perm("articles.edit_any_article") else ASSIGNMENT

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
        may_change = self.has_change_permission(request, obj) if obj else add
        bylines = context["inline_admin_formsets"][0].formset
        has_byline = any(row.instance.pk for row in bylines.initial_forms)
        user = signed_in(request)
        context |= {
            "article": obj,
            "state": obj.state if obj else Standing.DRAFT,
            "offered": buttons.offered(obj, user) if may_change else set(),
            "blocking": blocking_of(obj, user, has_byline=has_byline) if may_change else [],
            "may_change": may_change,
            "has_languages": len(settings.LANGUAGES) > 1,
            "title": (obj and str(obj)) or _("New story"),
            "subtitle": None,
            "last_step": obj.last_step if obj else None,
            **(desk_notes.notes_context(obj) if obj else {}),
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
        buttons.pressed(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save bylines, tags and picks, write the history, then do what the button says.

        The text is kept when the button's step is refused.
        """
        super().save_related(request, form, formsets, change)
        article, by = form.instance, signed_in(request)
        article.record_if_changed(by)
        if not set(ASSIGNMENT).isdisjoint(form.changed_data):
            article.record_assignment(by)
        button = buttons.pressed(request)
        if button is None:
            return
        try:
            button.do(article, by, form.cleaned_data)
        except ValidationError as refusal:
            request.desk_refusal = refusal  # type: ignore[attr-defined]

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
            note = request.POST.get("step_note", "").strip()
            if note:  # It belongs to a step that was not taken, and would be lost.
                self.message_user(request, gettext("Your note: ") + note, messages.WARNING)
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
            *(self._path(address, view, name) for address, view, name in POSTED),
            *(
                path(address, wrap(partial(view, self)), name=f"articles_article_{name}")
                for address, view, name in PAGES
            ),
            *writing.addresses_of(self),
            *super().get_urls(),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not NUMBER.fullmatch(object_id):
            raise Http404
        return history.history_view(self, request, int(object_id))


def _is_theirs(request: HttpRequest, obj: Model | None) -> bool:
    return not isinstance(obj, Article) or obj.is_seen_by(signed_in(request))
