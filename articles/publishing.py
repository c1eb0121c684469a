"""What a story must have before readers may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from articles.markup import photo_ids

if TYPE_CHECKING:
    from articles.models import Article, Photo

Problems = dict[str, list[str]]


def problems_of(article: Article, *, has_byline: bool | None = None) -> Problems:
    """What blocks publishing, as sentences with their remedy, by name of the field.

    Empty when nothing does. `bylines` is the key for the list of authors; `has_byline` says
    whether there is one where bylines are typed and not saved yet.
    """
    problems: Problems = {}

    def add(field: str, sentence: str) -> None:
        problems.setdefault(field, []).append(sentence)

    if not article.headline.strip():
        add("headline", _("Headline: write one."))
    if article.section_id is None:
        add("section", _("Section: choose the one the story stands in."))
    if has_byline is None:
        has_byline = article.bylines.exists()
    if article.kind == "opinion" and not has_byline:
        add("bylines", _("Byline: an opinion piece needs its author. Add one."))
    elif not has_byline and not article.without_byline:
        add("bylines", _("Byline: add an author, or tick “no byline”."))
    if article.lead_photo is not None:
        if not (article.lead_alt.strip() or article.lead_photo.alt.strip()):
            add("lead_alt", _("Alt text: say what the lead photo shows."))
        for sentence in photo_problems(article.lead_photo):
            add("lead_photo", sentence)
    for sentence in problems_of_photos(article.body):
        add("body", sentence)
    return problems


def photo_problems(photo: Photo) -> list[str]:
    """What keeps one photo from being printed."""
    about = {"number": photo.pk}
    problems = []
    if not photo.creator.strip() and not photo.agency.strip():
        problems.append(_("Photo %(number)s has no credit: fill in its creator or agency.") % about)
    elif photo.licence and photo.licence.demands_creator and not photo.creator.strip():
        problems.append(
            _("Photo %(number)s has no creator, whom its licence wants named: fill it in.") % about
        )
    if photo.licence is None:
        problems.append(_("Photo %(number)s has no licence: choose one for it.") % about)
    elif photo.licence.demands_source and not photo.source_url:
        problems.append(
            _("Photo %(number)s has no source, which its licence demands: fill it in.") % about
        )
    if not photo.is_usable:
        problems.append(
            _(
                "The rights to photo %(number)s are not in force today:"
                " choose another photo, or correct when it may be used."
            )
            % about
        )
    return problems


def problems_of_photos(body: str) -> list[str]:
    """What keeps the photos of a sanitised text from being printed."""
    from articles.models import Photo

    wanted = photo_ids(body)
    found = Photo.objects.select_related("licence").in_bulk(wanted)
    problems = []
    for number in wanted:
        about = {"number": number}
        photo = found.get(number)
        if photo is None:
            problems.append(
                _("Photo %(number)s in the text is not in the library: take it out.") % about
            )
            continue
        if not photo.alt.strip():
            problems.append(_("Photo %(number)s in the text: give it an alt text.") % about)
        problems += photo_problems(photo)
    return problems
