"""What the buttons under a story do besides saving it, and who is offered which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from articles.models import Article, Standing
from articles.models.workflow import APPROVE, ASK_FOR_CHANGES, SUBMIT, Step

Values = dict[str, Any]  # What the form of the story was found to say.

PUBLISH = "articles.publish_article"
WITHDRAW = "articles.withdraw_article"


def _nothing(article: Article, by: User, values: Values) -> None:
    """Withdrawing asks for a reason first, on a page of its own."""


@dataclass(frozen=True)
class Button:
    permissions: tuple[str, ...]
    do: Callable[[Article, User, Values], Any]


BUTTONS = {
    "_submit": Button(
        (SUBMIT.permission,),
        lambda article, by, values: article.submit(by, values["step_note"]),
    ),
    "_ask_changes": Button(
        (ASK_FOR_CHANGES.permission,),
        lambda article, by, values: article.ask_for_changes(by, values["step_note"]),
    ),
    "_approve": Button(
        (APPROVE.permission,),
        lambda article, by, values: article.approve(by, values["step_note"]),
    ),
    "_publish": Button(
        (PUBLISH,),
        lambda article, by, values: article.publish(by, is_significant=values["is_significant"]),
    ),
    "_schedule": Button(
        (PUBLISH,),
        lambda article, by, values: article.publish(by, at=values["publish_at"]),
    ),
    "_unschedule": Button((PUBLISH,), lambda article, by, values: article.unschedule(by)),
    "_withdraw": Button((WITHDRAW,), _nothing),
    "_reinstate": Button((WITHDRAW,), lambda article, by, values: article.reinstate(by)),
    "_reinstate_changed": Button(
        (WITHDRAW, PUBLISH),
        lambda article, by, values: article.reinstate(by, with_changes=True),
    ),
}
STEPS: dict[str, Step] = {"_submit": SUBMIT, "_ask_changes": ASK_FOR_CHANGES, "_approve": APPROVE}
AT_DESK = ["_publish", "_schedule"]
BEFORE_READERS = {
    Standing.SCHEDULED: ["_publish", "_schedule", "_unschedule"],
    Standing.LIVE: ["_publish", "_withdraw"],
    Standing.WITHDRAWN: ["_reinstate", "_reinstate_changed"],
}


def pressed(request: HttpRequest) -> Button | None:
    """The button somebody pressed; raises PermissionDenied for one they may not press."""
    names = BUTTONS.keys() & request.POST.keys()
    for name in names:
        if not request.user.has_perms(BUTTONS[name].permissions):
            raise PermissionDenied
    return BUTTONS[names.pop()] if names else None


def offered(article: Article | None, user: User) -> set[str]:
    """The names of the buttons that make sense now for `user`; `article` is None when new."""
    article = article or Article()
    steps = [name for name, step in STEPS.items() if step.is_possible_for(article)]
    public = BEFORE_READERS.get(article.state, AT_DESK)
    return {name for name in [*steps, *public] if user.has_perms(BUTTONS[name].permissions)}
