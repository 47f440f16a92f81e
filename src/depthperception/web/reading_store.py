"""What the web app remembers of readings by hand, and of juries; `store` holds the database."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from depthperception.web.tables import Attempt, HumanReading, Jury


def now() -> str:
    """Give the time as ISO 8601 in UTC, to the millisecond: enough to keep uploads in order."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def folded(*texts: str) -> str:
    """Make texts comparable: one form of each letter, without regard to case, in any script."""
    return unicodedata.normalize("NFKC", "\n".join(texts)).casefold()


@contextmanager
def attempt_of(
    sessions: sessionmaker[Session], judging_id: str, number: int
) -> Iterator[tuple[Session, Attempt | None]]:
    """Give an attempt of a judging, None where there is none, for the length of one transaction."""
    with sessions.begin() as session:
        chosen = select(Attempt).where(Attempt.judging_id == judging_id, Attempt.number == number)
        yield session, session.scalar(chosen)


class Readings:
    """Readings by hand of attempts; every method is one transaction, and rows are detached as those of `Store`."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._session = sessions

    def add(self, judging_id: str, number: int, **values: Any) -> HumanReading | None:
        """Keep a human reading beside the measurement; None when there is no such attempt."""
        with attempt_of(self._session, judging_id, number) as (session, attempt):
            if attempt is None:
                return None
            reading = HumanReading(created=now(), **values)
            attempt.readings.append(reading)
            session.flush()
            return reading

    def find(self, judging_id: str, number: int, reading_id: int) -> HumanReading | None:
        """Find a human reading of an attempt; None when it is not there."""
        with attempt_of(self._session, judging_id, number) as (session, attempt):
            reading = session.get(HumanReading, reading_id)
            return reading if attempt and reading and reading.attempt_id == attempt.id else None

    def delete(self, judging_id: str, number: int, reading_id: int) -> bool:
        """Forget a human reading of an attempt; False when it was not there. A jury that waits has its seat again."""
        with attempt_of(self._session, judging_id, number) as (session, attempt):
            reading = session.get(HumanReading, reading_id)
            if attempt is None or reading is None or reading.attempt_id != attempt.id:
                return False
            if reading.of_jury and attempt.jury is not None and not attempt.jury.shown:
                attempt.jury.waiting += 1
            attempt.readings.remove(reading)
            return True

    def seat_jury(self, judging_id: str, number: int, **values: Any) -> Attempt | None:
        """Let a jury read an attempt: `seats`, `frame`, `time_s`; None when there is one that has read, or no attempt.

        One in which nobody has a reading makes room for the new one.
        """
        with attempt_of(self._session, judging_id, number) as (session, attempt):
            if attempt is None or attempt.jury_readings:
                return None
            attempt.jury = None
            session.flush()
            attempt.jury = Jury(created=now(), waiting=values["seats"], **values)
            session.flush()
            return attempt

    def add_of_jury(self, judging_id: str, number: int, author: str, **values: Any) -> Attempt | None:
        """Keep what a member of an attempt's jury reads; None where no seat is free, or somebody of that name has read.

        With the last one the readings are shown.
        """
        with attempt_of(self._session, judging_id, number) as (session, attempt):
            if attempt is None or attempt.jury is None:
                return None
            jury = attempt.jury
            # The first statement that writes: whoever reads at the same time waits here.
            free = Jury.id == jury.id, Jury.waiting > 0, ~Jury.shown
            taken = session.execute(update(Jury).where(*free).values(waiting=Jury.waiting - 1))
            session.refresh(attempt)
            session.refresh(jury)
            if not taken.rowcount or folded(author) in {folded(one.author) for one in attempt.jury_readings}:  # type: ignore[attr-defined]
                session.rollback()
                return None
            attempt.readings.append(HumanReading(created=now(), author=author, of_jury=True, **values))
            jury.shown = jury.waiting == 0
            session.flush()
            return attempt
