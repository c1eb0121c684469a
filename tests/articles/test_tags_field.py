"""The field in which a story's tags are typed."""

import pytest
from django.core.exceptions import ValidationError

from articles.admin.widgets import TagsField
from tests.factories import make_tag

pytestmark = pytest.mark.django_db


def test_a_name_counts_once_whatever_its_capitals_and_blanks():
    assert TagsField().clean(["Water", " water ", "Lake  Ladoga", ""]) == ["Water", "Lake Ladoga"]


def test_a_name_may_hold_a_comma():
    assert TagsField().clean(["Paris, Texas"]) == ["Paris, Texas"]


def test_a_name_too_long_for_a_tag_is_refused():
    with pytest.raises(ValidationError, match="too long for a tag"):
        TagsField().clean(["x" * 101])


def test_who_may_not_add_tags_chooses_from_those_there_are():
    make_tag("Water")

    assert TagsField(may_add=False).clean(["water"]) == ["water"]
    with pytest.raises(ValidationError, match="There is no tag “Fire”"):
        TagsField(may_add=False).clean(["Fire"])
