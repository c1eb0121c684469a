"""What a reader may say of a search, and what of it is not understood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import labels
from .finding import Among
from .typed import MOST_CHARACTERS, Typed, typed_terms

if TYPE_CHECKING:
    from articles.models import Section

EVERY_LANGUAGE = "all"
MOST_AUTHORS = 50  # Whose names have what was typed in them.
MOST_NAME_CHARACTERS = 100
FIRST_YEAR, LAST_YEAR = 1000, 2999

PERIODS = {"week": 7, "month": 31, "year": 366}  # In days.


class AnyText(forms.Field):
    """Text in which no sign is an error; what the database could not hold becomes a space."""

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\x00", " ")
        return text.encode(errors="replace").decode().strip()


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        error_messages={"invalid": _("This is not a day. Write it as 2026-12-31.")},
    )


def _choice(label: Any, choices: Sequence[tuple[str, Any]] = ()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=choices,
        error_messages={"invalid_choice": _("There is no such choice; it was left out.")},
    )


class SearchForm(forms.Form):
    """A form that is never refused: what is not understood is said, and left out.

    Its template writes the fields itself: Django's own templates for so many options would take
    longer than the search.
    """

    most_characters = MOST_CHARACTERS
    most_name_characters = MOST_NAME_CHARACTERS

    q = AnyText(
        label=_("Words to look for"),
        required=False,
    )
    section = _choice(_("Section"))
    kind = _choice(_("Kind"))
    author = AnyText(
        label=_("Author"),
        required=False,
    )
    period = _choice(
        _("Period"),
        [
            ("", _("Any time")),
            ("week", _("Past week")),
            ("month", _("Past month")),
            ("year", _("Past year")),
        ],
    )
    since = _day(_("From"))
    until = _day(_("To"))
    sort = _choice(_("Order"), [("", _("Most relevant first")), ("date", _("Newest first"))])
    language = AnyText(required=False)

    def __init__(self, data: QueryDict, sections: Sequence[Section], language: str) -> None:
        from articles.models import Kind

        super().__init__(data, use_required_attribute=False)
        self.own_language = language
        self.sections = {section.slug: section for section in sections}
        by_name = [(section.slug, section.said("name", language)) for section in sections]
        self.fields["section"].choices = [("", _("All sections")), *by_name]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All kinds")), *Kind.choices]  # type: ignore[attr-defined]
        self.full_clean()
        self.data = said = data.copy()
        for name in {"since", "until"} & self.errors.keys():
            said[name] = ""  # A field for days can hold nothing else.

    def clean_since(self) -> date | None:
        return self._possible(self.cleaned_data["since"])

    def clean_until(self) -> date | None:
        return self._possible(self.cleaned_data["until"])

    def _possible(self, day: date | None) -> date | None:
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(_("This is not a day. Write it as 2026-12-31."))
        return day

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self[name] for name in ("section", "kind", "period", "sort")]

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[name] for name in ("since", "until")]

    @property
    def text(self) -> str:
        return self.cleaned_data.get("q", "")[:MOST_CHARACTERS]

    @property
    def typed(self) -> Typed:
        return typed_terms(self.cleaned_data.get("q", ""))

    @property
    def by_date(self) -> bool:
        return self.cleaned_data.get("sort") == "date"

    @property
    def in_every_language(self) -> bool:
        return self.cleaned_data.get("language") == EVERY_LANGUAGE

    @property
    def author_name(self) -> str:
        return self.cleaned_data.get("author", "")[:MOST_NAME_CHARACTERS]

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the search, as its address says it."""
        said: dict[str, str] = {}
        for name in ("section", "kind", "period"):
            said[name] = self.cleaned_data.get(name, "")
        said["author"] = self.author_name
        for name in ("since", "until"):
            day = self.cleaned_data.get(name)
            said[name] = day.isoformat() if day else ""
        return {name: value for name, value in said.items() if value}

    def address(self, *, text: str | None = None, narrowed: bool = True, **changed: Any) -> str:
        """The query of another search like this one."""
        said: dict[str, Any] = {"q": self.text if text is None else text}
        if narrowed:
            said |= self.filters
        if self.by_date:
            said["sort"] = "date"
        if self.in_every_language:
            said["language"] = EVERY_LANGUAGE
        return f"?{urlencode(said | changed)}"

    @property
    def unnarrowed(self) -> str:
        return self.address(narrowed=False)

    def among(self, *, narrowed: bool = True, every_language: bool = False) -> Among:
        """Which stories are searched; one query where an author was named."""
        languages = [self.own_language]
        if every_language or self.in_every_language:
            languages = [code for code, _name in settings.LANGUAGES]
        if not narrowed:
            return Among(languages)
        said = self.filters
        groups = []
        if section := said.get("section"):
            groups.append([labels.in_section(self.sections[section].pk)])
        if kind := said.get("kind"):
            groups.append([labels.of_kind(kind)])
        if self.author_name:
            groups.append(_authors(self.author_name))
        since, until = (_start_of(self.cleaned_data.get(name)) for name in ("since", "until"))
        if until is not None:
            until += timedelta(days=1)
        if period := said.get("period"):
            first = timezone.now() - timedelta(days=PERIODS[period])
            since = max(since, first) if since else first
        return Among(languages, groups, since, until)


def _start_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _authors(name: str) -> list[str]:
    """The labels of authors of this address, or with this in their names; of nobody without."""
    from articles.models import Author

    authors = Author.objects.filter(Q(slug=name) | Q(name__icontains=name)).order_by("pk")
    numbers = authors.values_list("pk", flat=True)[:MOST_AUTHORS]
    return [labels.by_author(number) for number in numbers] or [labels.by_author(0)]
