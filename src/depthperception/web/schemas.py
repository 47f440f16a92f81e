"""The objects of the JSON API, for its documentation and for the browser."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, cast

from pydantic import BaseModel, ConfigDict

from depthperception.decision import Lift
from depthperception.results import Verdict
from depthperception.ruling.jury import tally
from depthperception.web.tables import Attempt, HumanReading, Judging

Point: TypeAlias = tuple[float, float]


class LegOut(BaseModel):
    """Depth of one leg, cm, with the sd of its error.

    `level_px` is straight over or under the measured crease `crease_px`, as high as the top of the knee.
    """

    cm: float
    sd_cm: float
    level_px: Point
    crease_px: Point


class MeasuredOut(BaseModel):
    """What points set by hand say: depth in cm, positive when the crease is below the top of the knee, its interval."""

    cm: float
    low_cm: float
    high_cm: float
    probability: float
    verdict: Verdict
    legs: dict[str, LegOut]


class ReadingOut(BaseModel):
    """What a person read off one frame; depth in cm, positive when the crease is below the top of the knee.

    Readings of earlier versions have no interval and no legs.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    author: str
    frame: int
    time_s: float
    cm: float
    verdict: Verdict
    low_cm: float | None
    high_cm: float | None
    legs: dict[str, LegOut] | None
    creases_px: dict[str, Point | None]
    knees_px: dict[str, Point | None]
    created: str
    of_jury: bool


class ReaderOut(BaseModel):
    """A member of a jury who has read; `reading` is its id, to withdraw it."""

    reading: int
    author: str


class JuryOut(BaseModel):
    """People who read one frame independently; what they read is sent when the last has read, and not before.

    `mean_cm` and `spread_cm` (from the shallowest to the deepest) are null until then, and with fewer than two
    readings; `majority` is null too where no verdict has more than half of them.
    """

    seats: int
    frame: int
    time_s: float
    shown: bool
    readers: list[ReaderOut]
    mean_cm: float | None = None
    spread_cm: float | None = None
    majority: Verdict | None = None

    @classmethod
    def of(cls, attempt: Attempt) -> "JuryOut | None":
        """Make it from an attempt; None where no jury reads."""
        jury = attempt.jury
        if jury is None:
            return None
        readings = attempt.jury_readings
        votes = [(one.cm, cast(Verdict, one.verdict)) for one in readings] if jury.shown else []
        found = tally(votes)
        return cls(
            **{name: getattr(jury, name) for name in ("seats", "frame", "time_s", "shown")},
            readers=[ReaderOut(reading=one.id, author=one.author) for one in readings],
            mean_cm=found.mean_cm if found else None,
            spread_cm=found.spread_cm if found else None,
            majority=found.majority if found else None,
        )


class AttemptOut(BaseModel):
    """One row of the library: the measurement, what a person says of the attempt, and the latest human reading.

    `lights` are the three in position order, `cards` the causes of red ones; `not_lifter`: a person said that somebody
    else than the lifter was ruled on.
    """

    judging: str
    created: str
    number: int
    name: str
    verdict: Verdict
    reason: str
    cm: float | None
    low_cm: float | None
    high_cm: float | None
    probability: float | None
    start_s: float
    bottom_s: float
    end_s: float
    bottom_frame: int
    stood_up: bool
    lift: Lift | None
    lights: str
    cards: str
    lifter: str
    exercise: str
    session: str
    not_lifter: bool
    weight_kg: float | None
    date: str | None
    notes: str
    human_cm: float | None
    human_low_cm: float | None
    human_high_cm: float | None
    human_verdict: Verdict | None
    human_author: str | None

    @classmethod
    def of(cls, row: Attempt, **more: Any) -> "AttemptOut":
        """Make it from a row of the store."""
        latest = row.shown_readings[-1] if row.shown_readings else None
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        of_judging = {"name": row.judging.name, "created": row.judging.created}
        said = ("cm", "low_cm", "high_cm", "verdict", "author")
        human = {f"human_{name}": getattr(latest, name) if latest else None for name in said}
        return cls(**{**own, "judging": row.judging_id, **of_judging, **human, **more})


class LegLinesOut(BaseModel):
    """The lines of one leg, px, from the bracket on, and where its depth is written.

    `cm` is its own depth, null where both legs are measured together. Attempts of earlier versions have no label.
    """

    side: Literal["left", "right"]
    cm: float | None
    knee_top_px: list[Point]
    crease_px: list[Point]
    label_px: Point | None = None
    rightwards: bool = True


class AttemptDetail(AttemptOut):
    """An attempt with the lines of its bottom frame, its jury, and every human reading that is shown, newest last."""

    lines: list[LegLinesOut]
    readings: list[ReadingOut]
    jury: JuryOut | None

    @classmethod
    def of(cls, row: Attempt, **more: Any) -> "AttemptDetail":
        """Make it from a row of the store."""
        found = AttemptOut.of(row).model_dump()
        readings = [reading_out(reading) for reading in row.shown_readings]
        return cls(**{**found, "lines": row.lines, "readings": readings, "jury": JuryOut.of(row), **more})


class VerdictOut(BaseModel):
    """The ruling on one attempt."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    verdict: Verdict
    cm: float | None
    probability: float | None


class CameraVideoOut(BaseModel):
    """One of several videos of one lift."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    name: str
    sha256: str
    size_bytes: int


class JudgingOut(BaseModel):
    """One video, or one lift by several cameras, that is or was judged; `cameras` is empty where there is one video."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    created: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    step: str | None
    done: float
    error: str | None
    height_cm: float | None
    method: str
    sure: float
    pose: str
    rules: str
    pick: dict[str, float] | None
    lifter: str
    exercise: str
    session: str
    sha256: str
    size_bytes: int
    playable: bool
    status: Literal["judged", "no_squat", "no_person", "no_lifter"] | None
    reason: str | None
    cameras: list[CameraVideoOut]
    verdicts: list[VerdictOut]

    @classmethod
    def of(cls, row: Judging) -> "JudgingOut":
        """Make it from a row of the store."""
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**own, verdicts=[VerdictOut.model_validate(attempt) for attempt in row.attempts])


class JudgingDetail(JudgingOut):
    """A judging with its attempts."""

    attempts: list[AttemptDetail]

    @classmethod
    def of(cls, row: Judging) -> "JudgingDetail":
        """Make it from a row of the store."""
        found = JudgingOut.of(row).model_dump()
        return cls(**found, attempts=[AttemptDetail.of(attempt) for attempt in row.attempts])


class JudgingList(BaseModel):
    """Some of the judgings, newest first, and how many there are."""

    total: int
    items: list[JudgingOut]


class AttemptList(BaseModel):
    """Some of the attempts, newest first, and how many there are."""

    total: int
    items: list[AttemptOut]


class LifterOut(BaseModel):
    """Somebody who has attempts in the library, and the height that was given with the latest of them that has one."""

    lifter: str
    attempts: int
    height_cm: float | None


class LabelsOut(BaseModel):
    """The exercises and sessions of the library's attempts, each once, the one judged last first."""

    exercise: list[str]
    session: list[str]


class LandmarksOut(BaseModel):
    """The lifter's 33 landmarks, px, at the times at which he was looked at; null where he was not found."""

    times_s: list[float]
    image_px: list[list[Point] | None]
    bones: list[tuple[int, int]]


class PersonOut(BaseModel):
    """Somebody who was found: boxes, px, at the times at which he was seen, and whether he was chosen."""

    number: int
    chosen: bool
    times_s: list[float]
    boxes_px: list[tuple[float, float, float, float]]


class FramesOut(BaseModel):
    """True presentation times of all frames, s, and the size of the upright picture, px."""

    times_s: list[float]
    width: int
    height: int


def reading_out(row: HumanReading) -> ReadingOut:
    """Make a reading from a row of the store."""
    return ReadingOut.model_validate(row)


def attempts_out(rows: Sequence[Attempt]) -> list[AttemptOut]:
    """Make library rows from rows of the store."""
    return [AttemptOut.of(row) for row in rows]
