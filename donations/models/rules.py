"""What the outlet decides about giving: amounts, limits, texts, how long what is kept."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from donations import money

from .appeal import default_language, language_choices

# Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LARGEST_MINOR = 99_999_999
MAXIMUM_FEE_PERCENT = 50  # Of a fee near a hundred per cent nothing could be left.


class Frequency(models.TextChoices):
    MONTHLY = "monthly", _("Monthly")
    ONCE = "once", _("Once")
    ANNUAL = "annual", _("Yearly")


class ContributionRules(models.Model):
    """The one record of how this outlet asks for money."""

    safety_notice = models.TextField(
        _("notice for readers at risk"),
        blank=True,
        help_text=_(
            "Shown to every reader of the form: where giving is dangerous, and what to do."
        ),
    )
    small_print = models.TextField(_("small print"), blank=True)
    sender_name = models.CharField(
        _("name under which mail is sent"),
        max_length=120,
        blank=True,
        help_text=_("Empty: the name in the setting DEFAULT_FROM_EMAIL."),
    )
    has_neutral_subjects = models.BooleanField(
        _("neutral subjects"),
        default=False,
        help_text=_("Mails say “Your message” instead of what they are about."),
    )
    checkouts_per_address = models.PositiveIntegerField(
        _("checkouts a minute per address"), default=60
    )
    checkouts_overall = models.PositiveIntegerField(_("checkouts a minute overall"), default=300)
    keep_ended_days = models.PositiveIntegerField(
        _("days for which people are known after their last gift"),
        default=730,
        validators=[MaxValueValidator(36_500)],
        help_text=_("Then e-mail, name and message are deleted; the ledger stays, without them."),
    )
    quiet_hours = models.PositiveIntegerField(
        _("hours without a gift that give alarm"),
        default=48,
        validators=[MaxValueValidator(8_784)],
        help_text=_("0: no alarm."),
    )
    failures_for_alarm = models.PositiveIntegerField(
        _("failures in a day that give alarm"),
        default=5,
        help_text=_("Of events, or of payments. 0: no alarm."),
    )

    class Meta:
        verbose_name = _("rules of contributions")
        verbose_name_plural = _("rules of contributions")
        permissions = [("see_alarms", _("Can see alarms about contributions"))]
        constraints = [
            models.CheckConstraint(
                name="contribution_rules_are_one",
                condition=Q(pk=1),
                violation_error_message=_("There is one record of rules; change that one."),
            )
        ]

    def __str__(self) -> str:
        return str(_("rules of contributions"))

    @classmethod
    def load(cls) -> "ContributionRules":
        """The outlet's rules, or the defaults before there are any."""
        return cls.objects.first() or cls(pk=1)

    def words(self) -> "ContributionRules | RulesText":
        """What holds the texts in the language of the page; the rules themselves for the first."""
        language = get_language() or settings.LANGUAGE_CODE
        if language == settings.LANGUAGE_CODE:
            return self
        return self.texts.filter(language=language).first() or self


class RulesText(models.Model):
    """What the form and the mails say in a further language of the site."""

    rules = models.ForeignKey(ContributionRules, models.CASCADE, related_name="texts")
    language = models.CharField(
        _("language"), max_length=10, choices=language_choices, default=default_language
    )
    safety_notice = models.TextField(_("notice for readers at risk"), blank=True)
    small_print = models.TextField(_("small print"), blank=True)
    sender_name = models.CharField(_("name under which mail is sent"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("texts in another language")
        verbose_name_plural = _("texts in other languages")
        constraints = [
            models.UniqueConstraint(
                name="rules_text_of_language_is_one",
                fields=["rules", "language"],
                violation_error_message=_("There are texts in this language already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())


class CurrencyRule(models.Model):
    """A currency gifts are taken in, with its limits; amounts in its smallest unit."""

    currency = models.CharField(_("currency"), max_length=3, primary_key=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    minimum_minor = models.PositiveIntegerField(
        _("smallest gift"), validators=[MinValueValidator(1)]
    )
    maximum_minor = models.PositiveIntegerField(_("largest gift"))
    fee_percent = models.DecimalField(
        _("fee in per cent"),
        max_digits=5,
        decimal_places=2,
        default=0,
        help_text=_("What Stripe takes."),
    )
    fee_fixed_minor = models.PositiveIntegerField(_("fixed fee"), default=0)

    class Meta:
        ordering = ["position", "currency"]
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        constraints = [
            models.CheckConstraint(
                name="currency_minimum_below_maximum",
                condition=Q(minimum_minor__gt=0, minimum_minor__lt=F("maximum_minor")),
                violation_error_message=_("The smallest gift must be smaller than the largest."),
            ),
            models.CheckConstraint(
                name="currency_is_three_capitals",
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                violation_error_message=_("Write the currency in three capitals: EUR."),
            ),
            models.CheckConstraint(
                name="currency_is_counted_in_hundredths_or_whole",
                condition=~Q(currency__in=sorted(money.UNCOUNTED)),
                violation_error_message=_(
                    "Gifts in this currency cannot be taken: Stripe counts it in its own way."
                ),
            ),
            models.CheckConstraint(
                name="currency_fee_leaves_something",
                condition=Q(fee_percent__gte=0, fee_percent__lte=MAXIMUM_FEE_PERCENT),
                violation_error_message=_("Write a fee from 0 to 50 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return self.currency

    @property
    def limits(self) -> dict[str, str]:
        """The smallest and the largest gift, printed."""
        largest_minor = min(self.maximum_minor, LARGEST_MINOR)
        return {
            "smallest": money.printed(self.minimum_minor, self.currency),
            "largest": money.printed(largest_minor, self.currency),
        }

    def check_gift(self, amount_minor: int, total_minor: int) -> None:
        """Raise ValidationError for a gift too small or too large, alone or with its fee."""
        if amount_minor < self.minimum_minor:
            raise ValidationError(gettext("The smallest gift is %(smallest)s.") % self.limits)
        if amount_minor > self.maximum_minor or total_minor > LARGEST_MINOR:
            raise ValidationError(gettext("The largest gift is %(largest)s.") % self.limits)

    def fee_cover_minor(self, amount_minor: int) -> int:
        """What to add to `amount_minor` so that after the fee all of it is left.

        The fee is taken of the total: (amount + fixed) / (1 − percent) − amount, rounded up.
        """
        kept = 10_000 - int(self.fee_percent * 100)
        return -(-(amount_minor + self.fee_fixed_minor) * 10_000 // kept) - amount_minor


class Preset(models.Model):
    """An amount that the form suggests."""

    rule = models.ForeignKey(CurrencyRule, models.CASCADE, related_name="presets")
    frequency = models.CharField(_("frequency"), max_length=7, choices=Frequency)
    amount_minor = models.PositiveIntegerField(_("amount in the smallest unit"))
    is_default = models.BooleanField(_("chosen at first"), default=False)

    class Meta:
        ordering = ["rule", "frequency", "amount_minor"]
        verbose_name = _("suggested amount")
        verbose_name_plural = _("suggested amounts")
        constraints = [
            models.UniqueConstraint(
                name="preset_once",
                fields=["rule", "frequency", "amount_minor"],
                violation_error_message=_("This amount is suggested already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.rule_id}"
