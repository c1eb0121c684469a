"""The steps from writing a story to its approval: who may take them, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .revision import Revision
from .standing import Stage

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from .article import Article


@dataclass(frozen=True)
class Step:
    """One step of the text on the desk, taken by somebody with `permission`."""

    action: Revision.Action
    begins_at: frozenset[Stage]
    leads_to: Stage
    permission: str
    refusal: Promise  # Said when the story is at another stage.
    needs_note: bool = False

    def is_possible_for(self, article: Article) -> bool:
        return article.stage in self.begins_at and article.is_in_work

    def check(self, article: Article, by: User | None, note: str) -> None:
        """Raise PermissionDenied or ValidationError when `by` cannot take this step now."""
        if by is not None and not by.has_perm(self.permission):
            raise PermissionDenied(_now("You may not do this with a story. Ask an editor."))
        if not article.is_in_work:
            raise ValidationError(_now("Readers have this text already: there is nothing to do."))
        if article.stage not in self.begins_at:
            raise ValidationError(
                self.refusal,  # type: ignore[arg-type]
                params={"stage": article.get_stage_display()},
            )
        if self.needs_note and not note.strip():
            raise ValidationError(
                {"step_note": _now("Say what is to be changed, so that the author knows.")}
            )


SUBMIT = Step(
    Revision.Action.SUBMITTED,
    frozenset({Stage.DRAFT, Stage.NEEDS_CHANGES}),
    Stage.IN_REVIEW,
    "articles.submit_article",
    _("Only a draft can be submitted for review; this story is at “%(stage)s”."),
)
ASK_FOR_CHANGES = Step(
    Revision.Action.CHANGES_ASKED,
    frozenset({Stage.IN_REVIEW, Stage.APPROVED}),
    Stage.NEEDS_CHANGES,
    "articles.approve_article",
    _("Changes can be asked for once a story is in review; this one is at “%(stage)s”."),
    needs_note=True,
)
APPROVE = Step(
    Revision.Action.APPROVED,
    frozenset({Stage.IN_REVIEW}),
    Stage.APPROVED,
    "articles.approve_article",
    _("Only a story in review can be approved; this one is at “%(stage)s”."),
)
REVIEW = [SUBMIT.action, ASK_FOR_CHANGES.action, APPROVE.action]
