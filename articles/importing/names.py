"""Sections, authors and tags by their names."""

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from articles.models import Author, Section, Tag, TagAlias
from articles.models.section import reserved_slugs
from articles.slugs import SLUG_LENGTH, slug_of

FALLBACKS = {Author: "author", Section: "section", Tag: "theme"}  # For names such as "…".

Model = TypeVar("Model", Author, Section, Tag)


class Named(NamedTuple):
    number: int
    name: str


def find_or_make(model: type[Model], names: Iterable[str]) -> dict[str, Named]:
    """The records of these names, by name in small letters; those that are missing are made.

    Capitals make no difference; of two records of one name the older counts. Another name of a
    tag means that tag. A record that somebody else makes at the same moment is found in the next
    round.
    """
    wanted = {name.casefold(): name for name in names}
    longest = model.slug.field.max_length or SLUG_LENGTH
    other_names = TagAlias.objects.meant_by(wanted.values()) if model is Tag else {}
    aliases = {name.casefold(): Named(tag.pk, tag.name) for name, tag in other_names.items()}
    while True:
        known = dict(aliases)
        slugs = reserved_slugs() if model is Section else set()
        rows = model._default_manager.order_by("-pk").values_list("pk", "name", "slug")
        for number, name, slug in rows:
            known[name.casefold()] = Named(number, name)
            slugs.add(slug)
        missing = [name for key, name in wanted.items() if key not in known]
        if not missing:
            return {key: known[key] for key in wanted}
        made = []
        for name in missing:
            slug = free_slug(slug_of(name, FALLBACKS[model]), slugs, longest)
            slugs.add(slug)
            made.append(model(name=name, slug=slug))
        model._default_manager.bulk_create(made, ignore_conflicts=True)


def free_slug(slug: str, taken: set[str], longest: int) -> str:
    """`slug`, cut to `longest` characters and numbered where it is taken: "water-2"."""
    candidate, count = slug[:longest].rstrip("-"), 1
    while candidate in taken:
        count += 1
        ending = f"-{count}"
        candidate = slug[: longest - len(ending)].rstrip("-") + ending
    return candidate
