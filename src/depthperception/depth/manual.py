"""A human reading: two lines set by hand in one frame, turned into centimetres by the measured camera and scale."""

from collections.abc import Mapping
from dataclasses import dataclass

from depthperception.errors import OptionError
from depthperception.results import Judgement, Verdict, up_in_picture

Point = tuple[float, float]


@dataclass(frozen=True)
class Lines:
    """Where a person sees the hip crease and the top of the knee, px, for each of the lifter's legs that he saw."""

    creases_px: Mapping[str, Point]
    knees_px: Mapping[str, Point]

    def __post_init__(self) -> None:
        if not self.creases_px or set(self.creases_px) != set(self.knees_px):
            raise OptionError(
                "The points do not belong together. Expected crease and knee of the left leg, of the right, or of "
                "both. Set both points of a leg."
            )


@dataclass(frozen=True)
class HumanDepth:
    """What the lines say: depth in cm, positive when the crease is below the top of the knee."""

    cm: float
    verdict: Verdict


def measure(lines: Lines, judgement: Judgement) -> HumanDepth:
    """Measure crease below knee along the picture's gravity, the mean of the legs given.

    The scale is that of the standing lifter, and the picture is taken as the plane in which he squats: a camera that
    looks up or down on a crease nearer to it than the knee sees a depth that is not there, and the reading has it too.

    Parameters
    ----------
    lines
        In the upright picture.
    judgement
        Of the video; its camera's `up` and its scale are used.

    Raises
    ------
    OptionError
        When the judgement has no scale or no camera.
    """
    camera, scale = judgement.camera, judgement.scale
    if camera is None or scale is None:
        raise OptionError(
            "This video was judged without a scale, so pixels have no centimetres. Expected a judged squat. Judge a "
            "video that shows the lifter standing."
        )
    up_x, up_y = up_in_picture(camera.up)
    below_px = [
        (lines.knees_px[side][0] - crease[0]) * up_x + (lines.knees_px[side][1] - crease[1]) * up_y
        for side, crease in lines.creases_px.items()
    ]
    cm = sum(below_px) / len(below_px) * scale.cm_per_px
    return HumanDepth(round(cm, 4), "depth" if cm > 0 else "no_depth")
