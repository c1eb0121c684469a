"""Whether this process is up, and whether it can serve readers."""

import os

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, migrations and storage are ready; 503 with what is not."""
    problems = [*_database_problems(), *_storage_problems()]
    text = "\n".join(problems) or "ready"
    return HttpResponse(f"{text}\n", content_type="text/plain", status=503 if problems else 200)


def _database_problems() -> list[str]:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return ["database: does not answer"]
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return ["migrations: not all applied"] if waiting else []


def _storage_problems() -> list[str]:
    is_writable = os.access(settings.DATA_DIR, os.W_OK | os.X_OK)
    return [] if is_writable else ["storage: no picture can be written"]
