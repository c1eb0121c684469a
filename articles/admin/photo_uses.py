"""Where a photo of the library is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Article, Author, LiveEntry, Photo

SHOWN = 20


@dataclass(frozen=True)
class Use:
    """A record that shows the photo, where in it, and how it stands."""

    record: Any
    address: str
    place: str


def uses_of(photo: Photo, user: User) -> list[Use]:
    """The newest uses of each kind that `user` may know of, twenty at most, in six queries."""
    uses = _in_stories(photo, user)
    seen = Article.objects.seen_by(user).values("pk")
    for entry in (
        LiveEntry.objects.filter(photos_of_text__photo=photo, article__in=seen)
        .select_related("article")
        .order_by("-pk")[:SHOWN]
    ):
        address = reverse("admin:articles_article_live", args=[entry.article_id])
        place = _("live entry of “%(story)s”") % {"story": entry.article}
        uses.append(Use(entry, address, place))
    for author in Author.objects.filter(photo=photo)[:SHOWN]:
        address = reverse("admin:articles_author_change", args=[author.pk])
        uses.append(Use(author, address, _("author")))
    return uses


def _in_stories(photo: Photo, user: User) -> list[Use]:
    stories = Article.objects.pickable_by(user)
    sides = [
        (_("lead photo"), stories.filter(lead_photo=photo)),
        (_("in the text"), stories.filter(photos_of_text__photo=photo)),
        (_("published with it"), stories.filter(publication__photo_uses__photo=photo)),
    ]
    places: dict[int, list[str]] = {}
    for place, found in sides:
        for number in found.order_by("-pk").values_list("pk", flat=True)[:SHOWN]:
            places.setdefault(number, []).append(place)
    numbers = sorted(places, reverse=True)[:SHOWN]
    by_number = Article.objects.for_lists().in_bulk(numbers)
    return [
        Use(
            by_number[number],
            reverse("admin:articles_article_change", args=[number]),
            f"{', '.join(places[number])}; {by_number[number].standing}",
        )
        for number in numbers
        if number in by_number
    ]
