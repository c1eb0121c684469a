"""The project's own settings for benchmarks of its pages; STORED_PAGES=0 has none found again."""

import os

from newsroom.settings import *  # noqa: F403
from newsroom.settings import CACHES

ROOT_URLCONF = "tests.benchmarks.pages_urls"
if os.environ.get("STORED_PAGES") == "0":
    CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
