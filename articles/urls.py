from datetime import date, datetime
from typing import Any

from django.urls import path, register_converter
from django.utils import timezone

from articles import offline, views
from articles.feeds import views as feeds
from articles.newsletter import views as newsletter
from articles.search import views as search
from articles.shared_preview import shared_photo, shared_preview


class DayConverter:
    """The day in an article's address: 2022/07/25. It is kept as typed, right or wrong."""

    regex = r"[0-9]{4}/[0-9]{2}/[0-9]{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: date) -> str:
        return value.strftime("%Y/%m/%d")


class MonthConverter:
    """A month of the archive, as its first day: 2022/07."""

    regex = r"[12][0-9]{3}/(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        year, month = value.split("/")
        return date(int(year), int(month), 1)

    def to_url(self, value: date) -> str:
        """The month of a day, or of a moment as the outlet's calendar has it."""
        if isinstance(value, datetime):
            value = timezone.localdate(value)
        return value.strftime("%Y/%m")


class NumberConverter:
    """The number at the end of an article's address, small enough for the database."""

    regex = r"[0-9]{1,15}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: Any) -> str:
        return str(value)


register_converter(DayConverter, "day")
register_converter(MonthConverter, "month")
register_converter(NumberConverter, "number")

app_name = "articles"
urlpatterns = [
    path("", views.front_page, name="front_page"),
    path("<day:day>/<slug:slug>-a<number:number>", views.article_detail, name="detail"),
    path(
        "<day:day>/<slug:slug>-a<number:number>.txt",
        views.article_plain_text,
        name="plain_text",
    ),
    path("<day:day>/<slug:slug>-a<number:number>/entries", views.live_entries, name="live_entries"),
    path("feed.xml", feeds.feed, name="feed"),
    path("feed.json", feeds.json_feed, name="json_feed"),
    path("theme/<slug:slug>", views.theme_detail, name="theme"),
    path("theme/<slug:slug>/feed.xml", feeds.theme_feed, name="theme_feed"),
    path("author/<slug:slug>", views.author_detail, name="author"),
    path("author/<slug:slug>/feed.xml", feeds.author_feed, name="author_feed"),
    path("archive/<month:month>", views.archive_month, name="archive"),
    path("page/<slug:slug>", views.page_detail, name="page"),
    path("corrections", views.corrections, name="corrections"),
    path("offline", offline.kept_stories, name="offline"),
    path("search", search.search, name="search"),
    path("search/suggest", search.suggest, name="search_suggest"),
    path("newsletter", newsletter.newsletter, name="newsletter"),
    path("newsletter/confirm", newsletter.confirm, name="newsletter_confirm"),
    path("newsletter/unsubscribe", newsletter.unsubscribe, name="newsletter_unsubscribe"),
    path("preview/<str:token>", shared_preview, name="shared_preview"),
    path("preview/<str:token>/media/<path:name>", shared_photo, name="shared_photo"),
    path("<slug:slug>", views.section_detail, name="section"),
    path("<slug:slug>/feed.xml", feeds.section_feed, name="section_feed"),
]
