"""What a judgement of several views holds, and its JSON (docs/multiview.schema.json).

Times are seconds on the first view's clock: presentation time from its first frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from depthperception.decision import Lift
from depthperception.json_types import plain, rebuilt
from depthperception.multiview.calibration import CalibrationSource
from depthperception.multiview.referees import CameraLight
from depthperception.multiview.synchronisation import Offset
from depthperception.results import Judgement, Reading, Verdict

SCHEMA: Final = "depthperception/multiview/1"


@dataclass(frozen=True)
class ViewJudgement:
    """One view.

    Attributes
    ----------
    judgement
        What it says by itself, on its own clock.
    used
        Whether it counts for the judgement of all; `reason` says why not.
    offset
        Of its clock; None where it was not found.
    reprojection_px
        How far joints in space are from where it sees them (median); None where nothing was put in space.
    """

    judgement: Judgement
    used: bool
    reason: str | None = None
    offset: Offset | None = None
    reprojection_px: float | None = None


@dataclass(frozen=True)
class CalibrationFacts:
    """How the cameras were calibrated.

    Attributes
    ----------
    source
        A file, a board, or the lifter himself.
    reprojection_px
        Its own error; None where it does not say.
    baselines_m, turned_deg
        From the first camera used to each of the others: how far, and by how much their axes differ.
    gravity
        From the calibration, or from the standing lifter.
    reason
        Why it cannot be used; None where it can.
    """

    source: CalibrationSource
    reprojection_px: float | None
    baselines_m: tuple[float, ...]
    turned_deg: tuple[float, ...]
    gravity: Literal["calibration", "lifter"]
    reason: str | None = None


@dataclass(frozen=True)
class TogetherAttempt:
    """One attempt by all views that show it.

    Attributes
    ----------
    start_s, bottom_s, end_s
        On the first view's clock.
    of_views
        Which of each view's attempts it is, from 0; None where the view has none.
    depth
        What was ruled by: the views together, or the best of them alone where they could not be put together.
    legs_cm, legs_sd_cm
        Depth of the fitted legs before the single views' readings were counted in, and its error.
    misfit_sd
        How badly each view's points fit one pair of legs; None for those without the attempt.
    lights
        The three referees' in position order, each camera by itself; a seat without a camera has no light.
    lift
        What comes of them.
    """

    start_s: float
    bottom_s: float
    end_s: float
    of_views: tuple[int | None, ...]
    verdict: Verdict
    reason: str
    depth: Reading
    legs_cm: float | None = None
    legs_sd_cm: float | None = None
    misfit_sd: tuple[float | None, ...] = ()
    lights: tuple[CameraLight, ...] = ()
    lift: Lift | None = None

    def __repr__(self) -> str:
        depth = "" if self.depth.cm is None else f", {self.depth.cm:+.1f} cm"
        return f"<TogetherAttempt {self.verdict} at {self.bottom_s:.2f} s by {self.depth.method}{depth}>"


@dataclass(frozen=True)
class MultiviewJudgement:
    """Everything that is said about one lift by several videos."""

    schema: Literal["depthperception/multiview/1"] = field(default=SCHEMA, kw_only=True)
    views: tuple[ViewJudgement, ...]
    calibration: CalibrationFacts | None = None
    attempts: tuple[TogetherAttempt, ...] = ()
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "MultiviewJudgement":
        """Read the JSON object back.

        Raises
        ------
        JudgementError
            When it is none, or one of another version of the contract.
        """
        return rebuilt(cls, content, SCHEMA)

    def to_dict(self) -> dict[str, Any]:
        """Give plain dicts, lists, strings and rounded numbers."""
        content: dict[str, Any] = plain(self)
        return content

    def __repr__(self) -> str:
        names = " + ".join(Path(one.judgement.video.path).name for one in self.views)
        rulings = ", ".join(f"{one.verdict} at {one.bottom_s:.2f} s" for one in self.attempts)
        return f"<MultiviewJudgement of {names}: {rulings or 'no attempt'}>"
