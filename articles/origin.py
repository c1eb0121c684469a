"""Whether a form was sent by a page of ours; what stands in for a token on pages in caches."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent this.

    Every browser of the last years says so of a form; one that says nothing is refused, for a
    form without a token has no other proof.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    hosts = {request.get_host(), urlsplit(settings.SITE_URL).netloc}
    origin = urlsplit(request.headers.get("Origin", ""))
    return origin.scheme in {"http", "https"} and origin.netloc in hosts
