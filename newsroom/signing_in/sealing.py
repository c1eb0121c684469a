"""Secrets of second factors, unreadable to whoever has only a copy of the database."""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac


def seal(secret: str) -> str:
    """`secret` as it is kept; only `unseal` under the same SECRET_KEY reads it."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed; under another SECRET_KEY a random secret, which no code fits."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return base64.b32encode(secrets.token_bytes(20)).decode()


def _box() -> Fernet:
    key = salted_hmac("newsroom.signing_in", "second factor", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
