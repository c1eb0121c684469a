"""The form of a story and the rows of its bylines and related reads."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from articles.models import Article, ArticleByline, ArticlePick
from articles.related import HOW_MANY

from .desk import YEARS, without_links
from .widgets import KnownAutocomplete, TagsField


class ArticleForm(forms.ModelForm):
    """A story as one person typed it.

    It remembers which version it was loaded with: a save over somebody else's is refused
    until the box that names this very version is ticked.
    """

    tags = TagsField(
        label=_("Tags"),
        required=False,
        help_text=_("Type a name and press Enter; known tags are offered."),
    )
    loaded_version = forms.CharField(required=False, widget=forms.HiddenInput)
    overwrite = forms.CharField(required=False, widget=forms.HiddenInput)
    publish_at = forms.CharField(
        required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    is_significant = forms.BooleanField(
        label=_("This is a significant change: tell readers when it was made"), required=False
    )

    may_approve = False
    conflict_version = ""  # The version somebody else saved meanwhile, when a save is refused.

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publish_at"].label = _("Publish at (time in %(zone)s)") % {
            "zone": settings.TIME_ZONE
        }
        if self.instance.pk:
            self.initial["loaded_version"] = version_of(self.instance)
            published = self.instance.published
            if published is not None and published.is_scheduled:
                moment = timezone.localtime(published.visible_from)
                self.initial["publish_at"] = moment.strftime("%Y-%m-%dT%H:%M")
        if "stage" in self.fields and not self.may_approve:
            allowed = {Article.Stage.DRAFT, Article.Stage.IN_REVIEW, self.instance.stage}
            field = self.fields["stage"]
            field.choices = [  # type: ignore[attr-defined]
                choice for choice in Article.Stage.choices if choice[0] in allowed
            ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._refuse_to_overwrite(values)
        values["publish_at"] = None
        if "_schedule" in self.data:
            try:
                values["publish_at"] = coming_moment(self.data.get("publish_at", ""))
            except ValidationError as refusal:
                self.add_error("publish_at", refusal)
        return values

    def _refuse_to_overwrite(self, values: dict[str, Any]) -> None:
        current = version_of(self.instance)
        if current in {values.get("loaded_version"), values.get("overwrite")}:
            return
        self.conflict_version = current
        last = self.instance.revisions.select_related("by").first()
        raise ValidationError(
            _(
                "%(who)s saved this story at %(when)s, after you opened it. Your text is below"
                " and not saved. Open the story in another window to compare; then tick"
                " “Overwrite with my text” and save again, or leave this page."
            ),
            code="conflict",
            params={
                "who": (last and last.by and last.by.get_username()) or _("Somebody"),
                "when": date_format(timezone.localtime(self.instance.saved_at), "H:i:s, j F"),
            },
        )


def version_of(article: Article) -> str:
    """What tells one save of a story from the next."""
    return article.saved_at.isoformat()


def coming_moment(text: str) -> datetime:
    """The moment a local date and time stands for.

    Raises ValidationError for what is no time, past, or missing or double in the outlet's
    zone because clocks change.
    """
    if not text.strip():
        raise ValidationError(_("Say when: give a day and a time."))
    try:
        naive = parse_datetime(text.strip())
    except ValueError:
        naive = None
    if naive is None or not text.isascii():
        raise ValidationError(_("This is no day and time. Write it like 2026-07-25 14:00."))
    if naive.year > YEARS[-1]:
        raise ValidationError(_("This is too far ahead. Choose an earlier moment."))
    moment = naive if timezone.is_aware(naive) else _aware(naive)
    if moment <= timezone.now():
        raise ValidationError(_("This moment has passed. Choose a coming one, or publish now."))
    return moment


def _aware(naive: datetime) -> datetime:
    zone = timezone.get_current_timezone()
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    about = {"time": date_format(naive, "H:i"), "zone": timezone.get_current_timezone_name()}
    if first.utcoffset() < second.utcoffset():  # type: ignore[operator]
        raise ValidationError(
            _("Clocks go forward that night: there is no %(time)s in %(zone)s. Choose another.")
            % about
        )
    raise ValidationError(
        _("Clocks go back that night: %(time)s comes twice in %(zone)s. Choose another.") % about
    )


def rows_as_new(data: QueryDict, prefix: str, known: set[str]) -> None:
    """Turn rows that somebody else has deleted meanwhile into new ones, after all others.

    `known` are the numbers of the rows there are. Otherwise Django would refuse the row, and
    the text could not be saved until its author threw it away.
    """
    count = data.get(f"{prefix}-TOTAL_FORMS", "")
    numbers = range(int(count)) if count.isascii() and count.isdigit() and len(count) < 4 else ()
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

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return without_links(field) if db_field.name == "picked" else field
