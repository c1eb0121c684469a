"""The content of the demo: an invented outlet, its stories and its pictures.

It goes in by the models, as a desk would enter it, and once: the outlet's record is written
last and says that all is there. What a start that was killed left undone, the next one does.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape
from tqdm import tqdm

from articles.models import (
    Article,
    Author,
    FrontPageSlot,
    NewsletterIssue,
    Outlet,
    Page,
    Photo,
    Publication,
    Section,
    Tag,
)
from donations.models import Appeal, ContributionRules, CurrencyRule, Preset, RulesText

T = TypeVar("T")

FOLDER = Path(__file__).parent / "sample"
FIGURE = re.compile(r'data-photo="([^"]+)"')
STORY_LINK = re.compile(r'href="story:([^"]+)"')

# Name, password and groups of those who can sign in; no group means administrator.
LOGINS = [
    ("reporter", "newsroom-reporter", ["Reporter"]),
    ("editor", "newsroom-editor", ["Editor"]),
    ("administrator", "newsroom-administrator", []),
]


def is_loaded() -> bool:
    return Outlet.objects.exists()


def load() -> None:
    """Put in what is not there yet; nothing when all of it has been in once."""
    if is_loaded():
        return
    site = tomllib.loads((FOLDER / "site.toml").read_text())
    offered = dict(settings.LANGUAGES)
    stories = [_read_story(path) for path in sorted(FOLDER.glob("stories/*.html"))]
    stories = [story for story in stories if story["language"] in offered]
    stories.sort(key=lambda story: story["hours_ago"], reverse=True)

    _add_users()
    photos = _add_photos()
    _add_furniture(site, photos)
    _add_giving()
    if "ru" in offered:
        _add_russian(site, photos)
    articles = {
        story["slug"]: _add_article(story, photos) for story in _progress(stories, "Stories")
    }
    now = timezone.now()
    published_at = {story["slug"]: now - timedelta(hours=story["hours_ago"]) for story in stories}
    for story in _progress(stories, "Publishing"):
        _publish(story, photos, articles, published_at)
    _lay_on_the_desk(photos)
    with transaction.atomic():
        for position, slug in enumerate(site["front"]["slots"], start=1):
            FrontPageSlot.objects.create(picked=articles[slug], position=position)
        mark = ContentFile((FOLDER / "mark.png").read_bytes(), "mark.png")
        _add_newsletter(site["newsletter"], [articles[slug] for slug in site["front"]["slots"]])
        Outlet.objects.create(pk=1, mark=mark, **site["outlet"])


def _add_newsletter(values: dict[str, Any], stories: Iterable[Article]) -> None:
    """An issue that can be looked at, tried out and sent; who subscribes in the demo gets it."""
    issue = NewsletterIssue.objects.create(**values | {"intro": values["intro"].strip()})
    for position, article in enumerate(stories, start=1):
        issue.stories.create(picked=article, position=position)


def _progress(items: Iterable[T], what: str) -> Iterable[T]:
    return tqdm(items, desc=f"{what:<10}", bar_format="{desc} {bar:30} {n_fmt}/{total_fmt}")


def _read_story(path: Path) -> dict[str, Any]:
    """The lines between two +++ are TOML, what follows them is the text."""
    _nothing, front_matter, body = path.read_text().split("+++\n", 2)
    return tomllib.loads(front_matter) | {"body": body}


def _add_users() -> None:
    for name, password, groups in LOGINS:
        if User.objects.filter(username=name).exists():
            continue
        with transaction.atomic():
            user = User.objects.create_user(
                name, password=password, is_staff=True, is_superuser=not groups
            )
            user.groups.set(Group.objects.filter(name__in=groups))


def _add_photos() -> dict[str, Photo]:
    """The photos of the library by the keys that stories use."""
    photos = {}
    records = tomllib.loads((FOLDER / "pictures.toml").read_text())
    for key, record in _progress(records.items(), "Pictures"):
        picture = (FOLDER / "pictures" / f"{key}.jpg").read_bytes()
        photo = Photo.objects.filter(content_hash=hashlib.sha256(picture).hexdigest()).first()
        if photo is None:
            licence = record.pop("licence")
            photo = Photo(**record, licence_id=licence)
            photo.original = ContentFile(picture, f"{key}.jpg")
            photo.save()
        photos[key] = photo
    return photos


@transaction.atomic
def _add_furniture(site: dict[str, Any], photos: dict[str, Photo]) -> None:
    """Sections, authors, tags and standing pages."""
    for section in site["sections"]:
        Section.objects.get_or_create(slug=section["slug"], defaults=section)
    _add_names(site, photos, language="en")


def _add_names(site: dict[str, Any], photos: dict[str, Photo], language: str) -> None:
    """Authors, tags and standing pages as one language has them."""
    for author in site["authors"]:
        author["photo"] = photos[author["photo"]] if author["photo"] else None
        Author.objects.get_or_create(slug=author["slug"], defaults=author)
    for tag in site["tags"]:
        Tag.objects.get_or_create(slug=tag["slug"], defaults=tag)
    for position, page in enumerate(site["pages"], start=1):
        values = page | {"is_public": True, "position": position}
        Page.objects.get_or_create(slug=page["slug"], language=language, defaults=values)


@transaction.atomic
def _add_giving() -> None:
    """How readers are asked for money, and in which currencies beyond those of every outlet."""
    giving = tomllib.loads((FOLDER / "giving.toml").read_text())
    rules = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in giving["rules"].items()
    }
    ContributionRules.objects.get_or_create(pk=1, defaults=rules)
    _add_appeals(giving["appeals"], language="en")
    for values in giving["currencies"]:
        presets, chosen = values.pop("presets"), values.pop("chosen")
        currency = values.pop("currency")
        rule, is_new = CurrencyRule.objects.get_or_create(currency=currency, defaults=values)
        if is_new:
            Preset.objects.bulk_create(
                Preset(
                    rule=rule,
                    frequency=frequency,
                    amount_minor=amount_minor,
                    is_default=amount_minor == chosen[frequency],
                )
                for frequency, amounts in presets.items()
                for amount_minor in amounts
            )


def _add_appeals(appeals: list[dict[str, Any]], language: str) -> None:
    for appeal in appeals:
        values = appeal | {"text": appeal["text"].strip()}
        Appeal.objects.get_or_create(
            placement=appeal["placement"], language=language, defaults=values
        )


@transaction.atomic
def _add_russian(site: dict[str, Any], photos: dict[str, Photo]) -> None:
    """What the outlet says in Russian of itself; its record, written last, is told here."""
    russian = tomllib.loads((FOLDER / "russian.toml").read_text())
    site["outlet"]["in_languages"] = {"ru": russian["outlet"]}
    for slug, words in russian["sections"].items():
        Section.objects.filter(slug=slug).update(in_languages={"ru": words})
    _add_names(russian, photos, language="ru")
    _add_appeals(russian["appeals"], language="ru")
    rules = {name: text.strip() for name, text in russian["rules"].items()}
    RulesText.objects.get_or_create(rules_id=1, language="ru", defaults=rules)


@transaction.atomic
def _add_article(story: dict[str, Any], photos: dict[str, Photo]) -> Article:
    """The story on the desk, without its text: that may need the numbers of the others."""
    article, is_new = Article.objects.get_or_create(
        source_id=f"sample/{story['slug']}",
        defaults={
            "headline": story["headline"],
            "source": story["source"],
            "slug": story["slug"],
            "kicker": story["kicker"],
            "kind": story["kind"],
            "section": Section.objects.get(name=story["section"]),
            "standfirst": story["standfirst"],
            "teaser": story["teaser"],
            "dateline": story["dateline"],
            "lead_photo": photos[story["photo"]] if story["photo"] else None,
            "lead_caption": story["caption"],
            "lead_alt": story["alt"],
            "without_byline": not story["authors"],
            "language": story["language"],
            "translation_key": _key_of(story),
            "text_licence_id": story.get("text_licence"),
            "text_credit": story.get("text_credit", ""),
            "text_source_url": story.get("text_source_url", ""),
            "hide_asks": story.get("hide_asks", False),
            "is_sensitive": story.get("is_sensitive", False),
            "created_by": User.objects.get(username="reporter"),
        },
    )
    if is_new:
        for position, name in enumerate(story["authors"]):
            article.bylines.create(author=Author.objects.get(name=name), position=position)
        article.tags.set([Tag.objects.get(name=name) for name in story["tags"]])
    return article


def _key_of(story: dict[str, Any]) -> UUID:
    """The key of the story it translates, which is older and so in already; else one of its own."""
    if "translates" not in story:
        return uuid4()
    return Article.objects.get(source_id=f"sample/{story['translates']}").translation_key


@transaction.atomic
def _publish(
    story: dict[str, Any],
    photos: dict[str, Photo],
    articles: dict[str, Article],
    published_at: dict[str, datetime],
) -> None:
    """Add text and picks, and give the story to readers."""
    article = articles[story["slug"]]
    if article.published is not None:
        return

    def address(match: re.Match[str]) -> str:
        other = articles[match[1]]
        page = Publication(
            article=other,
            slug=other.slug,
            language=other.language,
            first_published_at=published_at[match[1]],
        )
        return f'href="{escape(page.get_absolute_url())}"'

    body = FIGURE.sub(lambda match: f'data-photo="{photos[match[1]].pk}"', story["body"])
    article.body = STORY_LINK.sub(address, body)
    article.save()
    for position, slug in enumerate(story["picks"]):
        article.picks.create(picked=articles[slug], position=position)
    article.record(by=article.created_by)
    editor = User.objects.get(username="editor")
    article.publish(by=editor, at=published_at[story["slug"]])
    for entry in story.get("entries", []):
        happened_at = timezone.now() - timedelta(minutes=entry.pop("minutes_ago"))
        added = article.live_entries.create(happened_at=happened_at, by=article.created_by, **entry)
        added.publish(by=editor)


@transaction.atomic
def _lay_on_the_desk(photos: dict[str, Photo]) -> None:
    """Stories in every stage, with what colleagues said of them, and a change that waits."""
    desk = tomllib.loads((FOLDER / "desk.toml").read_text())
    people = {user.username: user for user in User.objects.all()}
    for story in desk["stories"]:
        _add_to_the_desk(story, people, photos)
    change = desk["change"]
    article = Article.objects.get(source_id=f"sample/{change['slug']}")
    if not article.has_changes_waiting:
        article.body += change["sentence"]
        article.save()
        article.record(by=people["reporter"], note=change["note"])


def _add_to_the_desk(
    story: dict[str, Any], people: dict[str, User], photos: dict[str, Photo]
) -> None:
    texts = ("headline", "slug", "kind", "standfirst", "body", "desk_label")
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    article, is_new = Article.objects.get_or_create(
        source_id=f"sample/desk/{story['slug']}",
        defaults={name: story[name] for name in texts}
        | {
            "section": Section.objects.get(name=story["section"]),
            "lead_photo": photos[story["photo"]] if story["photo"] else None,
            "created_by": people["reporter"],
            "assigned_to": people.get(story["assigned_to"]),
        },
    )
    if not is_new:
        return
    for position, name in enumerate(story["authors"]):
        article.bylines.create(author=Author.objects.get(name=name), position=position)
    article.tags.set([Tag.objects.get(name=name) for name in story["tags"]])
    article.record(by=people["reporter"])
    if "deadline_hours" in story:
        article.deadline = hour + timedelta(hours=story["deadline_hours"])
        article.save()
        article.record_assignment(by=people["editor"])
    for taken in story["steps"]:
        getattr(article, taken["step"])(by=people[taken["by"]], note=taken["note"])
    for note in story["notes"]:
        done_at = now if note["is_done"] else None
        article.desk_notes.create(by=people[note["by"]], text=note["text"], done_at=done_at)
    if "scheduled_hours" in story:
        moment = hour + timedelta(hours=story["scheduled_hours"])
        article.publish(by=people["editor"], at=moment)
