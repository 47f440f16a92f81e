"""What landmarks in the picture alone show of one attempt, whichever network or file they come from."""

from dataclasses import dataclass

from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack
from depthperception.results import Scale
from depthperception.types import FloatArray


@dataclass(frozen=True, kw_only=True)
class PictureEvidence:
    """What is known of one attempt.

    Attributes
    ----------
    bottom
        The deepest frames; metres are those of the picture's plane, without depth.
    scale
        By the lifter's height; that of an adult where none is given.
    scale_known
        Whether it was given: else there are no centimetres.
    motion
        The landmarks from standing to standing; NaN where one is not seen.
    cut_short
        They end with the attempt.
    hidden
        The lifter is not found at the bottom.
    """

    bottom: PoseSamples
    scale: Scale
    scale_known: bool
    motion: PoseTrack
    cut_short: bool = False
    hidden: bool = False

    @property
    def looks_px(self) -> FloatArray:
        """Landmarks (looks, 33, 2) in the picture by each look at the bottom; NaN where one is not seen."""
        return self.bottom.image_px.reshape(-1, *self.bottom.image_px.shape[2:])
