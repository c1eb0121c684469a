from django.apps import AppConfig
from django.db.models.signals import post_migrate

from newsroom.roles import apply_roles


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        post_migrate.connect(apply_roles, sender=self)
