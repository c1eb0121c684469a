"""What an app with codes would show."""

import base64
import hashlib
import hmac
import struct
import time

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PERIOD_SECONDS = 30
LEFT_SECONDS = 2  # What a request of a test may take before the next half minute begins.


def code_of(secret: str, *, later: int = 0) -> str:
    """The six digits for this half minute, or one `later`; by RFC 6238, not by allauth.

    At the end of a half minute the next one is waited for: a code made now and looked at then
    would be one older than the test says.
    """
    left = PERIOD_SECONDS - time.time() % PERIOD_SECONDS
    if left < LEFT_SECONDS:
        time.sleep(left)
    counter = int(time.time()) // PERIOD_SECONDS + later
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1)
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"
