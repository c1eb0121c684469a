from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_save

from newsroom.roles import apply_roles
from newsroom.site_version import watch_public_tables


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        # Django sends post_migrate only for apps with models.
        post_migrate.connect(apply_roles, sender=apps.get_app_config("articles"))
        post_migrate.connect(watch_public_tables, sender=apps.get_app_config("articles"))

        from allauth.usersessions.models import UserSession

        from newsroom.signing_in.sessions import keep_little

        pre_save.connect(keep_little, sender=UserSession)
