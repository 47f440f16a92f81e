"""Where crease and top of the knee of each leg are in the picture, and the level between them that decides.

A level line goes from the top of the knee to straight over or under the crease; a bracket joins its end and the crease.
The points are those that the depth was measured from, so the bracket is the depth, seen as the camera sees it. Where
the thigh points at the camera, level and bracket would lie upon one another: there the bracket stands beside the leg.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from depthperception import results
from depthperception.pose.track import PoseTrack
from depthperception.proof import Ellipse, SeenPoints
from depthperception.results import AttemptJudgement, Camera, Judgement
from depthperception.types import FloatArray

BEYOND_CM, TICK_CM = 5.0, 6.0
"""How far the level reaches beyond the top of the knee, and the mark at the crease towards the knee."""

UPON_ONE_ANOTHER = 0.35
"""Sine of the angle between level and gravity in the picture, below which the two can hardly be told apart (20 deg)."""

SAME_CM = 0.05
"""Depths that are shown as the same number."""

LEGS = ("left", "right")

ELLIPSE_SD = 2.146
"""Half an axis of the ellipse that holds nine in ten errors in two dimensions, in sd: root of -2 ln .1."""

ELLIPSE_CORNERS = 48


@dataclass(frozen=True, eq=False)
class LegLines:
    """The two level lines of one leg, each from where the bracket stands.

    Attributes
    ----------
    side
        The lifter's own "left" or "right".
    cm
        Depth that the lines show, positive when the crease is below the top of the knee.
    own
        Whether that is the leg's own depth; else it is that of both legs, measured together.
    knee_top_px, crease_px : (n, 2)
        From the bracket to the knee and beyond, and from the bracket to or along the crease, px.
    label_px : (2,)
        Where its depth is written: beside the leg.
    rightwards
        Whether the words go right from there.
    """

    side: str
    cm: float
    own: bool
    knee_top_px: FloatArray
    crease_px: FloatArray
    label_px: FloatArray
    rightwards: bool

    def seen_in(self, origin_px: FloatArray, scale: float | FloatArray) -> "LegLines":
        """Give the same lines in a picture cut out at `origin_px`, then enlarged by `scale` (one, or one per axis)."""
        knee_top, crease, label = (
            (points - origin_px) * scale for points in (self.knee_top_px, self.crease_px, self.label_px)
        )
        return replace(self, knee_top_px=knee_top, crease_px=crease, label_px=label)


@dataclass(frozen=True, eq=False)
class LegPoints:
    """The points of one leg that are dotted, px.

    Attributes
    ----------
    side
        The lifter's own "left" or "right".
    seen_px : (n, 2)
        Top of the knee and fold between thigh and trunk, where they are seen.
    inferred_px : (n, 2)
        The measured crease, where the fold is hidden: from the rest of the leg.
    ellipse_px : (m, 2)
        Corners of the outline that holds the top of the knee nine times in ten; none without it.
    """

    side: str
    seen_px: FloatArray
    inferred_px: FloatArray
    ellipse_px: FloatArray

    def seen_in(self, origin_px: FloatArray, scale: float | FloatArray) -> "LegPoints":
        """Give the same points in a picture cut out at `origin_px`, then enlarged by `scale` (one, or one per axis)."""
        seen, inferred, ellipse = (
            (points - origin_px) * scale for points in (self.seen_px, self.inferred_px, self.ellipse_px)
        )
        return replace(self, seen_px=seen, inferred_px=inferred, ellipse_px=ellipse)


def leg_points(seen: SeenPoints | None) -> tuple[LegPoints, ...]:
    """Take from what is seen the points to dot, of the legs that have any."""
    found: list[LegPoints] = []
    if seen is None:
        return ()
    for leg in LEGS:
        dots = [at[leg] for at in (seen.knee_top_px, seen.crease_px) if leg in at]
        hollow = [seen.joint_crease_px[leg]] if leg in seen.joint_crease_px and leg not in seen.crease_px else []
        spread = seen.knee_top_covariance_px2.get(leg) if leg in seen.knee_top_px else None
        ellipse = _outline(np.array(seen.knee_top_px[leg]), spread) if spread else np.empty((0, 2))
        if dots or hollow:
            found.append(LegPoints(leg, _pairs(dots), _pairs(hollow), ellipse))
    return tuple(found)


def _pairs(points: Sequence[tuple[float, float]]) -> FloatArray:
    return np.array(points, dtype=np.float64).reshape(-1, 2)


def _outline(middle: FloatArray, covariance_px2: Ellipse) -> FloatArray:
    xx, xy, yy = covariance_px2
    sizes, axes = np.linalg.eigh([[xx, xy], [xy, yy]])
    turn = np.linspace(0.0, 2.0 * np.pi, ELLIPSE_CORNERS, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.asarray(middle + ELLIPSE_SD * (circle * np.sqrt(np.maximum(sizes, 0.0))) @ axes.T)


def up_in_picture(camera: Camera | None) -> FloatArray:
    """Unit vector (2,) against gravity in the picture; straight up when the camera is not known."""
    return np.array(results.up_in_picture(camera.up) if camera else (0.0, -1.0), dtype=np.float64)


def landmarks_at(track: PoseTrack, judgement: Judgement, time_s: float) -> FloatArray | None:
    """Give the landmarks (33, 2) of a moment in px as `PoseTrack.image_at` does, never between looks of two shots."""
    shots = (one for one in judgement.shots if one.start_s <= time_s <= one.end_s)
    here = next(shots, None)
    return (track.between(here.start_s, here.end_s) if here else track).image_at(time_s)


def attempt_lines(attempt: AttemptJudgement, judgement: Judgement) -> tuple[LegLines, ...]:
    """Place the lines of an attempt in the picture of its bottom, px of the video.

    A leg that is hidden has none; none has where there is no depth. A depth of a method that does not measure by the
    points that are seen is drawn under the level, as long as the scale makes it.
    """
    here = judgement.at(attempt.bottom_s)
    depth, seen, scale = attempt.depth, attempt.seen, here.scale
    if depth.cm is None or scale is None or seen is None:
        return ()
    up = up_in_picture(here.camera)
    found = []
    for leg in (leg for leg in LEGS if leg in seen.level_px and leg in seen.knee_top_px):
        own = getattr(depth, leg)
        cm = own.cm if own else depth.cm
        level, knee, crease = (np.array(at[leg]) for at in (seen.level_px, seen.knee_top_px, seen.joint_crease_px))
        if abs(cm - seen.depth_cm[leg]) > SAME_CM:
            crease = level - up * cm / scale.cm_per_px
        towards, away = _towards(level, knee, up), _outwards(leg, seen, up) * TICK_CM / scale.cm_per_px
        if abs(towards @ away) < UPON_ONE_ANOTHER * np.linalg.norm(away):
            top, tick = np.stack([level + away, level, knee]), np.stack([crease + away, crease])
            label, rightwards = level + away, bool(away[0] > 0)
        else:
            top = np.stack([level, knee + towards * BEYOND_CM / scale.cm_per_px])
            tick = np.stack([crease, crease + towards * TICK_CM / scale.cm_per_px])
            label, rightwards = level, bool(towards[0] < 0)
        found.append(LegLines(leg, cm, own is not None, top, tick, label, rightwards))
    found.sort(key=lambda one: float(one.knee_top_px[:, 0].mean()))
    return tuple(found) if len(found) < len(LEGS) else (_labelled(found[0], False), _labelled(found[1], True))


NOT_AT_THE_FOLD = (
    "The bracket ends at the crease that is measured, over the hip joint; the dot by it is the fold that an eye sees, "
    "nearer to the knee."
)


def fold_note(legs: Sequence[LegLines], seen: SeenPoints | None) -> str:
    """Say why a bracket does not end at the dotted crease; nothing where no leg shows both."""
    return NOT_AT_THE_FOLD if seen and any(leg.side in seen.crease_px for leg in legs) else ""


def _towards(level: FloatArray, knee: FloatArray, up: FloatArray) -> FloatArray:
    """Unit vector (2,) from over the crease to the knee; across gravity where the thigh points at the camera."""
    way = knee - level
    length = float(np.linalg.norm(way))
    return np.asarray(way / length) if length > 1.0 else np.array([-up[1], up[0]])


def _outwards(leg: str, seen: SeenPoints, up: FloatArray) -> FloatArray:
    """Unit vector (2,) across gravity, away from the other leg; to the right where that is not seen."""
    across, others = np.array([-up[1], up[0]]), [at for side, at in seen.knee_top_px.items() if side != leg]
    left_of_it = others and (np.array(seen.knee_top_px[leg]) - others[0]) @ across < 0
    return -across if left_of_it else across


def _labelled(leg: LegLines, rightwards: bool) -> LegLines:
    """Write the depth of one of two legs at the end that is further out."""
    outer = leg.knee_top_px[np.argmax(leg.knee_top_px[:, 0] * (1 if rightwards else -1))]
    return replace(leg, label_px=outer, rightwards=rightwards)


BOTH = "both"


def labels(legs: Sequence[LegLines]) -> tuple[str | None, ...]:
    """Say whose depth to write beside each leg: its own, or once, at the first that has none, that of both legs."""
    shared = next((leg.side for leg in legs if not leg.own), None)
    return tuple(leg.side if leg.own else BOTH if leg.side == shared else None for leg in legs)
