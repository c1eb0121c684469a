from typing import Any

from django.db import models


class Addressed(models.Model):
    """A record with a public address; when its slug changes, the old address leads there."""

    slug: Any

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        from .redirect import Redirect

        before = type(self)._default_manager.filter(pk=self.pk).first() if self.pk else None
        super().save(*args, **kwargs)
        if before is not None and before.slug != self.slug:
            Redirect.objects.keep(self, before.slug)
