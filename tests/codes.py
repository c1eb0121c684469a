"""What an app with codes would show."""

import base64
import hashlib
import hmac
import struct
import time

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD_SECONDS = 30


def code_of(secret: str, *, later: int = 0) -> str:
    """The six digits for this half minute, or one `later`; by RFC 6238, not by allauth."""
    counter = int(time.time()) // PERIOD_SECONDS + later
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1)
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"
