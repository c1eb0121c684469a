"""Who is signed in where: as little of it as its owner needs to recognise a device."""

import re
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - It stands for none; the column may not be empty.

# The first that a browser says of itself counts: most claim to be several.
BROWSERS = ["Firefox", "Edg", "OPR", "Chrome", "Safari"]
SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "CrOS", "Mac", "Linux"]
SPOKEN = {"Edg": "Edge", "OPR": "Opera", "CrOS": "ChromeOS"}


def device_of(user_agent: str) -> str:
    """The browser and system in two words, "Firefox, Linux"; empty when neither is known.

    What comes back, given again, comes back unchanged.
    """
    words = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return ", ".join(word for word in words if word)


def keep_little(sender: type[UserSession], instance: UserSession, **kwargs: Any) -> None:
    """Before a session is noted: no network address, and of the browser only its name."""
    instance.ip = NO_ADDRESS
    instance.user_agent = device_of(instance.user_agent)


def end_all(user: User) -> None:
    """Sign `user` out on every device."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def forget_ended() -> None:
    """Delete sessions that are over, and the notes of them."""
    SessionStore.clear_expired()
    for note in UserSession.objects.iterator():
        note.purge()


def _first(names: list[str], text: str) -> str:
    for name in names:
        if re.search(rf"\b{name}|{SPOKEN.get(name, name)}", text):
            return SPOKEN.get(name, name)
    return ""
