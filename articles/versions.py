"""A version of a story, read back from the history or from a form: what is there of it today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from articles import markup

if TYPE_CHECKING:
    from articles.models import Article, Author, Photo, Tag

Snapshot = dict[str, Any]


@dataclass
class Version:
    """The text of a story with the records it names; `missing` says what is there no longer."""

    fields: dict[str, Any]
    authors: list[Author] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    picks: list[int] = field(default_factory=list)
    photos: dict[int, Photo] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def put_into(self, article: Article) -> None:
        """Set the fields of `article`; saves nothing."""
        for name, value in self.fields.items():
            setattr(article, name, value)

    def write_to(self, article: Article) -> None:
        """Save `article` with this text, its bylines, tags and picks; nothing public changes."""
        self.put_into(article)
        article.save()
        article.bylines.all().delete()
        for position, author in enumerate(self.authors, start=1):
            article.bylines.create(author=author, position=position)
        article.picks.all().delete()
        for position, number in enumerate(self.picks, start=1):
            article.picks.create(picked_id=number, position=position)
        article.tags.set(self.tags, clear=True)


def read_back(snapshot: Snapshot, article: Article) -> Version:
    """What `snapshot` says of `article`, with the records there are; seven queries at most.

    A section that is gone, and a value that is none any more, stay as `article` has them; gone
    photos, authors, tags and stories are left out.
    """
    from articles.models.copy import copy_fields

    version = Version(fields={})
    told = snapshot.get("fields", {})
    for name in [common.name for common in copy_fields() if common.name in told]:
        each: Any = type(article)._meta.get_field(name)  # That of the base names no models.
        if name == "lead_photo":
            continue  # With those of the text.
        if isinstance(each, models.ForeignKey):
            _read_record(version, each, told[each.name])
        else:
            _read_value(version, each, told[each.name], article)
    _read_photos(version, told.get("lead_photo"))
    _read_authors(version, snapshot.get("bylines", []))
    _read_tags(version, snapshot.get("tags", []))
    _read_picks(version, snapshot.get("picks", []), article)
    return version


def _read_value(version: Version, each: Any, value: Any, article: Article) -> None:
    try:
        version.fields[each.name] = each.clean(value, article)
    except ValidationError:
        version.missing.append(
            _("%(field)s: “%(value)s” cannot be any more. It stays as it is.")
            % {"field": _label(each), "value": str(value)[:60]}
        )


def _read_record(version: Version, each: Any, key: Any) -> None:
    if key is None:
        version.fields[each.name] = None
        return
    try:
        found = each.related_model._default_manager.filter(pk=key).first()
    except (TypeError, ValueError):
        found = None
    about = {"field": _label(each), "number": key}
    if found is None and each.name == "section":
        sentence = _("%(field)s no. %(number)s is there no longer. The present one stays.")
    else:
        version.fields[each.name] = found
        sentence = _("%(field)s no. %(number)s is there no longer. It is left out.")
    if found is None:
        version.missing.append(sentence % about)


def _read_photos(version: Version, lead: Any) -> None:
    from articles.models import Photo

    body = version.fields.get("body", "")
    in_body = markup.photo_ids(body)
    wanted = [*in_body, lead] if isinstance(lead, int) else in_body
    there = Photo.objects.select_related("licence").in_bulk(wanted) if wanted else {}
    version.photos = there
    version.fields["lead_photo"] = there.get(lead)
    if lead is not None and lead not in there:
        version.missing.append(
            _("Lead photo no. %(number)s is there no longer. It is left out.") % {"number": lead}
        )
    version.missing += [
        _("Photo no. %(number)s of the text is there no longer. It is left out.")
        % {"number": number}
        for number in in_body
        if number not in there
    ]
    if not there.keys() >= set(in_body):
        version.fields["body"] = markup.CANONICAL_FIGURE.sub(
            lambda match: match[0] if int(match[1]) in there else "", body
        )


def _read_authors(version: Version, numbers: Iterable[int]) -> None:
    from articles.models import Author

    wanted = list(dict.fromkeys(numbers))
    authors = Author.objects.select_related("photo__licence")
    there = authors.in_bulk(wanted) if wanted else {}
    version.authors = [there[number] for number in wanted if number in there]
    version.missing += [
        _("Author no. %(number)s is there no longer. The byline is left out.") % {"number": number}
        for number in wanted
        if number not in there
    ]


def _read_tags(version: Version, names: Iterable[str]) -> None:
    """The tags of these names; those that were merged meanwhile by what they are called now."""
    from articles.models import Tag, TagAlias

    wanted = list(dict.fromkeys(names))
    there = {tag.name: tag for tag in Tag.objects.filter(name__in=wanted)} if wanted else {}
    gone = [name for name in wanted if name not in there]
    for alias in TagAlias.objects.filter(name__in=gone).select_related("tag") if gone else []:
        there[alias.name] = alias.tag
    version.tags = list(dict.fromkeys(there[name] for name in wanted if name in there))
    version.missing += [
        _("The tag “%(name)s” is there no longer. It is left out.") % {"name": name}
        for name in wanted
        if name not in there
    ]


def _read_picks(version: Version, numbers: Iterable[int], article: Article) -> None:
    wanted = [number for number in dict.fromkeys(numbers) if number != article.pk]
    found = (
        type(article).objects.filter(pk__in=wanted).values_list("pk", flat=True) if wanted else ()
    )
    there = set(found)
    version.picks = [number for number in wanted if number in there]
    version.missing += [
        _("Story no. %(number)s among the related reads is there no longer. It is left out.")
        % {"number": number}
        for number in wanted
        if number not in there
    ]


def _label(each: Any) -> str:
    label = str(each.verbose_name)
    return label[:1].upper() + label[1:]
