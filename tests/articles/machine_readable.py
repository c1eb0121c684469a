"""What machines are told, as a test reads it, and what they must be told of each thing."""

import json
import re

from django.http import HttpResponse

from tests.reading import read

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)

STORY = {
    *("@id", "mainEntityOfPage", "url", "headline", "description", "datePublished"),
    *("dateModified", "author", "publisher", "articleSection", "inLanguage"),
    *("isAccessibleForFree", "isPartOf"),
}
PAGE = {"@id", "url", "name", "inLanguage", "isPartOf"}
# Properties each node must have; those of a picture, a correction or a translation wherever
# there is one.
REQUIRED = {
    "NewsArticle": STORY,
    "OpinionNewsArticle": STORY,
    "AnalysisNewsArticle": STORY,
    "BackgroundNewsArticle": STORY,
    "LiveBlogPosting": STORY | {"coverageStartTime", "liveBlogUpdate"},
    "BlogPosting": {"headline", "url", "datePublished", "dateModified", "author"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "NewsMediaOrganization": {"@id", "name", "url"},
    "Organization": {"name"},
    "Person": {"name"},
    "WebSite": {"@id", "name", "url"},
    "WebPage": {"@id"},
    "CollectionPage": PAGE,
    "ProfilePage": PAGE | {"mainEntity"},
    "CorrectionComment": {"text", "datePublished"},
    "ImageObject": {"url", "width", "height"},
}
# What the page prints under a photo.
PRINTED_PHOTO = {
    *("contentUrl", "caption", "creator", "creditText", "copyrightNotice", "license"),
    "acquireLicensePage",
}
WORD = r"[A-Z][A-Za-z]+"


def graph_of(response: HttpResponse) -> list[dict]:
    """The nodes of the page's one block of JSON-LD; none without it."""
    blocks = SCRIPT.findall(response.content.decode())
    assert len(blocks) <= 1
    if not blocks:
        return []
    said = json.loads(blocks[0])
    assert said["@context"] == "https://schema.org"
    return said["@graph"]


def node_of(response: HttpResponse, *types: str) -> dict:
    """The one node of one of these types among those of the page."""
    [node] = [node for node in graph_of(response) if node["@type"] in types]
    return node


def story_of(response: HttpResponse) -> dict:
    stories = [name for name in REQUIRED if name.endswith(("NewsArticle", "LiveBlogPosting"))]
    return node_of(response, *stories)


def faults_of(said: object, where: str = "") -> list[str]:
    """What nodes lack that they must have, empty values, and addresses that are not whole."""
    if isinstance(said, list):
        return [fault for each in said for fault in faults_of(each, where)]
    if not isinstance(said, dict):
        return []
    name = said.get("@type", "")
    is_known = name in REQUIRED or (set(said) == {"@id"})
    faults = [] if is_known else [f"{where}: {name!r} is no type of ours"]
    is_translation = where == "workTranslation"
    required = {"@id", "url", "inLanguage"} if is_translation else REQUIRED.get(name, set())
    faults += [f"{where} {name} lacks {each}" for each in sorted(required - set(said))]
    for key, value in said.items():
        if value in ("", None, [], {}):
            faults.append(f"{where} {name}: {key} says nothing")
        is_address = key in {"@id", "url", "item", "contentUrl", "thumbnailUrl"}
        if is_address and not re.match(r"https?://[^/]+/", str(value)):
            faults.append(f"{where} {name}: {key} is not a whole address: {value}")
        faults += faults_of(value, key)
    return faults


def shared_by(response: HttpResponse) -> dict[str, list[str]]:
    """What the meta elements of a page say, by property or name."""
    said: dict[str, list[str]] = {}
    for meta in read(response).all("meta"):
        name = meta.get("property") or meta.get("name")
        if name:
            said.setdefault(name, []).append(meta["content"] or "")
    return said


def alternates_of(response: HttpResponse) -> dict[str, str]:
    """The addresses of a page by the languages its links name."""
    links = [link for link in read(response).all("link") if "hreflang" in link]
    assert len(links) == len({link["hreflang"] for link in links})
    return {link["hreflang"]: link["href"] for link in links}
