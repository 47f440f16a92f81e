"""The tables of the web app's database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from depthperception.depth.calling import ALWAYS_CALLED, SURE
from depthperception.pose.networks import BLAZEPOSE
from depthperception.rules import DEFAULT_RULES

UNFINISHED = ("queued", "running")
FINISHED = ("done", "failed", "cancelled")


LAYOUT = 8
"""Counts up with every change of the tables, so that a server never reads a library that it does not understand."""

UPGRADES: Mapping[int, Sequence[str]] = {
    1: (f"ALTER TABLE judging ADD COLUMN sure FLOAT NOT NULL DEFAULT {ALWAYS_CALLED}",),
    2: (
        "ALTER TABLE human_reading ADD COLUMN low_cm FLOAT",
        "ALTER TABLE human_reading ADD COLUMN high_cm FLOAT",
        "ALTER TABLE human_reading ADD COLUMN legs JSON",
        "ALTER TABLE human_reading ADD COLUMN author VARCHAR NOT NULL DEFAULT ''",
    ),
    3: ("ALTER TABLE judging ADD COLUMN lifter VARCHAR NOT NULL DEFAULT ''",),
    4: (f"ALTER TABLE judging ADD COLUMN pose VARCHAR NOT NULL DEFAULT '{BLAZEPOSE}'",),
    5: (
        "ALTER TABLE human_reading ADD COLUMN of_jury BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE human_reading ADD COLUMN lock VARCHAR NOT NULL DEFAULT ''",
    ),
    6: (
        f"ALTER TABLE judging ADD COLUMN rules VARCHAR NOT NULL DEFAULT '{DEFAULT_RULES}'",
        "ALTER TABLE attempt ADD COLUMN lift VARCHAR",
        "ALTER TABLE attempt ADD COLUMN lights VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE attempt ADD COLUMN cards VARCHAR NOT NULL DEFAULT ''",
    ),
    7: (
        "ALTER TABLE judging ADD COLUMN server VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE judging ADD COLUMN lease_s FLOAT",
        "ALTER TABLE judging ADD COLUMN exercise VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE judging ADD COLUMN session VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE attempt ADD COLUMN exercise VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE attempt ADD COLUMN session VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE attempt ADD COLUMN not_lifter BOOLEAN NOT NULL DEFAULT FALSE",
    ),
}
"""What makes the next layout of each: judgings of the first called everything, so that nothing was too close; readings
of the second had no interval, no legs and no author; uploads of the third named no lifter; BlazePose looked at all
of the fourth; readings of the fifth anybody may withdraw; attempts of the sixth had no lights; judgings of the seventh
were run by the only server that there was and of one video each (a table that is missing is made anyway), its attempts
had neither exercise nor session, and nobody had said of one that it was not the lifter's."""


class Base(DeclarativeBase):
    """The web app's tables."""


class Layout(Base):
    """One row: which layout of these tables the database has."""

    __tablename__ = "layout"

    number: Mapped[int] = mapped_column(primary_key=True)


class Judging(Base):
    """One video, or one lift by several cameras, that is or was judged with one set of options.

    Attributes
    ----------
    name
        The file's name as the user knows it; text to show, never a path.
    sought
        What a search looks through, folded by `reading_store.folded`: databases fold ASCII only, or as their locale
        says.
    state, step, done, error
        Where the job is: "queued", "running", "done", "failed" or "cancelled"; what it does, how much is done (0 to
        1), and why it failed.
    height_cm, method, sure, pose, rules, pick
        What was asked for; `pick` is {"x_px", "y_px", "time_s"}.
    lifter, exercise, session
        Who lifts, what and when ("pause squat", "week 3"), as said at the upload; every attempt begins with them.
    sha256, size_bytes
        Of the video, under whose hash it is stored once for all its judgings.
    playable
        Whether a browser can play the file as it is; if not the job makes a proxy.
    status, reason
        Of the judgement, when it is there.
    runs
        How often the job was started.
    cameras
        The videos of a lift by several cameras; none where there is one. Then `name` is made of all their names, the
        hash is the first one's, and the size that of all.
    server, lease_s
        Which server runs it, and until when it is that server's, in s since 1970 by the database's clock.
    """

    __tablename__ = "judging"

    id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    sought: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int]
    playable: Mapped[bool]
    method: Mapped[str]
    sure: Mapped[float] = mapped_column(default=SURE)
    pose: Mapped[str] = mapped_column(default=BLAZEPOSE)
    rules: Mapped[str] = mapped_column(default=DEFAULT_RULES)
    height_cm: Mapped[float | None]
    pick: Mapped[dict[str, float] | None] = mapped_column(JSON)
    lifter: Mapped[str] = mapped_column(default="")
    exercise: Mapped[str] = mapped_column(default="")
    session: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="queued", index=True)
    step: Mapped[str | None]
    done: Mapped[float] = mapped_column(default=0.0)
    error: Mapped[str | None]
    status: Mapped[str | None]
    reason: Mapped[str | None]
    runs: Mapped[int] = mapped_column(default=0)
    server: Mapped[str] = mapped_column(default="")
    lease_s: Mapped[float | None]
    attempts: Mapped[list["Attempt"]] = relationship(
        back_populates="judging", cascade="all, delete-orphan", order_by="Attempt.number"
    )
    cameras: Mapped[list["CameraVideo"]] = relationship(
        cascade="all, delete-orphan", order_by="CameraVideo.number", lazy="selectin"
    )

    @property
    def names(self) -> list[str]:
        """Of every video."""
        return [one.name for one in self.cameras] or [self.name]

    @property
    def hashes(self) -> list[str]:
        """Of every video."""
        return [one.sha256 for one in self.cameras] or [self.sha256]


class CameraVideo(Base):
    """One of several videos of one lift; `number` counts from 1, the rest as in `Judging`."""

    __tablename__ = "camera_video"

    id: Mapped[int] = mapped_column(primary_key=True)
    judging_id: Mapped[str] = mapped_column(ForeignKey("judging.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int]


class Attempt(Base):
    """One attempt: what was measured, and what a person says of it. Depth in cm, positive below the knee's top.

    `lift` is what comes of the three `lights`, which stand in position order; `cards` says why.
    `lines` are `report.lines.LegLines` of the bottom frame as plain lists, px; `sought` as in `Judging`, with lifter
    and notes.
    `not_lifter`: a person says that somebody else than the lifter was ruled on, as a spotter. The attempt stays where
    it is; trend and exported tables leave it out.
    """

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("judging_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    judging_id: Mapped[str] = mapped_column(ForeignKey("judging.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    verdict: Mapped[str]
    reason: Mapped[str]
    cm: Mapped[float | None]
    low_cm: Mapped[float | None]
    high_cm: Mapped[float | None]
    probability: Mapped[float | None]
    start_s: Mapped[float]
    bottom_s: Mapped[float]
    end_s: Mapped[float]
    bottom_frame: Mapped[int]
    stood_up: Mapped[bool]
    lift: Mapped[str | None]
    lights: Mapped[str] = mapped_column(default="")
    cards: Mapped[str] = mapped_column(default="")
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    lifter: Mapped[str] = mapped_column(default="")
    exercise: Mapped[str] = mapped_column(default="")
    session: Mapped[str] = mapped_column(default="")
    not_lifter: Mapped[bool] = mapped_column(default=False)
    weight_kg: Mapped[float | None]
    date: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    sought: Mapped[str]
    judging: Mapped[Judging] = relationship(back_populates="attempts", lazy="joined", innerjoin=True)
    readings: Mapped[list["HumanReading"]] = relationship(
        cascade="all, delete-orphan", order_by="HumanReading.id", lazy="selectin"
    )
    jury: Mapped["Jury | None"] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def shown_readings(self) -> list["HumanReading"]:
        """Those that may leave the server: not a jury's, before each of its members has read."""
        is_sealed = self.jury is not None and not self.jury.shown
        return [one for one in self.readings if not (one.of_jury and is_sealed)]

    @property
    def jury_readings(self) -> list["HumanReading"]:
        """Those of the jury, shown or not."""
        return [one for one in self.readings if one.of_jury]


class Jury(Base):
    """Two or three people who read one frame of an attempt without sight of one another's readings.

    Attributes
    ----------
    seats, waiting
        How many they are, and how many of them have not read yet.
    frame, time_s
        What they read.
    shown
        Whether the last has read: then all readings are shown together, and no more are taken.
    """

    __tablename__ = "jury"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), unique=True)
    created: Mapped[str]
    seats: Mapped[int]
    waiting: Mapped[int]
    frame: Mapped[int]
    time_s: Mapped[float]
    shown: Mapped[bool] = mapped_column(default=False)


class HumanReading(Base):
    """What a person read off one frame with points of his own; it never touches the measurement.

    Attributes
    ----------
    low_cm, high_cm
        The 90 % interval; None in readings of earlier versions.
    legs
        cm and sd_cm of each leg that has points, likewise.
    author
        The name that he gave; empty where he gave none.
    of_jury
        Whether it is one of the attempt's jury.
    lock
        What his word was made into (`locks`): who knows the word may withdraw the reading; empty where anybody may.
    """

    __tablename__ = "human_reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), index=True)
    created: Mapped[str]
    frame: Mapped[int]
    time_s: Mapped[float]
    cm: Mapped[float]
    verdict: Mapped[str]
    low_cm: Mapped[float | None]
    high_cm: Mapped[float | None]
    legs: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    author: Mapped[str] = mapped_column(default="")
    of_jury: Mapped[bool] = mapped_column(default=False)
    lock: Mapped[str] = mapped_column(default="")
    creases_px: Mapped[dict[str, Any]] = mapped_column(JSON)
    knees_px: Mapped[dict[str, Any]] = mapped_column(JSON)
