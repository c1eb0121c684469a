"""Records for tests: fixed values for all that a test does not say."""

import io
import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from articles.models import Article, Author, Photo, Publication, Section, Tag

JUNE_1 = datetime(2026, 6, 1, 12, tzinfo=UTC)

_numbers = itertools.count(1)


def make_section(name: str = "World", **fields: Any) -> Section:
    return Section.objects.get_or_create(
        name=name, defaults={"slug": name.lower().replace(" ", "-")} | fields
    )[0]


def make_author(name: str = "Mara Quist", **fields: Any) -> Author:
    return Author.objects.get_or_create(
        name=name, defaults={"slug": name.lower().replace(" ", "-")} | fields
    )[0]


def make_tag(name: str, **fields: Any) -> Tag:
    return Tag.objects.get_or_create(name=name, defaults=fields)[0]


def make_user(username: str, *groups: str) -> User:
    user, _created = User.objects.get_or_create(
        username=username, defaults={"is_staff": True, "email": f"{username}@example.org"}
    )
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_editor() -> User:
    return make_user("editor", "Editor")


def make_reporter() -> User:
    return make_user("reporter", "Reporter")


def jpeg(width_px: int = 60, height_px: int = 40, colour: str = "teal") -> bytes:
    """A small JPEG of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width_px, height_px), colour).save(file, "JPEG")
    return file.getvalue()


def make_photo(*, content: bytes | None = None, **fields: Any) -> Photo:
    """A photo of the library with credit, licence and alt text, and its JPEG sizes."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "caption": f"Caption {number}",
        "alt": f"Alt text {number}",
        "creator": f"Creator {number}",
        "source_url": f"https://photos.example/{number}",
        "licence_id": "CC BY-SA 4.0",
    }
    photo = Photo(**values | fields)
    photo.original = SimpleUploadedFile(f"photo-{number}.jpg", content or jpeg())
    photo.save()
    return photo


def make_article(
    *, tags: Iterable[str] = (), authors: Iterable[str] = ("Mara Quist",), **fields: Any
) -> Article:
    """A story on the desk that nothing keeps from being published."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "headline": f"Headline {number}",
        "slug": f"headline-{number}",
        "body": f"<p>Text {number}.</p>",
    }
    if "section" not in fields:
        values["section"] = make_section()
    article = Article.objects.create(**values | fields)
    for position, name in enumerate(authors):
        article.bylines.create(author=make_author(name), position=position)
    article.tags.set([make_tag(name) for name in tags])
    article.record(by=None)
    return article


def make_publication(*, at: datetime = JUNE_1, **fields: Any) -> Publication:
    """A published story; fixed values for all that `fields` do not say."""
    return make_article(**fields).publish(by=None, at=at)
