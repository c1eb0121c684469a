"""The line under a photo, made in this one place for pages, feeds and the files' metadata.

It reads `[caption.] agent{ / agent} [(licence)]`:
"The 2S4 Tyulpan in Kazakh service. Kalabaha1969 (CC BY-SA 4.0)"
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from articles.models import Photo


@dataclass(frozen=True)
class Agent:
    """Somebody a photo is credited to, and where that leads."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Credit:
    """The parts of a printed line; empty strings where there is nothing to print."""

    caption: str
    agents: tuple[Agent, ...]
    licence: str
    licence_url: str
    modification: str = ""

    @property
    def agents_text(self) -> str:
        return " / ".join(agent.name for agent in self.agents)

    def __str__(self) -> str:
        licence = f"({self.licence})" if self.licence else ""
        parts = [self.caption, self.agents_text, licence, self.modification]
        return " ".join(part for part in parts if part)


def credit_of(photo: Photo, caption: str = "") -> Credit:
    """The credit of `photo`, with the caption of this use or else the photo's own."""
    agents = []
    if photo.creator:
        agents.append(Agent(photo.creator, photo.source_url or photo.creator_url))
    agents += [Agent(name.strip()) for name in photo.agency.split("/") if name.strip()]
    licence = photo.licence if photo.licence and photo.licence.is_printed else None
    return Credit(
        caption=ended((caption or photo.caption).strip()),
        agents=tuple(agents),
        licence=licence.code if licence else "",
        licence_url=licence.url if licence else "",
        modification=photo.modification,
    )


def ended(sentence: str) -> str:
    """`sentence` with a full stop, unless it ends in a mark of its own."""
    if not sentence or sentence[-1] in ".!?…:" or sentence[-2:] in {".”", "!”", "?”", '."'}:
        return sentence
    return f"{sentence}."
