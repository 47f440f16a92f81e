"""Debian's PostgreSQL, started for the tests in a folder of its own, and databases in it.

With DEPTHPERCEPTION_TEST_DATABASE=postgresql every test of the web app has its library there instead of in SQLite.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Integer, create_engine, func, insert, select, text

from depthperception.web.store import Store
from depthperception.web.tables import Base, Layout

EVERYWHERE = os.environ.get("DEPTHPERCEPTION_TEST_DATABASE") == "postgresql"

PROGRAMS = (*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/bin"))

QUICK = "-c fsync=off -c listen_addresses= -c max_connections=200"
"""Nothing has to outlive the tests; a socket in the folder is the only way in."""

_number = count(1)


@cache
def postgres() -> Path:
    """Start a server for this process of pytest; gives the folder of its socket. Skips where there is none."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    programs = next((path for path in PROGRAMS if (path / "initdb").exists()), None)
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    user = _unprivileged()
    if user:
        os.chown(folder, user["user"], user["group"])
    data = folder / "data"
    made = ("initdb", "-D", data, "-U", "tester", "--auth=trust", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync")
    _call(programs, *made, **user)
    _call(programs, "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} {QUICK}", "start", **user)
    atexit.register(_call, programs, "pg_ctl", "-D", data, "-m", "immediate", "stop", **user)
    return folder


def _unprivileged() -> dict[str, Any]:
    """Name somebody who may run the server, which refuses root."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    pytest.skip("root may not run PostgreSQL, and there is no user nobody")


def _call(programs: Path, program: str, *arguments: str | Path, **user: Any) -> None:
    command = [str(programs / program), *(str(one) for one in arguments)]
    subprocess.run(command, check=True, capture_output=True, cwd="/", **user)


def new_database() -> str:
    """Make an empty database; gives its URL, which names no driver as users do not."""
    folder, name = postgres(), f"library{next(_number)}"
    engine = create_engine(f"postgresql+psycopg://tester@/postgres?host={folder}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"postgresql://tester@/{name}?host={folder}"


@cache
def database_of(folder: Path) -> str | None:
    """Give the database of a library's folder, with what its SQLite file held; None where that itself is used."""
    if not EVERYWHERE:
        return None
    url = new_database()
    if (folder / "library.db").exists():
        take_over(folder / "library.db", url)
    return url


def take_over(sqlite: Path, url: str) -> None:
    """Copy a library from its SQLite file."""
    old, new = Store(f"sqlite:///{sqlite}"), Store(url)
    with old.engine.connect() as source, new.engine.begin() as target:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            if not rows or table is Layout.__table__:
                continue
            target.execute(insert(table), rows)
            if "id" in table.columns and isinstance(table.columns["id"].type, Integer):
                sequence = func.pg_get_serial_sequence(table.name, "id")
                target.execute(select(func.setval(sequence, select(func.max(table.columns["id"])).scalar_subquery())))
    for store in (old, new):
        store.close()
