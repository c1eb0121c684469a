"""A refusal told where it can be mended: beside the fields, and above the form."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from articles.publishing import Problems


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
