"""Was that squat deep enough? Depth from video in centimetres, with an honest uncertainty and the proof.

    import depthperception
    judgement = depthperception.judge("squat.mp4", height_cm=180)
    judgement.attempts[0].verdict        # "depth", "no_depth", "too_close" or "not_judgeable"
    judgement.attempts[0].depth.cm       # positive when the hip crease is below the top of the knee

Centimetres, seconds of presentation time and degrees everywhere; image coordinates in px, x right, y down; left and
right are the lifter's own. `judge` and `examine` are the whole way; the steps are public modules and may change
between minor versions, the JSON of `Judgement.to_dict` (docs/judgement.schema.json) only grows, and
`Judgement.from_dict` reads it back.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from depthperception.errors import DepthPerceptionError

if TYPE_CHECKING:
    from depthperception.examination import Examination
    from depthperception.multiview.calibration_files import read_calibration
    from depthperception.multiview.results import MultiviewJudgement
    from depthperception.multiview.together import examine_together, judge_together
    from depthperception.options import Options
    from depthperception.packet import verify_packet, write_packet
    from depthperception.people import Pick
    from depthperception.pipeline import examine, examine_all, judge, judge_all
    from depthperception.planar.files import judge_landmarks
    from depthperception.pose.track import PoseTrack
    from depthperception.results import AttemptJudgement, Judgement, Reading
    from depthperception.series import TimeSeries
    from depthperception.settings import Settings

    __version__: str

__all__ = [
    "AttemptJudgement",
    "DepthPerceptionError",
    "Examination",
    "Judgement",
    "MultiviewJudgement",
    "Options",
    "Pick",
    "PoseTrack",
    "Reading",
    "Settings",
    "TimeSeries",
    "__version__",
    "examine",
    "examine_all",
    "examine_together",
    "judge",
    "judge_all",
    "judge_landmarks",
    "judge_together",
    "read_calibration",
    "verify_packet",
    "write_packet",
]

_HOME = {
    "AttemptJudgement": "results",
    "Examination": "examination",
    "Judgement": "results",
    "MultiviewJudgement": "multiview.results",
    "Options": "options",
    "Pick": "people",
    "PoseTrack": "pose.track",
    "Reading": "results",
    "Settings": "settings",
    "TimeSeries": "series",
    "examine": "pipeline",
    "examine_all": "pipeline",
    "examine_together": "multiview.together",
    "judge": "pipeline",
    "judge_all": "pipeline",
    "judge_landmarks": "planar.files",
    "judge_together": "multiview.together",
    "read_calibration": "multiview.calibration_files",
    "verify_packet": "packet",
    "write_packet": "packet",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is first used: the networks' runtime takes half a second to load."""
    if name == "__version__":
        from depthperception.provenance import package_version  # noqa: PLC0415

        return package_version("depthperception")
    if name not in _HOME:
        raise AttributeError(f"module 'depthperception' has no attribute {name!r}")
    return getattr(import_module(f"depthperception.{_HOME[name]}"), name)
