"""The environment of the tests: the embedded PostgreSQL, unless DATABASE_URL names another.

A plugin, because pytest-django reads the settings before any conftest is loaded.
"""

import os
from pathlib import Path

DATA_DIR = Path(__file__).resolve().parent.parent / "var" / "tests"

os.environ.setdefault("DATA_DIR", str(DATA_DIR))
os.environ["DEMO"] = "1"
os.environ["SITE_URL"] = "http://testserver"
os.environ["LANGUAGES"] = "en,ru"
for name in (
    "ALLOWED_HOSTS",
    "CACHE_URL",
    "DEBUG",
    "HOST",
    "MAIL_PROVIDER",
    "PORT",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "TIME_ZONE",
    "TRUSTED_PROXIES",
):
    os.environ.pop(name, None)
