"""Addresses: our own in full, those of others without what follows readers between sites."""

import re
from urllib.parse import SplitResult, parse_qs, parse_qsl, urljoin, urlsplit, urlunsplit

from django.conf import settings

MAXIMUM_LENGTH = 2_000
MOST_WRAPPERS = 3  # A link in a mail about a link in a search result.

TRACKER = re.compile(
    r"(?:utm|mtm|matomo|pk|hsa|vero|oly|at|_hs|mc|trk|wt)_\w+"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|li_fat_id|yclid|ysclid"
    r"|_openstat|igshid|igsh|mkt_tok|ref_src|ref_url|xtor|cmpid|s_cid|ncid|_ga|_gl|__twitter_\w+"
    r"|_branch_match_id|_hsenc|_hsmi|hsCtaTracking|srsltid|smid|smtyp|guce_\w+|spm|epik",
    re.IGNORECASE,
)
# Pages that only send on: the end of their host and their path, and where they keep the address.
WRAPPERS = [
    (re.compile(r"(?:^|\.)google\.[a-z.]{2,6}$"), re.compile(r"^/url$"), ("q", "url")),
    (re.compile(r"^lm?\.(?:facebook|instagram)\.com$"), re.compile(r"^/(?:l\.php)?$"), ("u",)),
    (re.compile(r"\.safelinks\.protection\.outlook\.com$"), re.compile(""), ("url",)),
    (re.compile(r"^(?:www\.)?youtube\.com$"), re.compile(r"^/redirect$"), ("q",)),
    (re.compile(r"^(?:www\.)?linkedin\.com$"), re.compile(r"^/redir/redirect$"), ("url",)),
    (re.compile(r"^(?:away\.)?vk\.com$"), re.compile(r"^/away\.php$"), ("to",)),
]


def absolute(path: str) -> str:
    """The full address of a path of this site; one that is full already stays as it is."""
    if path.startswith("/") and not path.startswith("//"):  # Nearly all, many on a page.
        return f"{settings.SITE_URL}{path}"
    return urljoin(f"{settings.SITE_URL}/", path)


def without_trackers(address: str) -> str:
    """`address` as the page itself is called; "" for what a story cannot link to."""
    address = address.strip()
    for _wrapper in range(MOST_WRAPPERS + 1):
        parts = _parts_of(address)
        if parts is None:
            return ""
        inner = _wrapped_in(parts)
        if inner is None:
            return _untracked(address, parts)
        address = inner
    return ""


def _parts_of(address: str) -> SplitResult | None:
    if len(address) > MAXIMUM_LENGTH:
        return None
    try:
        parts = urlsplit(address)
        parts.hostname  # noqa: B018  Raises ValueError for a malformed host.
    except ValueError:
        return None
    is_own = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    is_web = parts.scheme in {"http", "https"} and parts.hostname
    return parts if is_own or is_web or (parts.scheme == "mailto" and parts.path) else None


def _wrapped_in(parts: SplitResult) -> str | None:
    for host, path, names in WRAPPERS:
        if host.search(parts.hostname or "") and path.search(parts.path):
            values = parse_qs(parts.query)
            for name in names:
                if (inner := values.get(name, [""])[0]).startswith(("http://", "https://")):
                    return inner
    return None


def _untracked(address: str, parts: SplitResult) -> str:
    """Without the parameters of trackers; the others keep the letters they were written in."""
    if parts.scheme == "mailto":
        return address
    pairs = [pair for pair in parts.query.split("&") if pair]
    kept = [pair for pair in pairs if not TRACKER.fullmatch(_name_of(pair))]
    fragment = parts.fragment.partition(":~:")[0]
    if TRACKER.match(fragment) or fragment.startswith(("xtor=", "at_")):
        fragment = ""
    if len(kept) == len(pairs) and fragment == parts.fragment:
        return address
    return urlunsplit(parts._replace(query="&".join(kept), fragment=fragment))


def _name_of(pair: str) -> str:
    return next((name for name, _value in parse_qsl(pair, keep_blank_values=True)), "")
