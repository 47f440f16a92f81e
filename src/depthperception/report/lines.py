"""Where the two lines that decide lie in the picture: the top of the knee and the hip crease, for each leg.

The lines show the measured depth, the dots show the pose model's joints. A joint lies inside the leg and the rule
speaks of its surface, so hip and knee dots do not say what the lines say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from depthperception import results
from depthperception.geometry.skeletons import Landmark
from depthperception.results import AttemptJudgement, Camera, Judgement, Reading, Scale, SeenPoints
from depthperception.types import FloatArray

KNEE_TOP_CM = 5.4
"""Top of the knee over its joint: ANSUR II, suprapatellar over lateral epicondyle height, men 6.2, women 4.5."""

MARGIN_CM = 9.0
"""How far the lines reach beyond hip and knee: half a thigh, so that they leave the leg."""

LEGS = (
    ("left", int(Landmark.LEFT_HIP), int(Landmark.LEFT_KNEE)),
    ("right", int(Landmark.RIGHT_HIP), int(Landmark.RIGHT_KNEE)),
)


@dataclass(frozen=True)
class LegLines:
    """The two level lines of one leg.

    Attributes
    ----------
    side
        The lifter's own "left" or "right".
    cm
        Depth that the lines show, positive when the crease is below the top of the knee.
    own
        Whether that is the leg's own depth; else it is that of both legs, measured together.
    knee_top_px, crease_px : (2, 2)
        Outer end (where the bracket stands) and inner end, px. The crease line is the knee line moved along gravity
        by the depth.
    """

    side: str
    cm: float
    own: bool
    knee_top_px: FloatArray
    crease_px: FloatArray

    def seen_in(self, origin_px: FloatArray, scale: float | FloatArray) -> "LegLines":
        """Give the same lines in a picture cut out at `origin_px`, then enlarged by `scale` (one, or one per axis)."""
        knee_top, crease = (self.knee_top_px - origin_px) * scale, (self.crease_px - origin_px) * scale
        return replace(self, knee_top_px=knee_top, crease_px=crease)


def up_in_picture(camera: Camera | None) -> FloatArray:
    """Unit vector (2,) against gravity in the picture; straight up when the camera is not known."""
    return np.array(results.up_in_picture(camera.up) if camera else (0.0, -1.0), dtype=np.float64)


def attempt_lines(
    landmarks_px: FloatArray | None, attempt: AttemptJudgement, judgement: Judgement
) -> tuple[LegLines, ...]:
    """Place the lines of an attempt on the landmarks (33, 2) of its bottom, px of the video; none without landmarks."""
    if landmarks_px is None:
        return ()
    here = judgement.at(attempt.bottom_s)
    return leg_lines(landmarks_px, attempt.depth, here.camera, here.scale, attempt.seen)


def leg_lines(
    landmarks_px: FloatArray,
    depth: Reading,
    camera: Camera | None,
    scale: Scale | None,
    seen: SeenPoints | None = None,
) -> tuple[LegLines, ...]:
    """Place the lines of both legs; none where there is no depth, no scale or no knee.

    Parameters
    ----------
    landmarks_px : (33, 2)
        The lifter at the bottom.
    depth
        What was measured; the lines of a leg without its own number show the depth of both.
    camera
        Its `up` tilts the lines: level is across gravity, not along the picture's edge.
    scale
        Turns cm into px.
    seen
        Where the top of each knee is seen. A leg whose knee is hidden has no lines; where both are, or without this,
        the knee line lies `KNEE_TOP_CM` over the joint.
    """
    if depth.cm is None or scale is None:
        return ()
    up = up_in_picture(camera)
    level = np.array([-up[1], up[0]])
    tops = seen.knee_top_px if seen else {}
    known = [leg for leg in LEGS if np.isfinite(landmarks_px[list(leg[1:])]).all() and (not tops or leg[0] in tops)]
    known.sort(key=lambda leg: float(landmarks_px[list(leg[1:])].mean(axis=0) @ level))
    found = []
    for place, (side, hip, knee) in enumerate(known):
        own = getattr(depth, side)
        cm = own.cm if own else depth.cm
        thigh = (landmarks_px[hip] - landmarks_px[knee]) @ level
        reach = np.sort([0.0, thigh]) + np.array([-MARGIN_CM, MARGIN_CM]) / scale.cm_per_px
        ends = reach if place == 0 else reach[::-1]
        rise_px = KNEE_TOP_CM / scale.cm_per_px
        if side in tops:
            rise_px = float((np.array(tops[side]) - landmarks_px[knee]) @ up)
        top = landmarks_px[knee] + up * rise_px + ends[:, None] * level
        found.append(LegLines(side, cm, own is not None, top, top - up * cm / scale.cm_per_px))
    return tuple(found)


BOTH = "both"


def labels(legs: Sequence[LegLines]) -> tuple[str | None, ...]:
    """Say whose depth to write beside each leg: its own, or once, at the first that has none, that of both legs."""
    shared = next((leg.side for leg in legs if not leg.own), None)
    return tuple(leg.side if leg.own else BOTH if leg.side == shared else None for leg in legs)
