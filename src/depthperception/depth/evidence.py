"""What the video shows of one attempt, as every depth method gets it."""

from dataclasses import dataclass

from depthperception.appearance.features import HeadPrediction
from depthperception.depth.legs import FittedLegs
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack
from depthperception.results import Camera, Cover, Scale


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of one attempt.

    Attributes
    ----------
    bottom, standing
        The deepest frames and the standing lifter, looked at closely.
    camera, scale
        Measured from the standing lifter.
    prediction
        What the trained head says of bottom and standing.
    legs
        In space, fitted to what is seen of them at the bottom.
    motion
        The track from standing to standing; None where single frames are all there is.
    cut_short
        The video ends with the attempt.
    picture_px
        Width and height of the upright picture.
    cover
        What stands between the camera and hips and knees; None where nobody looked.
    hidden
        The lifter is found at the bottom only by where he stood.
    """

    bottom: PoseSamples
    standing: PoseSamples
    camera: Camera
    scale: Scale
    prediction: HeadPrediction
    legs: FittedLegs
    motion: PoseTrack | None = None
    cut_short: bool = False
    picture_px: tuple[int, int] = (0, 0)
    cover: Cover | None = None
    hidden: bool = False
