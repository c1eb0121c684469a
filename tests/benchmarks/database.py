"""An empty database for a benchmark: made for it, removed after it, like that of the tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django


@contextmanager
def empty_database() -> Iterator[None]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    if not os.environ.get("DATABASE_URL"):
        os.environ.setdefault("DEMO", "1")
    django.setup()

    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    from newsroom import site_version

    setup_test_environment()
    used_otherwise = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        site_version.watch.close()  # Its thread has a connection of its own.
        connection.creation.destroy_test_db(used_otherwise, verbosity=0)
        teardown_test_environment()
