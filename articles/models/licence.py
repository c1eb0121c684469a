from django.db import models
from django.utils.translation import gettext_lazy as _

ATTRIBUTION = "CC BY"  # How the codes of Creative Commons begin that demand creator and source.
OWN_WORK = "Own work"


class Licence(models.Model):
    """The terms under which a photo or a text may be used; the usual ones come with a migration."""

    code = models.CharField(
        _("code"), max_length=40, primary_key=True, help_text=_("As printed: “CC BY-SA 4.0”.")
    )
    name = models.CharField(_("name"), max_length=120)
    version = models.CharField(_("version"), max_length=10, blank=True)
    url = models.URLField(_("address of its text"), blank=True)
    requires_creator = models.BooleanField(_("demands the creator's name"), default=False)
    requires_source = models.BooleanField(_("demands the source's address"), default=False)
    is_printed = models.BooleanField(
        _("printed in the credit line"),
        default=True,
        help_text=_("Off for terms that say nothing to readers, such as an agency contract."),
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("licence")
        verbose_name_plural = _("licences")

    def __str__(self) -> str:
        return self.code

    @property
    def demands_creator(self) -> bool:
        return self.requires_creator or self.code.startswith(ATTRIBUTION)

    @property
    def demands_source(self) -> bool:
        return self.requires_source or self.code.startswith(ATTRIBUTION)
