"""The rows of a story's form: its bylines and its related reads."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from articles.models import Article, ArticleByline, ArticlePick
from articles.related import HOW_MANY

from .desk import signed_in, without_links
from .widgets import KnownAutocomplete

ROWS = {"bylines": "author", "picks": "picked"}  # The prefix of each table, and what a row names.


def rows_as_new(data: QueryDict, prefix: str, known: set[str]) -> None:
    """Turn rows that somebody else has deleted meanwhile into new ones, after all others.

    `known` are the numbers of the rows there are. Otherwise Django would refuse the row, and
    the text could not be saved until its author threw it away.
    """
    numbers = row_numbers(data, prefix)
    rows = []
    for number in numbers:
        start = f"{prefix}-{number}-"
        names = [name for name in data if name.startswith(start)]
        rows.append({name.removeprefix(start): data.pop(name) for name in names})
    left = [row for row in rows if row.get("id", [""])[0] in known]
    gone_or_new = [row | {"id": [""]} for row in rows if row not in left]
    for number, row in enumerate([*left, *gone_or_new]):
        for name, values in row.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    if numbers:
        data[f"{prefix}-INITIAL_FORMS"] = str(len(left))


def row_numbers(data: QueryDict, prefix: str) -> range:
    """The numbers of the rows that were sent; none when their count is nonsense."""
    count = data.get(f"{prefix}-TOTAL_FORMS", "")
    return range(int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0)


def records_in_rows(data: QueryDict, prefix: str) -> list[int]:
    """The numbers of the records that the sent rows name, in the order they are to have."""
    named = []
    for number in row_numbers(data, prefix):
        start = f"{prefix}-{number}-"
        record, place = (data.get(start + name, "") for name in (ROWS[prefix], "position"))
        if _is_number(record) and not data.get(start + "DELETE"):
            named.append((int(place) if _is_number(place) else number + 1, number, int(record)))
    return [record for _place, _number, record in sorted(named)]


def rows_as_sent(prefix: str, rows: QuerySet[Any]) -> dict[str, list[str]]:
    """What a browser would send for rows that nobody has touched."""
    sent = {f"{prefix}-MIN_NUM_FORMS": ["0"], f"{prefix}-MAX_NUM_FORMS": ["1000"]}
    count = 0
    for count, row in enumerate(rows, start=1):
        start = f"{prefix}-{count - 1}-"
        sent[start + "id"] = [str(row.pk)]
        sent[start + ROWS[prefix]] = [str(getattr(row, f"{ROWS[prefix]}_id"))]
        sent[start + "position"] = [str(row.position)]
    return sent | {f"{prefix}-{name}_FORMS": [str(count)] for name in ("TOTAL", "INITIAL")}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


class OrderedRowForm(forms.ModelForm):
    """A row whose place, when not typed, is the one it has in the form."""

    picker = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        position = self.fields["position"]
        position.required = False
        for field in (position, self.fields[self.picker]):  # The table has no label for a cell.
            field.widget.attrs["aria-label"] = field.label
        if not self.instance.pk:
            position.initial = self.initial["position"] = None
        widget = getattr(self.fields[self.picker].widget, "widget", None)
        if isinstance(widget, KnownAutocomplete) and self.instance.pk:
            widget.known = getattr(self.instance, self.picker)

    def clean_position(self) -> int:
        position = self.cleaned_data["position"]
        if position is None:
            position = int((self.prefix or "0").rpartition("-")[2]) + 1
        return position


class BylineForm(OrderedRowForm):
    picker = "author"


class PickForm(OrderedRowForm):
    picker = "picked"

    def clean_picked(self) -> Article:
        """Any story but this one; Django leaves the constraint that says so out of inlines."""
        picked: Article = self.cleaned_data["picked"]
        if picked.pk == self.instance.article_id:
            raise ValidationError(_("A story cannot be its own related read."))
        return picked


class OrderedInline(admin.TabularInline):
    """Rows in an order of their own, whose records are found by searching.

    They are part of the story: whoever may change it may change them.
    """

    picker = ""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.view_article")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("articles.change_article")

    has_change_permission = has_delete_permission = has_add_permission

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(self.picker)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = KnownAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class BylineInline(OrderedInline):
    model = ArticleByline
    form = BylineForm
    picker = "author"
    fields = ["author", "position"]
    extra = 1


class PickInline(OrderedInline):
    model = ArticlePick
    fk_name = "article"
    form = PickForm
    picker = "picked"
    fields = ["picked", "position"]
    extra = 1
    max_num = HOW_MANY
    validate_max = True
    verbose_name_plural = _("related reads: the editor's picks")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Only stories the person may know of can be picked; what was picked may stay."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get("picked")
        if field is not None:
            there = obj.picks.values("picked") if obj is not None and obj.pk else []
            known = Article.objects.pickable_by(signed_in(request)).values("pk")
            field.queryset = Article.objects.filter(Q(pk__in=known) | Q(pk__in=there))
        return formset

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return without_links(field) if db_field.name == "picked" else field
