from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

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

    def get_absolute_url(self) -> str:
        return reverse("articles:theme", args=[self.slug])

    def clean(self) -> None:
        """Refuse a second tag of the same name in other capitals: stories could not choose."""
        super().clean()
        if Tag.objects.filter(name__iexact=self.name).exclude(pk=self.pk).exists():
            raise ValidationError({"name": _("There is a tag of this name already. Use that one.")})

    def slugify(self, tag: str, i: int | None = None) -> str:
        slug = slug_of(tag, fallback="theme")
        return slug if i is None else f"{slug}-{i}"

    def merge_into(self, other: "Tag") -> None:
        """Give all of this tag's stories to `other`; the old address leads there from now on.

        Raises ValueError for merging a tag into itself.
        """
        from .article import ArticleTag
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
            self.delete()
