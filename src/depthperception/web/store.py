"""What the web app remembers, in a database through SQLAlchemy: judgings, their attempts, human readings."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Engine,
    Float,
    and_,
    create_engine,
    event,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session, selectinload, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from depthperception.damaged import MISREAD, reason
from depthperception.errors import OptionError
from depthperception.web.folders import Folders
from depthperception.web.reading_store import Readings, attempt_of, folded, now
from depthperception.web.tables import (
    FINISHED,
    LAYOUT,
    UNFINISHED,
    UPGRADES,
    Attempt,
    Base,
    CameraVideo,
    Judging,
    Layout,
)
from depthperception.web.wanted import SORTS, Wanted

MOST_RUNS = 3
"""A judging that was running at three stops of the server in a row is taken to be their cause."""

LEASE_S = 20.0
"""So long a judging is its server's without a word of it: ten beats of its heart (`jobs.BEAT_S`)."""

LAYING_OUT = 8347
"""Name of PostgreSQL's lock for servers that begin at the same time: only one makes the tables."""

NOW_S = {
    "postgresql": "extract(epoch from clock_timestamp())::float", "sqlite": "(julianday('now') - 2440587.5) * 86400.0",
}  # fmt: skip
"""The database's own time in s since 1970: servers' clocks may differ."""

MISREAD_ROWS = (SQLAlchemyError, *MISREAD)
"""What comes of a damaged file, a table without a column, a value that is no JSON."""

WITH_ATTEMPTS = selectinload(Judging.attempts)
"""Rows leave the session; what they lead to has to be there."""


def new_id() -> str:
    """Make a name for a judging that nobody can guess: 64 random bits in hexadecimal."""
    return secrets.token_hex(8)


def database_of(folders: Folders, url: str | None) -> str:
    """Give the URL of the database: the one named, or the SQLite file in the folder."""
    return url or f"sqlite:///{folders.database}"


class Store:
    """The database, safe to be used from several threads; every method is one transaction. `readings` has more of them.

    Rows that it returns are detached: plain values, with attempts and readings loaded.

    Parameters
    ----------
    url
        SQLAlchemy database URL.

    Raises
    ------
    OptionError
        When the URL names no database that can be opened.
    """

    def __init__(self, url: str) -> None:
        try:
            self._engine = create_engine(_with_driver(url), pool_pre_ping=True)
            self._now_s: ColumnElement[float] = literal_column(NOW_S[self._engine.dialect.name], Float)
            if self._engine.dialect.name == "sqlite":
                event.listen(self._engine, "connect", _set_up_sqlite)
            self._session = sessionmaker(self._engine, expire_on_commit=False)
            self.readings = Readings(self._session)
            self._lay_out(_safe(url))
        except (ArgumentError, NoSuchModuleError, ImportError, KeyError, SQLAlchemyError, UnicodeError) as error:
            # UnicodeError: the driver's own, where the file's first page is damaged.
            raise OptionError(
                f"The database {_safe(url)} cannot be opened ({reason(error)}); expected a SQLAlchemy URL "
                "such as sqlite:////folder/library.db or postgresql://user@host/name, and its driver installed (extra "
                "[postgres]). Check the URL, or leave it out."
            ) from error
        try:
            self._check()
        except MISREAD_ROWS as error:
            self.close()
            raise OptionError(
                f"The library in {_safe(url)} is damaged ({reason(error)}); expected tables and rows of layout "
                f"{LAYOUT}. Put a copy of it back, or move it away: a new one is made, and the videos beside it stay."
            ) from error

    @property
    def engine(self) -> Engine:
        """The engine, for whoever wants to look into the database itself."""
        return self._engine

    def _lay_out(self, url: str) -> None:
        """Make the tables, or those of an earlier layout into the ones that this version knows."""
        with self._session.begin() as session:
            if self._engine.dialect.name == "postgresql":
                session.execute(select(func.pg_advisory_xact_lock(LAYING_OUT)))
            Base.metadata.create_all(session.connection())
            number = session.scalar(select(Layout.number))
            if number is None:
                session.add(Layout(number=LAYOUT))
                return
            while number in UPGRADES:
                for change in UPGRADES[number]:
                    session.execute(text(change))
                number += 1
                session.execute(update(Layout).values(number=number))
            if number != LAYOUT:
                raise OptionError(
                    f"The library in {url} has layout {number}; expected {LAYOUT}, which this version of "
                    "depthperception reads. Use the version that made it, or name another folder or database."
                )

    def _check(self) -> None:
        """Go through the library once: later pages and queue would find its damage, when nobody can mend it."""
        with self._session() as session:
            if self._engine.dialect.name == "sqlite":
                said = session.scalar(text("PRAGMA quick_check(1)"))
                if said != "ok":
                    raise ValueError(f"the file is damaged: {said}")
            for table in Base.metadata.sorted_tables:
                session.execute(select(table).limit(1)).all()
            for _ in session.scalars(select(Judging).options(WITH_ATTEMPTS)):
                pass  # loading it reads its values

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def add(self, name: str, **values: Any) -> Judging:
        """Queue a judging; `values` are columns of `Judging`."""
        with self._session.begin() as session:
            judging = Judging(id=new_id(), created=now(), name=name, sought=folded(name), **values)
            session.add(judging)
            session.flush()
            return _loaded(session, judging.id)

    def get(self, judging_id: str) -> Judging | None:
        """Find one judging."""
        with self._session() as session:
            return session.scalar(select(Judging).options(WITH_ATTEMPTS).where(Judging.id == judging_id))

    def find(
        self, query: str = "", *, bare: bool = False, limit: int, offset: int = 0
    ) -> tuple[int, Sequence[Judging]]:
        """Give how many judgings have `query` in their name, and some of them, newest first.

        With `bare` only finished ones that have no attempt.
        """
        chosen = select(Judging).where(Judging.sought.contains(folded(query), autoescape=True))
        if bare:
            chosen = chosen.where(Judging.state.in_(FINISHED), ~Judging.attempts.any())
        with self._session() as session:
            total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
            order = (Judging.created.desc(), Judging.id)
            rows = session.scalars(chosen.options(WITH_ATTEMPTS).order_by(*order).limit(limit).offset(offset))
            return total, rows.all()

    def find_attempts(
        self, wanted: Wanted | None = None, *, limit: int | None, offset: int = 0
    ) -> tuple[int, Sequence[Attempt]]:
        """Give how many attempts are as wanted, and some of them."""
        wanted = wanted or Wanted()
        chosen = select(Attempt).join(Attempt.judging).where(*wanted.conditions())
        column = SORTS[wanted.sort.removeprefix("-")]
        with self._session() as session:
            total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
            first = column.desc() if wanted.sort.startswith("-") else column.asc()
            order = (first.nulls_last(), Judging.created.desc(), Judging.id, Attempt.number)
            rows = session.scalars(chosen.order_by(*order).limit(limit).offset(offset))
            return total, rows.all()

    def lifters(self) -> Sequence[tuple[str, int, float | None]]:
        """Name everyone who has an attempt: name, how many, and the height that was given last."""
        with self._session() as session:
            counted = select(Attempt.lifter, func.count()).where(Attempt.lifter != "").group_by(Attempt.lifter)
            heights = (
                select(Attempt.lifter, Judging.height_cm)
                .join(Attempt.judging)
                .where(Attempt.lifter != "", Judging.height_cm.is_not(None))
                .order_by(Judging.created)
            )
            latest = {name: height_cm for name, height_cm in session.execute(heights)}  # noqa: C416  (rows, not pairs)
            by_name = session.execute(counted.order_by(Attempt.lifter))
            return [(name, count, latest.get(name)) for name, count in by_name]

    def labels(self, name: Literal["exercise", "session"]) -> Sequence[str]:
        """Give every exercise, or every session, that an attempt has, the one judged last first."""
        column = getattr(Attempt, name)
        with self._session() as session:
            chosen = select(column).join(Attempt.judging).where(column != "").group_by(column)
            return session.scalars(chosen.order_by(func.max(Judging.created).desc(), column)).all()

    def unfinished(self) -> Sequence[Judging]:
        """Every judging that waits or runs, oldest first."""
        with self._session() as session:
            chosen = select(Judging).where(Judging.state.in_(UNFINISHED)).order_by(Judging.created, Judging.id)
            return session.scalars(chosen.options(WITH_ATTEMPTS)).all()

    def count_unfinished(self) -> int:
        """How many judgings wait or run."""
        with self._session() as session:
            return session.scalar(select(func.count(Judging.id)).where(Judging.state.in_(UNFINISHED))) or 0

    def requeue(self, *, everyone: bool = True) -> int:
        """Queue again what ran when its server stopped; give up on what ran `MOST_RUNS` times.

        Without `everyone` only what a server runs that has not been heard of; gives how many are queued.
        """
        with self._session.begin() as session:
            silent = or_(Judging.lease_s.is_(None), Judging.lease_s < self._now_s)
            running = and_(Judging.state == "running", true() if everyone else silent)
            session.execute(
                update(Judging)
                .where(running, Judging.runs >= MOST_RUNS)
                .values(
                    state="failed",
                    error=f"The server stopped {MOST_RUNS} times while this video was judged. "
                    "Expected it to go on to the end. Free some memory, or judge a shorter cut.",
                )
            )
            queued = session.execute(update(Judging).where(running).values(state="queued", step=None, done=0.0))
            return int(queued.rowcount)  # type: ignore[attr-defined]

    def take_next(self, server: str = "") -> Judging | None:
        """Mark the oldest queued judging as running on a server and return it; None when none waits."""
        with self._session.begin() as session:
            oldest = select(Judging.id).where(Judging.state == "queued").order_by(Judging.created, Judging.id).limit(1)
            taken = {"state": "running", "step": None, "done": 0.0, "server": server}
            # Whoever else takes one at the same time takes the next; SQLite lets only one write at a time.
            while (judging_id := session.scalar(oldest.with_for_update(skip_locked=True))) is not None:
                found = session.execute(
                    update(Judging)
                    .where(Judging.id == judging_id, Judging.state == "queued")
                    .values(**taken, runs=Judging.runs + 1, lease_s=self._now_s + LEASE_S)
                )
                if found.rowcount:  # type: ignore[attr-defined]
                    return _loaded(session, judging_id)
            return None

    def beat(self, server: str) -> set[str]:
        """Say that a server lives; gives what it still runs: not what was cancelled, or what another server took."""
        with self._session.begin() as session:
            ours = and_(Judging.server == server, Judging.state == "running")
            session.execute(update(Judging).where(ours).values(lease_s=self._now_s + LEASE_S))
            return set(session.scalars(select(Judging.id).where(ours)))

    def change(
        self, judging_id: str, *, only_if: Sequence[str] = UNFINISHED, server: str | None = None, **values: Any
    ) -> Judging | None:
        """Set columns of a judging that is in one of the states `only_if`, and this server's where one is named.

        None when it is not, or is gone.
        """
        with self._session.begin() as session:
            chosen = update(Judging).where(Judging.id == judging_id, Judging.state.in_(only_if))
            if server is not None:
                chosen = chosen.where(Judging.server == server)
            changed = session.execute(chosen.values(**values))
            return _loaded(session, judging_id) if changed.rowcount else None  # type: ignore[attr-defined]

    def finish(
        self, judging_id: str, attempts: Sequence[Mapping[str, Any]], *, server: str = "", **values: Any
    ) -> Judging | None:
        """Mark a judging that a server runs as done, with its attempts; None when it was cancelled or taken away."""
        with self._session.begin() as session:
            judging = session.get(Judging, judging_id, with_for_update=True)
            if judging is None or judging.state != "running" or judging.server != server:
                return None
            sought = folded(judging.name, judging.lifter)
            said = {name: getattr(judging, name) for name in ("lifter", "exercise", "session")}
            judging.attempts = [Attempt(**row, **said, sought=sought) for row in attempts]
            for name, value in {"state": "done", "step": None, "done": 1.0, **values}.items():
                setattr(judging, name, value)
            session.flush()
            return _loaded(session, judging_id)

    def describe(self, judging_id: str, number: int, **values: Any) -> Attempt | None:
        """Set what a person says of an attempt: lifter, weight_kg, date, notes; None when there is none."""
        with attempt_of(self._session, judging_id, number) as (_, attempt):
            if attempt is not None:
                for name, value in values.items():
                    setattr(attempt, name, value)
                attempt.sought = folded(attempt.judging.name, attempt.lifter, attempt.notes)
            return attempt

    def delete(self, judging_id: str) -> bool:
        """Forget a judging, its attempts and its readings; False when it was not there."""
        with self._session.begin() as session:
            judging = session.get(Judging, judging_id)
            if judging is not None:
                session.delete(judging)
            return judging is not None

    def uses_of(self, sha256: str) -> Sequence[Judging]:
        """Every judging of one video, alone or with those of other cameras."""
        among = Judging.cameras.any(CameraVideo.sha256 == sha256)
        with self._session() as session:
            chosen = select(Judging).where(or_(Judging.sha256 == sha256, among)).order_by(Judging.created)
            return session.scalars(chosen).all()


def _loaded(session: Session, judging_id: str) -> Judging:
    chosen = select(Judging).options(WITH_ATTEMPTS).where(Judging.id == judging_id)
    return session.scalars(chosen.execution_options(populate_existing=True)).one()


def _set_up_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    """Let readers read while a job writes (WAL), wait for locks, and overwrite what is deleted."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "busy_timeout=10000", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _with_driver(url: str) -> str:
    """Name the driver that the extra brings, where a URL names none."""
    scheme, found, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if found and scheme in ("postgres", "postgresql") else url


def is_shared(url: str | None) -> bool:
    """Whether several servers may use a database: not a file of SQLite's."""
    return url is not None and not url.startswith("sqlite")


def _safe(url: str) -> str:
    """Leave the password out of a message."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "given"
