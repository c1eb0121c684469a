"""Our own stories, as those who write look for them: to link to, or by their address."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Article, Publication
from .slugs import slug_of

OFFERED = 8
MOST_WORDS = 6


@dataclass(frozen=True)
class StoryLink:
    headline: str
    address: str
    standing: str


def stories_to_link(term: str, user: User) -> list[StoryLink]:
    """Stories whose headline holds all words of `term`: public ones, then those `user` works on.

    Of other people's stories only what readers have is looked at and shown. In two queries.
    """
    words = term.replace("\x00", "").split()[:MOST_WORDS]
    if not words:
        return []
    public = _holding(Publication.objects.visible(), words).order_by("-visible_from", "-pk")
    found = [
        StoryLink(story.headline, story.get_absolute_url(), _since(story))
        for story in public.only("headline", "slug", "language", "first_published_at")[:OFFERED]
    ]
    seen = Article.objects.seen_by(user).exclude(pk__in=Publication.objects.visible())
    at_desk = _holding(seen.for_lists(), words).order_by("-saved_at")
    return found + [
        StoryLink(story.headline, address_of(story, story.slug), _("Not public yet"))
        for story in at_desk[: OFFERED - len(found)]
    ]


def _holding(rows: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
    for word in words:
        rows = rows.filter(headline__icontains=word)
    return rows


def _since(story: Publication) -> str:
    return date_format(timezone.localdate(story.first_published_at), "j F Y")


def address_of(article: Article, slug: str) -> str:
    """Where readers would find `article` if it had this slug and came out today.

    A story that was public keeps its day. One without number yet has the number 0.
    """
    with translation.override(article.language):
        return reverse("articles:detail", args=[_day_of(article), slug, article.pk or 0])


def _day_of(article: Article) -> date:
    published = article.published if article.pk else None
    if published is None:
        return timezone.localdate()
    return timezone.localdate(published.first_published_at)


def wanted_slug(slug: str, headline: str) -> str:
    """The slug that saving would give."""
    return slug_of(slug, fallback="") or slug_of(headline, fallback="story")


def twin_of(article: Article, slug: str) -> Publication | None:
    """Another public story of the same day with this slug, if there is one.

    Both have addresses of their own, for the number tells them apart; readers may not.
    """
    day = _day_of(article)
    others = Publication.objects.visible().filter(slug=slug).exclude(pk=article.pk)
    near = others.only("headline", "first_published_at").order_by("-visible_from")[:OFFERED]
    return next(
        (other for other in near if timezone.localdate(other.first_published_at) == day), None
    )
