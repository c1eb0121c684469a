"""What the outlet decides about itself: its name, its rules, its standing pages."""

from functools import partial
from secrets import token_hex
from typing import Any
from uuid import NAMESPACE_URL, uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from articles import icons
from articles.crawlers.indexnow import Engine
from articles.crawlers.robots import check_rules
from articles.markup import sanitise
from articles.storage import delete_after_commit, removed_on_failure

from .copy import body_field, default_language, language_choices
from .in_languages import InLanguages
from .photo import originals


class Outlet(InLanguages):
    """The one record of who publishes this site."""

    SAID = (
        "name",
        "short_name",
        "tagline",
        "description",
        "footer",
        "postal_address",
        "opinion_notice",
    )

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(
        _("short name"),
        max_length=30,
        blank=True,
        help_text=_("Under the icon on a phone, best no more than twelve letters."),
    )
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    description = models.CharField(
        _("description"), max_length=300, blank=True, help_text=_("For search engines.")
    )
    mark = models.FileField(
        _("mark"),
        storage=originals,
        upload_to="outlet/",
        max_length=200,
        blank=True,
        help_text=_(
            "A square picture, PNG or JPEG, 512 pixels a side or more: the icons of the site"
            " are made from it."
        ),
    )
    icons = models.JSONField(default=dict, blank=True, editable=False)  # Files, by their purpose.
    founded_in = models.PositiveSmallIntegerField(
        _("founded in the year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1500), MaxValueValidator(2999)],
        help_text=_("For search engines."),
    )
    email = models.EmailField(_("public e-mail address"), blank=True)
    footer = models.CharField(_("line at the foot of each page"), max_length=300, blank=True)
    postal_address = models.TextField(
        _("postal address"),
        max_length=300,
        blank=True,
        help_text=_("Stands at the foot of each newsletter; in many countries the law wants it."),
    )
    newsletter_email = models.EmailField(
        _("sender of the newsletter"),
        blank=True,
        help_text=_("An address your mail server may send from. When empty: that of all mail."),
    )
    newsletter_per_minute = models.PositiveIntegerField(
        _("newsletters sent in a minute, at most"),
        default=600,
        validators=[MinValueValidator(1), MaxValueValidator(60_000)],
        help_text=_("What your mail server bears. Mailboxes distrust who sends very many at once."),
    )
    opinion_notice = models.CharField(
        _("line under opinions"),
        max_length=300,
        blank=True,
        help_text=_("Whose views they are. When empty, a sentence in the language of the story."),
    )
    old_after_months = models.PositiveSmallIntegerField(
        _("months after which a story is called old"),
        default=12,
        help_text=_("Its page then says how old it is. 0 for never."),
    )
    needs_second_person = models.BooleanField(
        _("nobody publishes their own story alone"),
        default=False,
        help_text=_("Somebody else must have approved the text as it stands."),
    )
    needs_second_factor = models.BooleanField(
        _("whoever signs in to the desk needs a second factor"),
        default=True,
        help_text=_("An app with codes, or a passkey."),
    )

    refuses_training = models.BooleanField(
        _("refuse crawlers that train AI models"),
        default=False,
        help_text=_(
            "robots.txt asks those whose makers say they honour it. Nothing forces anybody to."
        ),
    )
    robots_rules = models.TextField(
        _("more rules for crawlers"),
        max_length=5_000,
        blank=True,
        validators=[check_rules],
        help_text=_("Lines of robots.txt: “User-agent: Name”, below it “Disallow: /address”."),
    )
    indexnow_engines = ArrayField(
        models.CharField(max_length=10, choices=Engine),
        verbose_name=_("search engines told of changes at once"),
        default=list,
        blank=True,
        help_text=_(
            "By IndexNow: when a story is published, updated or withdrawn, the company learns its"
            " address, nothing about readers or staff. Engines that take part pass on to each"
            " other what they are told, so that one of them is as good as all. Leave all empty if"
            " none of these companies is to learn at once what you publish."
        ),
    )
    namespace = models.UUIDField(default=uuid4, editable=False)  # Of the names used in feeds.

    class Meta:
        verbose_name = _("outlet")
        verbose_name_plural = _("outlet")
        constraints = [
            models.CheckConstraint(
                name="outlet_is_one",
                condition=models.Q(pk=1),
                violation_error_message=_("There is one outlet; change that one."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a new mark of which no icons can be made; raises ValidationError for it."""
        if self._has_new_mark:
            try:
                icons.read(self.mark)
            except ValidationError as refusal:
                raise ValidationError({"mark": refusal.messages}) from None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new mark, and make the icons from it; without a mark there are none.

        Raises ValidationError for a mark that `clean` would have refused. If it fails, no file
        stays behind.
        """
        upload = self.mark.file if self._has_new_mark else None
        made = list(icons.icons_of(icons.read(upload))) if upload else []
        try:
            with removed_on_failure() as written, transaction.atomic():
                before = Outlet.objects.select_for_update().filter(pk=self.pk).first()
                if upload:
                    # The name it came with may say more than its sender wants known.
                    self.mark.save(f"{token_hex(12)}.image", upload, save=False)
                    written.append((self.mark.storage, str(self.mark.name)))
                    self.icons = _stored(made, written)
                elif not self.mark:
                    self.icons = {}
                super().save(*args, **kwargs)
                if before is not None:
                    before.forget_files_but(self)
        except BaseException:
            if upload:
                self.mark = upload  # Not stored after all; a second attempt may succeed.
            raise

    @property
    def _has_new_mark(self) -> bool:
        return bool(self.mark) and not self.mark._committed  # type: ignore[attr-defined]

    def forget_files_but(self, other: "Outlet") -> None:
        """Delete, once that is certain, the files of this record which `other` does not name."""
        if self.mark.name != other.mark.name:
            delete_after_commit(self.mark)
        for name in set(self.icons.values()) - set(other.icons.values()):
            transaction.on_commit(partial(default_storage.delete, name), robust=True)

    def icon(self, purpose: str) -> str:
        """Where the icon for this purpose is found; "" without a mark. `icons.SIZES` has them."""
        name = self.icons.get(purpose, "")
        return default_storage.url(name) if name else ""

    @classmethod
    def load(cls) -> "Outlet":
        """The outlet's record, or the unnamed one before there is any."""
        return cls.objects.first() or cls.unnamed()

    @classmethod
    def unnamed(cls) -> "Outlet":
        """What stands in while there is no record, or no database to ask for it."""
        return cls(pk=1, name="Newsroom", namespace=NAMESPACE_URL)


def _stored(made: list[icons.Icon], written: list[tuple[Storage, str]]) -> dict[str, str]:
    """The names under which icons are stored, by their purpose."""
    for icon in made:
        if not default_storage.exists(icon.name):  # The name says the content.
            default_storage.save(icon.name, ContentFile(icon.content))
            written.append((default_storage, icon.name))
    return {icon.purpose: icon.name for icon in made}


class Page(models.Model):
    """A standing page: about, ethics, privacy."""

    class Tells(models.TextChoices):
        """What readers and search engines look for; the values are words of schema.org."""

        MISSION = "missionCoveragePrioritiesPolicy", _("what we report on, and why")
        ETHICS = "ethicsPolicy", _("our rules of ethics")
        CORRECTIONS = "correctionsPolicy", _("how we correct errors")
        VERIFICATION = "verificationFactCheckingPolicy", _("how we check facts")
        SOURCES = "unnamedSourcesPolicy", _("when we leave sources unnamed")
        OWNERS = "ownershipFundingInfo", _("who owns and pays us")
        PEOPLE = "masthead", _("who works here")
        FEEDBACK = "actionableFeedbackPolicy", _("how to reach us")
        DIVERSITY = "diversityPolicy", _("how we see to diversity")
        RIGHTS = "usageInfo", _("how others may use our texts and pictures")

    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("address"), max_length=60)
    language = models.CharField(
        _("language"), max_length=10, choices=language_choices, default=default_language
    )
    body = body_field(figures=False)
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("Low numbers come first at the foot of the site.")
    )
    tells = models.CharField(
        _("what it tells"),
        max_length=40,
        choices=Tells,
        blank=True,
        help_text=_("Search engines are told where to find it."),
    )
    is_public = models.BooleanField(_("public"), default=False)

    class Meta:
        ordering = ["position", "title"]
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [
            models.UniqueConstraint(
                name="page_address_is_unique",
                fields=["language", "slug"],
                violation_error_message=_("There is a page with this address already."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body = sanitise(self.body, figures=False)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        with translation.override(self.language):
            return reverse("articles:page", args=[self.slug])
