"""The first page of the desk: what one person has to do, and what needs a look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Article, Photo, Standing
from articles.models.article_lists import ArticleQuerySet

SHOWN = 6


@dataclass(frozen=True)
class Row:
    text: str
    address: str
    about: str
    article: Article | None = None
    is_late: bool = False


@dataclass(frozen=True)
class StartList:
    """One short list, the address of all of it, and what is said when it is empty."""

    name: str
    title: str
    rows: list[Row]
    all_of_it: str
    address: str
    nothing: str


def lists_for(user: User) -> list[StartList]:
    """The lists of the first page that `user` may see, one or two queries each."""
    lists = []
    if user.has_perm("articles.view_article"):
        lists += _story_lists(user)
    if user.has_perm("articles.change_photo"):
        lists.append(_photos())
    return lists


def _story_lists(user: User) -> list[StartList]:
    stories = Article.objects.for_lists()
    seen = stories.seen_by(user)
    return [
        _stories(
            "mine",
            _("My stories"),
            stories.newest_of(user, SHOWN),
            (_("All stories begun by me or assigned to me"), "assigned=mine"),
            _("You have begun no story yet."),
        ),
        _stories(
            "waiting",
            _("Waiting for me"),
            stories.waiting_for(user).order_by(F("deadline").asc(nulls_last=True), "-pk"),
            (_("All that waits for me"), "assigned=waiting"),
            _("Nothing waits for you."),
        ),
        _stories(
            "scheduled",
            _("Scheduled"),
            seen.filter(Standing.SCHEDULED.condition()).order_by("publication__visible_from"),
            (_("All scheduled stories"), "standing=scheduled"),
            _("Nothing is scheduled."),
        ),
        _stories(
            "changes",
            _("Live, with changes waiting"),
            seen.filter(Standing.with_changes(), Standing.LIVE.condition()).order_by("-saved_at"),
            (_("All stories with changes waiting"), "standing=changes"),
            _("Readers have the newest text of every story."),
        ),
    ]


def _stories(
    name: str,
    title: str,
    stories: ArticleQuerySet,
    all_of_it: tuple[str, str],
    nothing: str,
) -> StartList:
    words, query = all_of_it
    address = f"{reverse('admin:articles_article_changelist')}?{query}"
    rows = [_story_row(article) for article in stories[:SHOWN]]
    return StartList(name, title, rows, words, address, nothing)


def _story_row(article: Article) -> Row:
    about: list[Any] = [article.desk_label]
    if article.assigned_to is not None:
        about.append(article.assigned_to.get_username())
    if article.deadline is not None and article.is_in_work:
        about.append(_("wanted by %(moment)s") % {"moment": _moment(article.deadline)})
    return Row(
        str(article),
        reverse("admin:articles_article_change", args=[article.pk]),
        _joined(about),
        article,
        article.is_overdue,
    )


def _photos() -> StartList:
    """Photos in use whose rights end within two weeks."""
    photos = Photo.objects.rights_end_soon().in_use().order_by("usable_until")
    return StartList(
        "rights",
        _("Photos whose rights end soon"),
        [
            Row(
                str(photo),
                reverse("admin:articles_photo_change", args=[photo.pk]),
                _("until %(moment)s") % {"moment": _moment(photo.usable_until)},
            )
            for photo in photos[:SHOWN]
        ],
        _("All photos whose rights end soon"),
        f"{reverse('admin:articles_photo_changelist')}?rights=soon",
        _("No photo in use loses its rights within two weeks."),
    )


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "H:i, j E")


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)
