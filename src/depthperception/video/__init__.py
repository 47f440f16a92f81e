"""Video in and out: upright frames with true presentation times, streamed; H.264 that keeps those times.

`frames` is the way in: a generator that decodes what it must and turns a picture into RGB only when asked.
`probe` says what a file is, or raises `VideoError` with what to do. `VideoWriter` is the way out.

Times are seconds of presentation time since the first frame that the decoder shows: a frame has the same time
in every pass over its file, wherever the pass starts, so the time names the frame. Nothing here believes a
frame count or a frame rate that a container states. What a container replays slowly, or speeds up, has the
times at which a player shows it; how fast the world moved then is not in the file.

Pixels have their origin in the upper left corner of the upright picture, x right, y down.
"""

from depthperception.video.counting import frames_before
from depthperception.video.editing import Editing, EditingWatch
from depthperception.video.frame_cache import FrameCache, Picks
from depthperception.video.reading import Frame, Still, VideoInfo, frames, probe, sha256_of
from depthperception.video.recall import Recall
from depthperception.video.resampling import nearest
from depthperception.video.source import Recalled, Shot, Source, Turned, turned
from depthperception.video.writing import VideoWriter

__all__ = [
    "Editing",
    "EditingWatch",
    "Frame",
    "FrameCache",
    "Picks",
    "Recall",
    "Recalled",
    "Shot",
    "Source",
    "Still",
    "Turned",
    "VideoInfo",
    "VideoWriter",
    "frames",
    "frames_before",
    "nearest",
    "probe",
    "sha256_of",
    "turned",
]
