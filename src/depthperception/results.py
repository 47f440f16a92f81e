"""What a judgement holds, and its JSON form (contract version 2, docs/judgement.schema.json).

Depth is positive when the hip crease is below the top of the knee. Times are seconds of presentation time from the
first frame. A number that was not measured is None, also where another one is near; in JSON it is null.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from depthperception.bar_motion import BarMotion
from depthperception.decision import NOTICE, AppliedRules, Card, Check, Lift, RefereeLight, TimelineEvent
from depthperception.json_types import plain, rebuilt
from depthperception.proof import SeenPoints, Sighted
from depthperception.video_facts import VideoFacts

SCHEMA: Final = "depthperception/judgement/2"

Status = Literal["judged", "no_squat", "no_person", "no_lifter"]
Verdict = Literal["depth", "no_depth", "too_close", "not_judgeable"]
View = Literal["front", "front_oblique", "side", "rear_oblique", "rear"]
Facing = Literal["left", "right", "towards", "away"]
ScaleSource = Literal["height", "plate", "model"]
ChosenBy = Literal["auto", "centre", "number", "pick"]
Kind = Literal["person", "reflection", "picture"]
Coverer = Literal["person", "plate"]
Leg = Literal["left", "right"]
"""The lifter's own."""


@dataclass(frozen=True)
class SideDepth:
    """Depth of one leg, cm, with the sd of its error."""

    cm: float
    sd_cm: float


@dataclass(frozen=True)
class Reading:
    """What one method says of one attempt.

    Attributes
    ----------
    method
        The method's registered name.
    cm
        Depth, positive when the crease is below the top of the knee: the mean of the legs that have a number, of both
        where none has; None when the method cannot measure.
    interval90_cm
        The truth lies in here nine times in ten.
    probability
        That each leg with a number is below; where none has one, that both together are.
    left, right
        The lifter's own legs, each measured by itself; None where the leg is hidden, or the method measures both
        together.
    deciding_leg
        The one that has a number, or of two the higher one, where it is that with a probability of .65; None where
        either may be.
    reason
        Why there is no number, or what limits it; one sentence.
    """

    method: str
    cm: float | None = None
    interval90_cm: tuple[float, float] | None = None
    probability: float | None = None
    left: SideDepth | None = None
    right: SideDepth | None = None
    reason: str | None = None
    deciding_leg: Leg | None = None


@dataclass(frozen=True)
class Camera:
    """How the lifter was filmed, measured from him standing.

    Attributes
    ----------
    view, facing
        In words. `facing` is where the lifter looks, in the picture.
    azimuth_deg
        Where the camera stands: 0 in front of the lifter, 90 at his left side, 180 behind, 270 at his right side.
    pitch_deg
        Of the line of sight to the lifter's hips, positive when the camera looks down on them.
    roll_deg
        Positive when the camera is turned clockwise, seen from behind it.
    pitch_sd_deg, roll_sd_deg
        Errors of both: of cameras by the lifter alone (docs/accuracy.md), unless upright edges of the room tell more.
    up : (x, y, z)
        Unit vector against gravity in camera axes (x right, y down, z away).
    height_above_hip_cm
        Of the camera over the standing lifter's hips; from the pitch and a phone's usual field of view.
    distance_m
        From camera to lifter, likewise.
    advice
        What to do better next time, one sentence each.
    """

    view: View
    facing: Facing
    azimuth_deg: float
    pitch_deg: float
    roll_deg: float
    up: tuple[float, float, float]
    height_above_hip_cm: float | None = None
    distance_m: float | None = None
    advice: tuple[str, ...] = ()
    pitch_sd_deg: float = 4.5
    roll_sd_deg: float = 1.8


@dataclass(frozen=True)
class Scale:
    """Centimetres per pixel at the standing lifter, and what it rests on.

    `model_factor` takes the pose model's own metres to true metres. `height_cm` is the lifter's height where it was
    given. `source` is the surest of `sources`, which `cm_per_px` puts together by their uncertainties. `stature_cm` is
    how tall the lifter is taken to be, and `stature_sd_share` the sd of its error as a share, 0 where it was given;
    both are None where nobody measured. `dropped` are sources that contradict the others, and count for nothing.
    """

    cm_per_px: float
    source: ScaleSource
    model_factor: float = 1.0
    height_cm: float | None = None
    sources: tuple["ScaleEstimate", ...] = ()
    stature_cm: float | None = None
    stature_sd_share: float | None = None
    dropped: tuple["ScaleEstimate", ...] = ()


@dataclass(frozen=True)
class ScaleEstimate:
    """What one source says of the scale at the standing lifter, and the sd of its error as a share."""

    source: ScaleSource
    cm_per_px: float
    sd_share: float


@dataclass(frozen=True)
class Other:
    """Somebody who was not judged: the number that the overlay shows, what he is, and how much he looks like a lifter.

    `box_px` is where he is first seen; `score` goes from 0 to 1.
    """

    number: int
    box_px: tuple[float, float, float, float]
    kind: Kind
    score: float


@dataclass(frozen=True)
class Lifter:
    """The person who was judged.

    Attributes
    ----------
    box_px : x0, y0, x1, y1
        Where he is first seen.
    people_in_frame
        How many people there are at once.
    number
        Of the lifter, as the overlay shows it.
    chosen_by
        The rule that chose him: his marks, the centre of the picture, his number, or somebody who pointed at him.
    why
        What speaks for him, in one sentence.
    others
        Everyone else.
    """

    box_px: tuple[float, float, float, float]
    people_in_frame: int
    number: int = 1
    chosen_by: ChosenBy = "auto"
    why: str = ""
    others: tuple[Other, ...] = ()


@dataclass(frozen=True)
class Covered:
    """What hides a point of the lifter's own left and right leg; None where nothing is known to."""

    left: Coverer | None = None
    right: Coverer | None = None


@dataclass(frozen=True)
class Cover:
    """What stands between the camera and the points that decide, at the bottom."""

    crease: Covered
    knee_top: Covered

    def hides(self, coverer: Coverer) -> bool:
        """Whether something hides a point that decides of both legs: the hip crease, or the top of the knee."""
        return any(point.left == point.right == coverer for point in (self.crease, self.knee_top))


@dataclass(frozen=True)
class AttemptLifter:
    """Who made an attempt: which of the film's lifters, his number in the overlay, his box as the attempt begins.

    `number` counts lifters from 1 in the order of their first attempts; `box_px` is x0, y0, x1, y1.
    """

    number: int
    person: int
    box_px: tuple[float, float, float, float]


@dataclass(frozen=True)
class AttemptJudgement:
    """One attempt: when, what was ruled, why, every method's reading, what was seen, and how the bar moved.

    Attributes
    ----------
    start_s, bottom_s, end_s
        When the knees unlock, when the hips are lowest, when the ascent is over.
    bottom_frame
        Number of the frame nearest to the bottom, from 0.
    stood_up, cut_short
        Whether the lifter is seen to stand again; whether the film ends with the attempt.
    verdict, reason
        What is ruled, and why, in one sentence.
    depth, measurements
        The reading that is ruled by, without a number where nothing can be ruled; every method's own, by its name.
    bar, seen, sighted, cover
        How the bar moves; the points shown as proof; what a reading by hand starts from; what hides the legs.
    timeline, checks, cards, lights, lift
        What referees would see and show, as far as one camera does.
    lifter
        Who made it; None in results of earlier versions.
    """

    start_s: float
    bottom_s: float
    end_s: float
    bottom_frame: int
    stood_up: bool
    verdict: Verdict
    reason: str
    depth: Reading
    measurements: Mapping[str, Reading]
    bar: BarMotion | None = None
    seen: SeenPoints | None = None
    sighted: Sighted | None = None
    cover: Cover | None = None
    cut_short: bool = False
    timeline: tuple[TimelineEvent, ...] = ()
    checks: tuple[Check, ...] = ()
    cards: tuple[Card, ...] = ()
    lights: tuple[RefereeLight, ...] = ()
    lift: Lift | None = None
    lifter: AttemptLifter | None = None

    def __repr__(self) -> str:
        depth = "" if self.depth.cm is None else f", {self.depth.cm:+.1f} cm"
        return f"<AttemptJudgement {self.verdict} at {self.bottom_s:.2f} s by {self.depth.method}{depth}>"


@dataclass(frozen=True)
class ShotJudgement:
    """One shot of a film, or one lifter's turn in it, judged as a video of its own: first frame to last, s."""

    start_s: float
    end_s: float
    status: Status
    reason: str | None = None
    camera: Camera | None = None
    scale: Scale | None = None
    lifter: Lifter | None = None


@dataclass(frozen=True)
class Judgement:
    """Everything that is said about one video.

    Attributes
    ----------
    schema
        The contract that its JSON keeps.
    status, reason
        Whether there was anything to judge, and why not.
    provenance
        Version, options, the hash of every network.
    notes
        Sentences on what somebody should know beside the result: that a second person lifts, for one.
    shots
        Those of a video that is cut, or in which lifters take turns; `reason`, `camera`, `scale` and
        `lifter` are then those of the one with the most attempts.
    rules
        The rule book that the attempts were held against, None in results of earlier versions.
    notice
        What all of it is for.
    """

    schema: Literal["depthperception/judgement/2"] = field(default=SCHEMA, kw_only=True)
    video: VideoFacts
    status: Status
    reason: str | None = None
    camera: Camera | None = None
    scale: Scale | None = None
    lifter: Lifter | None = None
    attempts: tuple[AttemptJudgement, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    shots: tuple[ShotJudgement, ...] = ()
    rules: AppliedRules | None = None
    notice: str = NOTICE

    @property
    def lifters(self) -> tuple[Lifter | None, ...]:
        """Give the lifter of each shot; of a video that is not cut the one there is."""
        return tuple(shot.lifter for shot in self.shots) or (self.lifter,)

    def at(self, time_s: float) -> "Judgement":
        """Give the same with reason, camera, scale and lifter of the shot at a time; itself where nothing is cut."""
        for shot in self.shots:
            if shot.start_s <= time_s <= shot.end_s:
                return replace(self, reason=shot.reason, camera=shot.camera, scale=shot.scale, lifter=shot.lifter)
        return self

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Judgement":
        """Read the JSON contract's object back; fields that a later version added are left out.

        Raises
        ------
        JudgementError
            When it is no judgement, or one of another version of the contract.
        """
        return rebuilt(cls, content, SCHEMA)

    def to_dict(self) -> dict[str, Any]:
        """Give the JSON contract's object: plain dicts, lists, strings and rounded numbers."""
        content: dict[str, Any] = plain(self)
        return content

    def __repr__(self) -> str:
        return f"<Judgement of {self.summary()}>"

    def summary(self) -> str:
        """Say in one line what was judged and found; of many attempts the first three."""
        count = len(self.attempts)
        rulings = ", ".join(f"{one.verdict} at {one.bottom_s:.2f} s" for one in self.attempts[:3])
        found = f", {count} attempt{'s' * (count > 1)}: {rulings}{', ...' * (count > 3)}" if count else ""
        return f"{Path(self.video.path).name}: {self.status}{found}"


def up_in_picture(up: Sequence[float]) -> tuple[float, float]:
    """Give the unit vector against gravity in the picture from `Camera.up`; upright where the camera looks down."""
    length = math.hypot(up[0], up[1])
    return (up[0] / length, up[1] / length) if length > 0.1 else (0.0, -1.0)
