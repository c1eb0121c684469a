"""Days and times as each language writes them, the same on pages and in mails."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

MOMENT = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)


def printed(language: str, name: str) -> str:
    with translation.override(language):
        return Template("{{ moment|date:name }}").render(Context({"moment": MOMENT, "name": name}))


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("en", "DATE_FORMAT", "3 May 2026"),
        ("en", "DATETIME_FORMAT", "14:05, 3 May 2026"),
        ("ru", "DATE_FORMAT", "3 мая 2026"),
        ("ru", "DATETIME_FORMAT", "14:05, 3 мая 2026"),
        ("ru", "YEAR_MONTH_FORMAT", "Май 2026"),
        ("ar", "DATE_FORMAT", "3 مايو، 2026"),
    ],
)
def test_a_day_is_written_as_the_language_does(language, name, text):
    assert printed(language, name) == text
