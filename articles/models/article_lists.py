"""Stories, many at once: whose they are, what is to be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from articles.finding import HEADLINE_WORDS, beginnings

from .outlet import Outlet
from .publication import Publication
from .revision import Revision
from .standing import IN_WORK, Stage
from .workflow import REVIEW

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from .article import Article  # noqa: F401


class ArticleQuerySet(models.QuerySet["Article"]):
    def with_standing(self) -> Self:
        """Load what `Article.standing` needs."""
        return self.select_related("publication")

    def seen_by(self, user: User) -> Self:
        """The stories `user` may see at the desk: all, or those of their own."""
        if user.has_perm("articles.edit_any_article"):
            return self
        return self.filter(Q(created_by=user) | Q(assigned_to=user))

    def pickable_by(self, user: User) -> Self:
        """The stories `user` may point readers to: those they see, and all that are public."""
        if user.has_perm("articles.edit_any_article"):
            return self
        public = Publication.objects.visible().values("pk")
        return self.filter(Q(created_by=user) | Q(assigned_to=user) | Q(pk__in=public))

    def found_by(self, text: str) -> Self:
        """The stories in whose headlines each word of `text` stands, or begins one; else all."""
        query = beginnings(text)
        if query is None:
            return self
        return self.alias(headline_words=HEADLINE_WORDS).filter(headline_words=query)

    def waiting_for(self, user: User) -> Self:
        """Stories in work with which `user` is to go on.

        What is assigned to them, what was sent back to them, and for those who may approve
        all that is in review.
        """
        theirs = Q(assigned_to=user) & ~Q(stage=Stage.IN_REVIEW)
        theirs |= Q(created_by=user, stage=Stage.NEEDS_CHANGES)
        if may_approve(user):
            theirs |= Q(stage=Stage.IN_REVIEW)
        return self.seen_by(user).filter(IN_WORK, theirs)

    def newest_of(self, user: User, most: int) -> Self:
        """The stories begun by or assigned to `user` that were saved last.

        Each side is read by its own index, so that the cost does not grow with their number.
        """
        begun = self.model.objects.filter(created_by=user)
        assigned = self.model.objects.filter(assigned_to=user)
        newest = [side.order_by("-saved_at").values("pk")[:most] for side in (begun, assigned)]
        return self.filter(pk__in=newest[0].union(newest[1])).order_by("-saved_at")

    def for_form(self) -> Self:
        """Load in the same query what the form of a story tells beside its text."""
        steps = Revision.objects.filter(article=OuterRef("pk"), action__in=REVIEW).order_by("-pk")
        told = JSONObject(action="action", note="note", by="by__username")
        return self.select_related("approved_by", "lead_photo__licence", "text_licence").annotate(
            told_step=Subquery(steps.values(told=told)[:1]),
            told_rule=Subquery(Outlet.objects.values("needs_second_person")[:1]),
        )

    def for_lists(self) -> Self:
        """Load what a list shows of each story; its text stays where it is."""
        return self.with_standing().select_related("assigned_to").defer("body", "publication__body")


def may_approve(user: Any) -> bool:
    """Whether `user`, or None for a command, may say that a text is fit to be published."""
    return user is not None and user.has_perm("articles.approve_article")
