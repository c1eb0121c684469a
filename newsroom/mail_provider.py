"""Where a mail provider tells what became of mails, if the outlet has one."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path


def addresses() -> list[URLPattern | URLResolver]:
    """`/mail-provider/<its name>/tracking/`, of the one provider that is set; else none.

    It is opened by the name and text of ANYMAIL_WEBHOOK_SECRET. What is heeded of what it tells,
    `articles.newsletter.bounces` decides.
    """
    if not settings.MAIL_PROVIDER:
        return []
    from anymail.urls import urlpatterns

    wanted = f"{settings.MAIL_PROVIDER}_tracking_webhook"
    return [path("mail-provider/", include([each for each in urlpatterns if each.name == wanted]))]
