"""What the outlet says of itself, in each language of the site."""

from copy import copy
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import get_language


class InLanguages(models.Model):
    """A record whose words other languages of the site have in their own way.

    The fields hold the words of the first language; they stand in where another has none.
    """

    SAID: ClassVar[tuple[str, ...]] = ()  # The fields that each language has for itself.

    # By language, then by field: with the record, so that no list of stories asks again.
    in_languages = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    is_reading = False

    def said(self, field: str, language: str | None = None) -> str:
        """What a field says in a language; in that of the page where none is named."""
        words = self.in_languages.get(language or get_language() or "", {})
        return words.get(field) or getattr(self, field)

    def language_of(self, field: str) -> str:
        """The language a page has to name beside a field; "" where it is that of the page."""
        here = get_language() or ""
        is_said_here = here == settings.LANGUAGE_CODE or self.in_languages.get(here, {}).get(field)
        return "" if is_said_here else settings.LANGUAGE_CODE

    def in_language(self, language: str | None = None) -> Self:
        """The record as readers of a language are told it, to be printed and not to be saved."""
        told = copy(self)
        for field in self.SAID:
            setattr(told, field, self.said(field, language))
        told.is_reading = True
        return told

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_reading:
            raise TypeError(
                "This is a record in the words of one language. Save the record itself."
            )
        super().save(*args, **kwargs)
