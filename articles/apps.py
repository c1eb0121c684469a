from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Editorial")

    def ready(self) -> None:
        """Listen to what the mail provider tells, where there is one."""
        from anymail.signals import tracking

        from articles.newsletter import bounces

        tracking.connect(bounces.heed, dispatch_uid="articles.newsletter")
