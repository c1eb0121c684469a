"""Forms of records that are said in several languages: a group of fields for each."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.text import capfirst

from articles.models import InLanguages

from .desk import DeskAdmin


def further_languages() -> list[tuple[str, str]]:
    """The languages of the site behind the first, each with its own name for itself."""
    return list(settings.LANGUAGES[1:])


class InLanguagesForm(forms.ModelForm):
    """The record, and what further languages say instead; an empty field says the same."""

    instance: InLanguages

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in further_languages():
            words = self.instance.in_languages.get(code, {})
            for field in self.instance.SAID:
                self.initial[f"{field}_{code}"] = words.get(field, "")

    def save(self, commit: bool = True) -> Any:
        for code, _name in further_languages():
            words = {field: self.cleaned_data[f"{field}_{code}"] for field in self.instance.SAID}
            self.instance.in_languages[code] = {
                field: said for field, said in words.items() if said
            }
        return super().save(commit)


class InLanguagesAdmin(DeskAdmin):
    model: type[InLanguages]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = type("Form", (InLanguagesForm,), self._fields_of_languages(request))
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        groups = [
            (name, {"fields": [f"{field}_{code}" for field in self.model.SAID]})
            for code, name in further_languages()
        ]
        return [*super().get_fieldsets(request, obj), *groups]

    def _fields_of_languages(self, request: HttpRequest) -> dict[str, forms.Field]:
        fields = {}
        for code, name in further_languages():
            for field in self.model.SAID:
                said = self.formfield_for_dbfield(self.model._meta.get_field(field), request)
                said.required, said.help_text = False, ""
                said.label = f"{capfirst(str(said.label))} ({name})"
                said.widget.attrs["lang"] = code
                fields[f"{field}_{code}"] = said
        return fields
