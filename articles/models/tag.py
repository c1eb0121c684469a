from collections.abc import Iterable

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

from articles.finding import NAME_WORDS
from articles.slugs import slug_of

from .addressed import Addressed


class Tag(Addressed, TagBase):
    """A theme stories share: a place, a person, an organisation or a topic."""

    class Kind(models.TextChoices):
        TOPIC = "topic", _("topic")
        PLACE = "place", _("place")
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.TOPIC)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        indexes = [GinIndex(NAME_WORDS, name="tag_name_words", fastupdate=False)]

    def get_absolute_url(self) -> str:
        return reverse("articles:theme", args=[self.slug])

    def clean(self) -> None:
        """Refuse a second tag of the same name in other capitals: stories could not choose."""
        super().clean()
        if Tag.objects.filter(name__iexact=self.name).exclude(pk=self.pk).exists():
            raise ValidationError({"name": _("There is a tag of this name already. Use that one.")})
        alias = TagAlias.objects.filter(name__iexact=self.name).select_related("tag").first()
        if alias is not None:
            sentence = _("This is another name of “%(tag)s”. Take it off there first.")
            raise ValidationError({"name": sentence % {"tag": alias.tag.name}})

    def slugify(self, tag: str, i: int | None = None) -> str:
        slug = slug_of(tag, fallback="theme")
        return slug if i is None else f"{slug}-{i}"

    def merge_into(self, other: "Tag") -> None:
        """Give this tag's stories to `other`, and let its address and its names mean that one.

        Raises ValueError for merging a tag into itself.
        """
        from .article_links import ArticleTag
        from .publication import PublicationTag
        from .redirect import Redirect

        if other.pk == self.pk:
            raise ValueError("A tag cannot be merged into itself.")
        with transaction.atomic():
            for link in (ArticleTag, PublicationTag):
                both = link.objects.filter(tag=other).values_list("content_object", flat=True)
                link.objects.filter(tag=self, content_object__in=both).delete()
                link.objects.filter(tag=self).update(tag=other)
            Redirect.objects.filter(tag=self).update(tag=other)
            Redirect.objects.keep(other, self.slug)
            self.aliases.update(tag=other)
            self.delete()
            if self.name.lower() != other.name.lower():
                TagAlias.objects.get_or_create(name=self.name, defaults={"tag": other})


class TagAliasQuerySet(models.QuerySet["TagAlias"]):
    def meant_by(self, names: Iterable[str]) -> dict[str, Tag]:
        """The tags that some of `names` are other names of, by name in small letters."""
        wanted = [name.lower() for name in names]
        if not wanted:
            return {}
        found = self.alias(lower=Lower("name")).filter(lower__in=wanted).select_related("tag")
        return {alias.name.lower(): alias.tag for alias in found}


class TagAlias(models.Model):
    """Another name for a tag: whoever types it means that tag."""

    name = models.CharField(_("other name"), max_length=100)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aliases", verbose_name=_("tag"))

    objects = TagAliasQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="tag_alias_once",
                violation_error_message=_("This name stands for a tag already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse the name of a tag: whoever types it would mean two."""
        super().clean()
        own = getattr(self, "tag", None)
        if own is not None and self.name.lower() == own.name.lower():
            raise ValidationError({"name": _("This is the name of the tag itself. Write another.")})
        if Tag.objects.filter(name__iexact=self.name).exclude(pk=self.tag_id).exists():
            raise ValidationError(
                {"name": _("There is a tag of this name. Merge it into this one instead.")}
            )
