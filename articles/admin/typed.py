"""What a browser sends of a story's form, and the form with such values in it, unsaved."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.html import escape

from articles.markup import sanitise

from .rows import rows_as_new

Sent = dict[str, list[str]]

# What the form remembers about itself; nobody typed it.
REMEMBERED = {"loaded_version", "loaded_revision", "tab", "taken_over", "kept_in_browser"}
OF_THE_PAGE = {"csrfmiddlewaretoken", "overwrite", "all"}
CHOICE = "choice-"


def typed_in(data: QueryDict) -> Sent:
    """What was typed into a form, without buttons and what the form remembers about itself."""
    return {
        name: [value.replace("\x00", "") for value in data.getlist(name)]
        for name in data
        if not name.startswith(("_", CHOICE)) and name not in REMEMBERED | OF_THE_PAGE
    }


def to_be_sent_again(data: QueryDict) -> list[tuple[str, str]]:
    """All of a form but its buttons and its token, for hidden fields that send it once more."""
    names = [
        name for name in data if not name.startswith(("_", CHOICE)) and name not in OF_THE_PAGE
    ]
    return [(name, value) for name in names for value in data.getlist(name)]


def as_query(values: Mapping[str, list[str]]) -> QueryDict:
    """What was kept of a form, as if a browser had just sent it."""
    data = QueryDict(mutable=True)
    for name, sent in values.items():
        data.setlist(name, sent)
    return data


def as_sent(form: forms.BaseForm) -> dict[str, Sent]:
    """By field, what a browser would send for a form that nobody has touched."""
    return {bound.name: _sent(bound.html_name, bound.field.widget, bound.value()) for bound in form}


def _sent(name: str, widget: forms.Widget, value: Any) -> Sent:
    widget = getattr(widget, "widget", widget)  # Django's admin wraps those of foreign keys.
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list) else widget.decompress(value) or []
        sent: Sent = {}
        for number, (part, each) in enumerate(zip(widget.widgets, parts, strict=True)):
            sent |= _sent(f"{name}_{number}", part, each)
        return sent
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"]} if value else {}
    if isinstance(value, list | tuple):
        return {name: [str(each) for each in value]}
    text = value if isinstance(widget, forms.Select) else widget.format_value(value)
    return {name: ["" if text is None else str(text)]}


def show_typed(context: dict[str, Any], values: QueryDict) -> None:
    """Put `values` into the form of a page instead of what is saved; nothing is checked yet."""
    values = values.copy()
    values["body"] = harmless(values.get("body", ""))
    untouched = context["adminform"].form
    values["taken_over"] = values.get("tab", "")
    values["tab"] = untouched.initial["tab"]
    form = type(untouched)(data=values, instance=untouched.instance)
    form._errors = ErrorDict()
    context["adminform"].form = form
    for inline in context["inline_admin_formsets"]:
        there = inline.formset
        rows_as_new(values, there.prefix, {str(row.instance.pk) for row in there.initial_forms})
        inline.formset = type(there)(
            data=values, instance=there.instance, prefix=there.prefix, queryset=there.queryset
        )
        inline.formset._errors, inline.formset._non_form_errors = [], form.error_class()
        for row in inline.formset.forms:
            row._errors = ErrorDict()


def harmless(body: str) -> str:
    """`body` with what a story may hold; one that cannot be cleaned comes back as plain words."""
    try:
        return sanitise(body, figures=True)
    except ValidationError:
        return escape(body)


def is_from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says that one of our own pages sent this; old ones say nothing."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
