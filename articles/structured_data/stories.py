"""A story: what it is, by whom, when, with which photos, and what it said wrong."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from django.utils.html import strip_tags
from django.utils.text import Truncator

from articles.addresses import absolute
from articles.picture import picture_of

from . import pictures
from .outlet import breadcrumbs, publisher, publisher_by_name, rights_page, website_by_name
from .script import Node, moment, node

if TYPE_CHECKING:
    from articles.furniture import Furniture
    from articles.live import Coverage, Entry
    from articles.models import Author, Correction
    from articles.story import Story

# An interview or a gallery is a news article whose `genre` says what else it is. None is called
# ReportageNewsArticle: only the desk knows whether a report is its own.
TYPES = {
    "analysis": "AnalysisNewsArticle",
    "opinion": "OpinionNewsArticle",
    "explainer": "BackgroundNewsArticle",
    "live": "LiveBlogPosting",
}
LONGEST_TITLE = 110


def story_nodes(site: Furniture, story: Story, coverage: Coverage | None = None) -> list[Node]:
    """The story and the way to it; nothing for one that has no address yet."""
    if not story.url:
        return []
    trail = [(story.headline, story.url)]
    if story.section:
        trail.insert(0, (story.section.name, story.section.get_absolute_url()))
    return [_article(site, story, coverage), breadcrumbs(site.outlet, *trail)]


def _article(site: Furniture, story: Story, coverage: Coverage | None) -> Node:
    address = absolute(story.url)
    rights = rights_page(site)
    is_our_text = not (story.text_credit or story.text_licence or story.text_source_url)
    licence = story.text_licence
    article = node(
        TYPES.get(story.kind, "NewsArticle"),
        **{"@id": f"{address}#story"},
        mainEntityOfPage={"@type": "WebPage", "@id": address},
        url=address,
        headline=story.headline,
        description=story.teaser,
        genre=story.kicker.text if story.kicker and story.kicker.kind == "genre" else "",
        datePublished=moment(story.published_at),
        dateModified=moment(_changed_at(story, coverage)),
        author=_authors(site, story),
        publisher=publisher(site.outlet),
        image=_images(story, rights),
        thumbnailUrl=_thumbnail(story),
        articleSection=story.section.name if story.section else "",
        keywords=[tag.name for tag in story.tags],
        dateline=story.dateline,
        inLanguage=story.language,
        timeRequired=f"PT{story.reading_minutes}M" if story.reading_minutes else "",
        isAccessibleForFree=True,
        isPartOf=website_by_name(site.outlet),
        correction=[_correction(correction) for correction in story.corrections],
        sourceOrganization=node("Organization", name=story.source) if story.source else None,
        creditText=story.text_credit,
        license=(licence.url or licence.code) if licence else "",
        isBasedOn=story.text_source_url,
        usageInfo=rights if is_our_text else "",
        workTranslation=[
            {"@type": "NewsArticle", "@id": f"{there}#story", "url": there, "inLanguage": code}
            for code, there in ((each.language, absolute(each.url)) for each in story.translations)
        ],
    )
    return article | _live(site, story, coverage) if coverage else article


def _changed_at(story: Story, coverage: Coverage | None) -> Any:
    """When readers were last given something new; a change the desk calls minor is none."""
    moments = [story.updated_at or story.published_at]
    if coverage:
        moments += [entry.changed_at for entry in coverage.entries]
    return max(moments)


def _authors(site: Furniture, story: Story) -> list[Node]:
    """Those of the byline; without one whose report it is, or else we for our own text."""
    if story.authors:
        return [_person(author) for author in story.authors]
    if story.source:
        return [node("Organization", name=story.source)]
    return [] if story.text_credit else [publisher_by_name(site.outlet)]


def _person(author: Author) -> Node:
    address = absolute(author.get_absolute_url())
    return node("Person", name=author.name, url=address, jobTitle=author.job_title)


def _images(story: Story, rights: str) -> list[Node]:
    figures = [story.lead] if story.lead else []
    images = (pictures.image(figure, rights) for figure in [*figures, *story.figures])
    return [image for image in images if image]


def _thumbnail(story: Story) -> str:
    picture = picture_of(story.lead.photo, "square") if story.lead else None
    return absolute(picture.url) if picture else ""


def _correction(correction: Correction) -> Node:
    return {
        "@type": "CorrectionComment",
        "name": str(correction.get_kind_display()),
        "text": correction.text,
        "datePublished": moment(correction.made_at),
    }


def _live(site: Furniture, story: Story, coverage: Coverage) -> Node:
    """What live coverage says beside: when it began, and the entries of this page."""
    address = absolute(story.url)
    entries = [_entry(site, entry, address) for entry in coverage.entries]
    said = {"coverageStartTime": moment(story.published_at)}
    return said | {"liveBlogUpdate": entries} if entries else said


def _entry(site: Furniture, entry: Entry, story_address: str) -> Node:
    address = f"{story_address}#entry-{entry.number}"
    title = entry.headline or _beginning_of(entry.body_html)
    return {
        "@type": "BlogPosting",
        "@id": address,
        "url": address,
        "headline": title,
        "datePublished": moment(entry.happened_at),
        "dateModified": moment(max(entry.happened_at, entry.changed_at)),
        "author": publisher_by_name(site.outlet),
    }


def _beginning_of(shown: str) -> str:
    words = " ".join(html.unescape(strip_tags(shown)).split())
    return Truncator(words).chars(LONGEST_TITLE)
