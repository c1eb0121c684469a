"""Who needs a second factor, and who has one."""

import time

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from articles.models import Outlet

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
KNOWN_FOR_SECONDS = 1.0


class Rule:
    """The outlet's rule, asked for at most once a second in each process."""

    def __init__(self) -> None:
        self.is_on = True
        self.asked_at: float | None = None

    def __call__(self) -> bool:
        now = time.monotonic()
        if self.asked_at is None or now - self.asked_at >= KNOWN_FOR_SECONDS:
            self.is_on = Outlet.load().needs_second_factor
            self.asked_at = now
        return self.is_on


is_required = Rule()


def has_one(user: User) -> bool:
    """Recovery codes do not count: they stand in for a factor that is lost."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_missing(user: User) -> bool:
    """Whether `user` must set up a factor before the desk opens."""
    return is_required() and not has_one(user)


def is_last(authenticator: Authenticator) -> bool:
    """Whether its owner would be left without any factor."""
    others = Authenticator.objects.filter(user=authenticator.user_id, type__in=FACTORS)
    return authenticator.type in FACTORS and not others.exclude(pk=authenticator.pk).exists()


def forget(user: User) -> None:
    """Take away all factors and recovery codes of somebody who lost them."""
    Authenticator.objects.filter(user=user).delete()
