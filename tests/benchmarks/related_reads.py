"""How well related reads find the stories that belong together.

    REFERENCE_CONTENT=FOLDER python -m tests.benchmarks.related_reads

Mean nDCG@4 over the stories of FOLDER/articles.jsonl that stand in a group of groups.json: a
story of the same group is worth 1, one of the same "— of which" group 2. Once with the tags as
given, once without any, which is how a careless desk would leave them.

The stories are published into an empty database and `related_reads()` is asked as a page asks it.
Beside it stand the newest in the section, the most shared tags, and TF-IDF over headline and
body. Exit code 1 when one of them is as good, and when a weight moved by a third makes it so.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from math import log2
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from sklearn.feature_extraction.text import TfidfVectorizer

from tests.benchmarks.database import empty_database

SHOWN = 4
GAIN, GAIN_OF_WHICH = 1, 2
WEIGHTS = ["TAG", "SECTION", "KICKER", "RECENCY", "RECENCY_HALF_LIFE_DAYS", "MINIMUM"]

Story = dict[str, Any]
Ranking = Callable[[Story], list[str]]
Gains = dict[str, dict[str, int]]


def read_stories(folder: Path) -> list[Story]:
    """The stories as they come; those without a date are of now, as an import takes them."""
    now = timezone.now()
    stories = []
    for line in (folder / "articles.jsonl").read_text().splitlines():
        story = json.loads(line)
        day = story["published"]
        story["at"] = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC) if day else now
        story["body"] = [text.lstrip("#->").lstrip() for text in story["body"]]
        stories.append(story)
    return stories


def read_gains(folder: Path) -> Gains:
    """What finding the second story beside the first is worth."""
    gains: Gains = {}
    for name, members in json.loads((folder / "groups.json").read_text()).items():
        gain = GAIN_OF_WHICH if name.startswith("— of which") else GAIN
        for one, other in permutations(members, 2):
            known = gains.setdefault(one, {})
            known[other] = max(gain, known.get(other, 0))
    return gains


def mean_ndcg(ranking: Ranking, stories: list[Story], gains: Gains) -> float:
    """From 0 to 1: how much of what was to be found is shown, the best first."""

    def discounted(values: list[int]) -> float:
        return sum(value / log2(place) for place, value in enumerate(values[:SHOWN], start=2))

    scores = []
    for story in stories:
        worth = gains.get(story["id"])
        if worth:
            found = [worth.get(number, 0) for number in ranking(story)]
            scores.append(discounted(found) / discounted(sorted(worth.values(), reverse=True)))
    return sum(scores) / len(scores)


def publish(stories: list[Story]) -> None:
    """The stories as publications, in one batch as an import makes them."""
    from articles.models import Article, Publication, PublicationTag, Section, Tag
    from articles.models.word import set_telling_words
    from articles.slugs import slug_of

    sections, tags, publications = {}, {}, []
    for story in stories:
        name = story["section"]
        if name not in sections:
            sections[name] = Section.objects.get_or_create(
                name=name, defaults={"slug": slug_of(name, fallback="section")}
            )[0]
        article = Article.objects.create(
            source_id=story["id"],
            headline=story["headline"],
            standfirst=(story["standfirst"] or "")[:600],
            kicker=story["kicker"] or "",
            section=sections[name],
            body="".join(f"<p>{escape(text)}</p>" for text in story["body"]),
        )
        publication = Publication(article=article)
        article.copy_text_to(publication)
        publication.visible_from = publication.first_published_at = story["at"]
        publications.append(publication)
    set_telling_words(publications)
    Publication.objects.bulk_create(publications)
    for publication, story in zip(publications, stories, strict=True):
        for name in story["tags"]:
            if name not in tags:
                tags[name] = Tag.objects.get_or_create(name=name)[0]
        PublicationTag.objects.bulk_create(
            PublicationTag(content_object=publication, tag=tags[name])
            for name in dict.fromkeys(story["tags"])
        )


def ours() -> Ranking:
    """What readers see."""
    from articles.models import Publication
    from articles.related import related_reads

    ids = dict(Publication.objects.values_list("pk", "article__source_id"))
    numbers = {source_id: number for number, source_id in ids.items()}

    def ranking(story: Story) -> list[str]:
        publication = Publication.objects.for_page().get(pk=numbers[story["id"]])
        return [ids[card.number] for card in related_reads(publication)]

    return ranking


def newest_in_section(stories: list[Story]) -> Ranking:
    newest = sorted(stories, key=lambda story: story["at"], reverse=True)
    return lambda story: [
        other["id"]
        for other in newest
        if other["section"] == story["section"] and other is not story
    ][:SHOWN]


def most_shared_tags(stories: list[Story]) -> Ranking:
    newest = sorted(stories, key=lambda story: story["at"], reverse=True)

    def ranking(story: Story) -> list[str]:
        tags = set(story["tags"])
        others = [other for other in newest if other is not story]
        others.sort(key=lambda other: len(tags.intersection(other["tags"])), reverse=True)
        return [other["id"] for other in others][:SHOWN]

    return ranking


def tf_idf(stories: list[Story], stop_words: str | None = None) -> Ranking:
    texts = ["\n".join([story["headline"], *story["body"]]) for story in stories]
    vectors = TfidfVectorizer(stop_words=stop_words).fit_transform(texts)
    likeness = (vectors @ vectors.T).toarray()
    places = {story["id"]: place for place, story in enumerate(stories)}

    def ranking(story: Story) -> list[str]:
        row = likeness[places[story["id"]]]
        others = [other["id"] for other in stories if other is not story]
        return sorted(others, key=lambda other: row[places[other]], reverse=True)[:SHOWN]

    return ranking


def with_moved_weights(measure: Callable[[], float]) -> dict[str, float]:
    """The measure with each weight of related reads a third smaller, and a third larger."""
    from articles import related

    measured = {}
    for name in WEIGHTS:
        value = getattr(related, name)
        for factor in (2 / 3, 4 / 3):
            setattr(related, name, value * factor)
            measured[f"{name} × {factor:.2f}"] = measure()
        setattr(related, name, value)
    return measured


def main() -> int:
    folder = Path(os.environ.get("REFERENCE_CONTENT", ""))
    if not (folder / "groups.json").is_file():
        print("Related reads: skipped, for REFERENCE_CONTENT names no folder with groups.json.")
        return 0
    gains = read_gains(folder)
    is_ahead = True
    print(f"Related reads: mean nDCG@{SHOWN} of {len(gains)} stories")
    for title, keeps_tags in [("with tags", True), ("without tags", False)]:
        with empty_database():
            stories = read_stories(folder)
            for story in stories:
                story["tags"] = story["tags"] if keeps_tags else []
            publish(stories)
            rankings = {
                "newest in section": newest_in_section(stories),
                "most shared tags": most_shared_tags(stories),
                "TF-IDF": tf_idf(stories),
                "TF-IDF, English stop words": tf_idf(stories, stop_words="english"),
            }
            asked = ours()
            figure = mean_ndcg(asked, stories, gains)
            moved = with_moved_weights(lambda: mean_ndcg(asked, stories, gains))  # noqa: B023
        print(f"\n{title}\n  {'related reads':<28}{figure:.3f}")
        worst = min(moved, key=lambda name: moved[name])
        print(f"  {'  worst weight moved':<28}{moved[worst]:.3f}  ({worst})")
        for name, ranking in rankings.items():
            baseline = mean_ndcg(ranking, stories, gains)
            is_ahead = is_ahead and moved[worst] > baseline and figure > baseline
            print(f"  {name:<28}{baseline:.3f}")
    if not is_ahead:
        print("\nRelated reads are not ahead of every baseline.")
    return 0 if is_ahead else 1


if __name__ == "__main__":
    sys.exit(main())
