"""What both sides of an article have in common: every field of its text."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from taggit.models import ItemBase

from articles.kicker import Kicker, kicker_of
from articles.markup import MAXIMUM_LENGTH, excerpt, sanitise
from articles.typography import typing_rules

from .tag import Tag


class Kind(models.TextChoices):
    NEWS = "news", _("News")
    ANALYSIS = "analysis", _("News Analysis")
    OPINION = "opinion", _("Opinion")
    FEATURE = "feature", _("Feature")
    EXPLAINER = "explainer", _("Explainer")
    INTERVIEW = "interview", _("Interview")
    GALLERY = "gallery", _("Gallery")
    LIVE = "live", _("Live")


def language_choices() -> list[tuple[str, str]]:
    return list(settings.LANGUAGES)


def default_language() -> str:
    return settings.LANGUAGE_CODE


# Buttons all, for the drop-downs of the editor cannot be reached by keyboard.
EDITOR_MENU = [
    {"group": "marks"},
    {"group": "link"},
    {"group": "blockType -lists"},
    {"group": "lists"},
    {"group": "nodes -blockType -lists"},
    {"group": "history"},
    {"group": "utility"},
]


def body_field(*, figures: bool) -> ProseEditorField:
    """A field of formatted text; `sanitise` decides again on the server what stays."""
    extensions: dict[str, Any] = {
        "Bold": True,
        "Italic": True,
        "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
        "Heading": {"levels": [2, 3]},
        "BulletList": True,
        "OrderedList": True,
        "ListItem": True,
        "Blockquote": True,
        "HardBreak": True,
        "BlockStyles": {"forStories": figures},
        "CleanPaste": True,
        "StoryLinks": True,
        "TypographicSigns": {"rules": typing_rules()},
        "Fullscreen": True,
        "Menu": {"groups": EDITOR_MENU},
    }
    if figures:
        extensions |= {"PhotoFigure": True, "PhotoDrop": True}
    return ProseEditorField(
        _("text"),
        blank=True,
        max_length=MAXIMUM_LENGTH,
        extensions=extensions,
        sanitize=lambda text: sanitise(text, figures=figures),
    )


class Copy(models.Model):
    """The text of a story and all that is printed with it."""

    bylines: Any  # Each side has its own, by the same name.

    headline = models.CharField(_("headline"), max_length=200, blank=True)
    source = models.CharField(
        _("source"),
        max_length=80,
        blank=True,
        help_text=_("Whose report this is: “WSJ” is printed as “ – WSJ” after the headline."),
    )
    slug = models.SlugField(
        _("address"), max_length=100, blank=True, help_text=_("Made from the headline when empty.")
    )
    kicker = models.CharField(
        _("theme label"), max_length=60, blank=True, help_text=_("Printed as typed above teasers.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NEWS)
    section = models.ForeignKey(
        "articles.Section",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("section"),
    )
    standfirst = models.TextField(_("standfirst"), max_length=600, blank=True)
    teaser = models.TextField(
        _("teaser"),
        max_length=400,
        blank=True,
        help_text=_("For cards. When empty: the standfirst, or else the first paragraph."),
    )
    dateline = models.CharField(_("dateline"), max_length=80, blank=True)
    body = body_field(figures=True)
    lead_photo = models.ForeignKey(
        "articles.Photo",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead photo"),
    )
    lead_caption = models.TextField(
        _("caption here"), max_length=600, blank=True, help_text=_("When empty: the photo's own.")
    )
    lead_alt = models.CharField(
        _("alt text here"), max_length=300, blank=True, help_text=_("When empty: the photo's own.")
    )
    without_byline = models.BooleanField(
        _("no byline"), default=False, help_text=_("Say so when nobody's name is to stand here.")
    )
    language = models.CharField(
        _("language"), max_length=10, choices=language_choices, default=default_language
    )
    translation_key = models.UUIDField(
        _("translation key"),
        default=uuid.uuid4,
        db_index=True,
        help_text=_("Stories with the same key are translations of each other."),
    )
    text_licence = models.ForeignKey(
        "articles.Licence",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("licence of the text"),
    )
    text_credit = models.TextField(_("credit of the text"), max_length=600, blank=True)
    text_source_url = models.URLField(_("address of the original"), max_length=500, blank=True)
    hide_asks = models.BooleanField(_("hide calls to action"), default=False)
    exclude_from_related = models.BooleanField(_("leave out of related reads"), default=False)
    is_sensitive = models.BooleanField(
        _("sensitive"), default=False, help_text=_("Readers are warned before the text begins.")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.headline or str(_("(no headline yet)"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body = sanitise(self.body, figures=True)
        super().save(*args, **kwargs)

    @cached_property
    def signed(self) -> list["BylineBase"]:
        """Its bylines with their authors; `with_authors()` loads those of many at once."""
        return list(self.bylines.select_related("author"))

    @property
    def kicker_line(self) -> Kicker | None:
        return kicker_of(self)

    @property
    def teaser_text(self) -> str:
        return self.teaser or self.standfirst or excerpt(self.body)


def copy_fields() -> list[models.Field]:
    """The fields that an article and its publication share."""
    return list(Copy._meta.local_fields)


class BylineBase(models.Model):
    author = models.ForeignKey(
        "articles.Author", models.PROTECT, related_name="%(class)ss", verbose_name=_("author")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.author.name


class PickBase(models.Model):
    """A story picked by its number; it shows once that number is visible."""

    picked = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="+", verbose_name=_("story")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.picked_id)


class TagLinkBase(ItemBase):
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="%(class)ss", verbose_name=_("tag"))

    class Meta:
        abstract = True
        ordering = ["pk"]
