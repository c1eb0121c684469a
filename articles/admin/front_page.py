"""The front page desk: what is pinned, in which order, until when, and what follows by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.cards import Card
from articles.front_page import front_page_of
from articles.models import Article, FrontPageSlot, Publication
from articles.models.front_page import ArrangedMeanwhile, Pin, version_of
from articles.pagination import NUMBER

from .article_form import coming_moment
from .desk import DeskAdmin

OFFERED = 10
PINNED_AT_MOST = 50


@dataclass
class Row:
    """A pinned story as one person has it before them."""

    article: Article
    until: str  # As typed.
    pin: Pin
    refusal: str = ""
    has_ended: bool = False


@dataclass(frozen=True)
class Step:
    """What a button does: "up 12", "pin 12"."""

    name: str
    number: int

    @classmethod
    def of(cls, data: QueryDict) -> Step | None:
        name, _space, number = data.get("step", "").partition(" ")
        if name not in STEPS or not NUMBER.fullmatch(number):
            return None
        return cls(name, int(number))

    def taken_on(self, numbers: list[int]) -> list[int]:
        """The stories in their new order."""
        if self.name == "pin":
            return [*numbers, self.number] if self.number not in numbers else numbers
        if self.number not in numbers:
            return numbers
        place = numbers.index(self.number)
        others = [number for number in numbers if number != self.number]
        match self.name:
            case "up":
                place = max(place - 1, 0)
            case "down":
                place += 1
            case "lead":
                place = 0
            case "remove":
                return others
        return [*others[:place], self.number, *others[place:]]


STEPS = {"up", "down", "lead", "remove", "pin"}


@admin.register(FrontPageSlot)
class FrontPageSlotAdmin(DeskAdmin):
    list_display = ["story", "position", "standing", "until"]
    list_display_links = ["story"]
    list_select_related = ["picked__publication"]
    ordering = ["position", "pk"]
    sortable_by = ()

    fields = ["picked", "position", "until"]
    autocomplete_fields = ["picked"]

    @admin.display(description=_("story"))
    def story(self, slot: FrontPageSlot) -> str:
        return str(slot.picked)

    @admin.display(description=_("standing"))
    def standing(self, slot: FrontPageSlot) -> str:
        return slot.picked.standing

    def may_arrange(self, request: HttpRequest) -> bool:
        return (
            self.has_add_permission(request)
            and self.has_change_permission(request)
            and self.has_delete_permission(request)
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page on which the front page is arranged; for others a list to look at."""
        if not self.may_arrange(request):
            return super().changelist_view(request, extra_context)
        if request.method != "POST":
            return self._page(request, _rows_that_stand(), moved=request.GET.get("moved", ""))
        step = Step.of(request.POST)
        numbers = _numbers(request.POST.getlist("story"))
        if step is not None:
            numbers = step.taken_on(numbers)
        rows = _typed_rows(numbers, request.POST)
        if "_find" in request.POST:
            return self._page(request, rows)
        if any(row.refusal for row in rows):
            return self._page(request, rows, status=422)
        try:
            self._arrange(request, rows)
        except ArrangedMeanwhile:
            return self._page(request, rows, others=_rows_that_stand(), status=409)
        messages.success(request, gettext("The front page is arranged anew."))
        here = reverse("admin:articles_frontpageslot_changelist")
        return HttpResponseRedirect(f"{here}?moved={step.number}" if step else here)

    def _arrange(self, request: HttpRequest, rows: list[Row]) -> None:
        before = set(FrontPageSlot.objects.values_list("picked_id", flat=True))
        FrontPageSlot.objects.arrange(
            [row.pin for row in rows], begun_with=request.POST.get("begun_with", "")
        )
        for slot in FrontPageSlot.objects.select_related("picked"):
            if slot.picked_id in before:
                continue
            self.log_addition(request, slot, gettext("Pinned to the front page."))

    def _page(
        self,
        request: HttpRequest,
        rows: list[Row],
        *,
        others: list[Row] | None = None,
        moved: str = "",
        status: int = 200,
    ) -> HttpResponse:
        stands = list(FrontPageSlot.objects.all())
        language = _language_of(request)
        words = request.POST.get("words", "").replace("\x00", "").strip()
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": gettext("Front page"),
            "rows": rows,
            "others": others,
            "begun_with": (
                version_of(stands)
                if others is not None or request.method != "POST"
                else request.POST.get("begun_with", "")
            ),
            "moved": int(moved) if NUMBER.fullmatch(moved) else None,
            "words": words,
            "found": _found(words, rows) if "_find" in request.POST else None,
            "parts": _parts(language),
            "language": language,
            "languages": settings.LANGUAGES if len(settings.LANGUAGES) > 1 else [],
            "public_url": _public_address(language),
            "zone": settings.TIME_ZONE,
            "status": status,
        }
        return TemplateResponse(
            request, "admin/articles/frontpageslot/desk.html", context, status=status
        )


def _rows_that_stand() -> list[Row]:
    slots = FrontPageSlot.objects.select_related("picked__publication").defer(
        "picked__body", "picked__publication__body"
    )
    return [
        Row(
            slot.picked,
            _typed(slot.until),
            Pin(slot.picked_id, slot.until),
            has_ended=slot.has_ended,
        )
        for slot in slots
    ]


def _typed_rows(numbers: list[int], data: QueryDict) -> list[Row]:
    """The stories of these numbers with the end times typed for them; those not there left out."""
    known = {slot.picked_id: slot for slot in FrontPageSlot.objects.all()}
    can_show = Q(publication__isnull=False, publication__withdrawn_at=None)
    stories = Article.objects.filter(can_show | Q(pk__in=list(known)))
    articles = (
        stories.select_related("publication").defer("body", "publication__body").in_bulk(numbers)
    )
    rows = []
    for number in numbers:
        if number not in articles:
            continue
        slot = known.get(number)
        typed = data.get(f"until-{number}", "").strip()
        row = Row(articles[number], typed, Pin(number))
        try:
            if slot is not None and typed == _typed(slot.until):  # It may lie in the past.
                row.pin, row.has_ended = Pin(number, slot.until), slot.has_ended
            elif typed:
                row.pin = Pin(number, coming_moment(typed))
        except ValidationError as refusal:
            row.refusal = refusal.messages[0]
        rows.append(row)
    return rows


def _typed(moment: Any) -> str:
    """A moment as the browser's field for a day and a time holds it."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _numbers(texts: Iterable[str]) -> list[int]:
    numbers = [int(text) for text in texts if NUMBER.fullmatch(text)]
    return list(dict.fromkeys(numbers))[:PINNED_AT_MOST]


def _found(words: str, rows: list[Row]) -> list[Publication]:
    """The newest stories, visible or scheduled, that are found by `words`."""
    stories = Publication.objects.filter(withdrawn_at=None)
    if words:
        stories = stories.filter(article__in=Article.objects.found_by(words).values("pk"))
    pinned = [row.article.pk for row in rows]
    return list(stories.exclude(pk__in=pinned).defer("body", "words")[:OFFERED])


def _language_of(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _parts(language: str) -> list[tuple[str, list[Card], bool]]:
    """What readers of a language see: the parts and their stories, those pinned apart."""
    stories = Publication.objects.visible().in_language(language)
    front = front_page_of(stories)
    pinned = set(FrontPageSlot.objects.showing(stories).values_list("picked_id", flat=True))
    parts = [
        (gettext("Live, above all"), [front.live] if front.live else []),
        (gettext("Lead"), [front.lead] if front.lead else []),
        (gettext("On the same theme"), front.same_theme),
        (gettext("Beside the lead"), front.beside),
        (gettext("Below"), front.pinned),
        (gettext("Most recent"), front.recent),
        (gettext("Opinion"), front.opinion),
        *[(str(block.section), block.stories) for block in front.blocks],
        (gettext("More stories"), front.more),
    ]
    return [
        (name, of_kind, is_pinned)
        for name, of_part in parts
        for is_pinned in (True, False)
        if (of_kind := [story for story in of_part if (story.number in pinned) is is_pinned])
    ]


def _public_address(language: str) -> str:
    with translation.override(language):
        return reverse("articles:front_page")
