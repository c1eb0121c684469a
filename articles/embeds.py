"""Videos, sounds and posts of others: cards that load nothing from anybody until a reader asks.

A link card of a text whose link leads to a provider named here is shown as such a card. Without
script it is a link; a click with script puts the provider's own frame in its place, which the
policy of that page allows, and of no other page. Providers that give no frame which can stand
alone stay links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from articles import markup


@dataclass(frozen=True)
class Embed:
    """What a link card shows of one provider; without `frame` it stays a link."""

    provider: str
    shape: str  # "wide" and "tall" videos, "sound", "post", "link": how much room the frame has.
    frame: str = ""
    needs_referrer: bool = False

    @property
    def frame_origin(self) -> str:
        """The host that frames on the page may come from, as the policy names it."""
        parts = urlsplit(self.frame)
        return f"{parts.scheme}://{parts.netloc}"


def embed_of(href: str) -> Embed | None:
    """The card for an address; None where it leads to no provider we know."""
    try:
        address = urlsplit(href)
        host = address.hostname or ""
    except ValueError:
        return None
    if address.scheme not in {"http", "https"}:
        return None
    read = PROVIDERS.get(re.sub(r"^(?:www|m|mobile)\.", "", host))
    return read(address) if read else None


def card(href: str, title: str) -> str:
    """The HTML of a link card that leads to a provider, "" for any other."""
    embed = embed_of(href)
    if embed is None:
        return ""
    context = {"embed": embed, "href": href, "title": title}
    return render_to_string("articles/_embed.html", context)


def frame_origins(*bodies: str) -> set[str]:
    """The hosts whose frames the cards of sanitised texts may show, once a reader asks."""
    links = (href for body in bodies for href in markup.card_addresses(body))
    embeds = (embed_of(href) for href in links)
    return {embed.frame_origin for embed in embeds if embed and embed.frame}


def allowing_frames(response: HttpResponse, origins: Iterable[str]) -> HttpResponse:
    """`response` with a policy that lets frames of these hosts stand on its page."""
    wanted = sorted(origins)
    if not wanted:
        return response

    def answer(_request: HttpRequest) -> HttpResponse:
        return response

    return csp_update({"frame-src": wanted})(answer)(HttpRequest())  # type: ignore[return-value]


def _first(address: SplitResult, name: str) -> str:
    return parse_qs(address.query).get(name, [""])[0]


def _matched(pattern: str, text: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, text, re.ASCII)


def _youtube(address: SplitResult) -> Embed:
    path = re.sub(r"^/(?:embed|live|v)/", "/", address.path)
    is_tall = path.startswith("/shorts/")
    name = _first(address, "v") or path.removeprefix("/shorts").strip("/")
    if not _matched(r"[\w-]{11}", name):
        return Embed("YouTube", "link")
    # YouTube plays nothing for a page that does not name its host.
    frame = f"https://www.youtube-nocookie.com/embed/{name}"
    return Embed("YouTube", "tall" if is_tall else "wide", frame, needs_referrer=True)


def _vimeo(address: SplitResult) -> Embed:
    match = _matched(r"/(?:video/)?([0-9]{1,12})(?:/([0-9a-f]{6,16}))?/?", address.path)
    if match is None:
        return Embed("Vimeo", "link")
    secret = match[2] or _first(address, "h")
    known = f"&h={secret}" if _matched(r"[0-9a-f]{6,16}", secret) else ""
    frame = f"https://player.vimeo.com/video/{match[1]}?dnt=1{known}"
    return Embed("Vimeo", "wide", frame)


def _telegram(address: SplitResult) -> Embed:
    match = _matched(r"/(?:s/)?([A-Za-z]\w{3,31})/([0-9]{1,9})/?", address.path)
    if match is None:
        return Embed("Telegram", "link")
    return Embed("Telegram", "post", f"https://t.me/{match[1]}/{match[2]}?embed=1")


def _tiktok(address: SplitResult) -> Embed:
    match = _matched(r"/@[\w.-]+/video/([0-9]{10,25})/?", address.path)
    if match is None:
        return Embed("TikTok", "link")
    return Embed("TikTok", "tall", f"https://www.tiktok.com/player/v1/{match[1]}")


def _soundcloud(address: SplitResult) -> Embed:
    match = _matched(r"/[\w-]+/(?:sets/)?[\w-]+/?", address.path)
    if match is None:
        return Embed("SoundCloud", "link")
    track = quote(f"https://soundcloud.com{address.path}", safe="")
    return Embed("SoundCloud", "sound", f"https://w.soundcloud.com/player/?url={track}")


def _rutube(address: SplitResult) -> Embed:
    match = _matched(r"/(?:video|play/embed)/([0-9a-f]{32})/?", address.path)
    if match is None:
        return Embed("Rutube", "link")
    return Embed("Rutube", "wide", f"https://rutube.ru/play/embed/{match[1]}")


def _only_a_link(provider: str) -> Callable[[SplitResult], Embed]:
    return lambda _address: Embed(provider, "link")


PROVIDERS: dict[str, Callable[[SplitResult], Embed]] = {
    "youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _youtube,
    "vimeo.com": _vimeo,
    "player.vimeo.com": _vimeo,
    "t.me": _telegram,
    "telegram.me": _telegram,
    "tiktok.com": _tiktok,
    "soundcloud.com": _soundcloud,
    "rutube.ru": _rutube,
    # Their posts are shown by scripts of theirs alone, which would run in our page.
    "x.com": _only_a_link("X"),
    "twitter.com": _only_a_link("X"),
    "instagram.com": _only_a_link("Instagram"),
    "facebook.com": _only_a_link("Facebook"),
    "vk.com": _only_a_link("VK"),
}
