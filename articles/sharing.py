"""Links by which readers pass a story on: plain ones, that tell nobody of who only read it."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class ShareLink:
    name: str
    address: str


def share_links(headline: str, address: str) -> list[ShareLink]:
    """By mail and by way of services, each of which is asked only once somebody follows it."""

    def to(where: str, **said: str) -> str:
        return f"{where}?{urlencode(said, quote_via=quote)}"

    return [
        ShareLink(_("E-mail"), to("mailto:", subject=headline, body=f"{headline}\n{address}")),
        ShareLink("Telegram", to("https://t.me/share/url", url=address, text=headline)),
        ShareLink("WhatsApp", to("https://wa.me/", text=f"{headline} {address}")),
        ShareLink("X", to("https://x.com/intent/post", text=headline, url=address)),
        ShareLink("Facebook", to("https://www.facebook.com/sharer/sharer.php", u=address)),
    ]
