"""Poses in one JSON file: MMPose's predictions, and what RTMLib's networks return.

MMPose writes a list of frames, each with frame_id and instances of keypoints and keypoint_scores (MMPoseInferencer,
--pred-out-dir), or the same list as instance_info beside meta_info (demo/topdown_demo_with_mmdet.py,
--save-predictions). RTMLib returns keypoints (people, points, 2) and scores (people, points) of a frame; a list of
these, one a frame, is read.
"""

from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import PoseSourceError
from depthperception.io.pose_files.people import (
    PoseFile,
    Reader,
    Seen,
    checked_rate,
    json_of,
    lifter_of,
    seen_by_layout,
)


def _mmpose_recognises(path: Path) -> bool:
    """Whether its first frame has instances."""
    return _has(path, "instances")


def _mmpose_read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter; frames are numbered as the file says, from its first one."""
    rate_hz, frames = checked_rate(rate_hz, path), _frames(path)
    numbers = [frame.get("frame_id", number) for number, frame in enumerate(frames)]
    people = [[_instance(path, one) for one in frame["instances"]] for frame in frames]
    times = [(number - numbers[0]) / rate_hz for number in numbers]
    return PoseFile("MMPose", lifter_of(list(zip(times, people, strict=True)), path))


def _rtmlib_recognises(path: Path) -> bool:
    """Whether its first frame has keypoints and scores."""
    return _has(path, "keypoints") and _has(path, "scores")


def _rtmlib_read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter."""
    rate_hz = checked_rate(rate_hz, path)
    frames = [(number / rate_hz, _all(path, frame)) for number, frame in enumerate(_frames(path))]
    return PoseFile("RTMLib", lifter_of(frames, path))


def _has(path: Path, name: str) -> bool:
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    frames = _frames(path)
    return bool(frames) and isinstance(frames[0], dict) and name in frames[0]


def _frames(path: Path) -> list[Any]:
    content = json_of(path.read_text(encoding="utf-8"))
    frames = content.get("instance_info") if isinstance(content, dict) else content
    return frames if isinstance(frames, list) else []


def _instance(path: Path, entry: Any) -> Seen:
    return _all(path, {"keypoints": [entry.get("keypoints")], "scores": [entry.get("keypoint_scores")]})[0]


def _all(path: Path, frame: Any) -> list[Seen]:
    try:
        points = [np.array(one, dtype=np.float64)[:, :2] for one in frame["keypoints"]]
        scores = [np.array(one, dtype=np.float64).reshape(len(points[k])) for k, one in enumerate(frame["scores"])]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise PoseSourceError(
            f"{path} holds a person without points (points, 2) and as many scores; expected both. Export it again."
        ) from error
    return [seen_by_layout(one, sure, path) for one, sure in zip(points, scores, strict=True)]


MMPOSE = Reader(
    "MMPose",
    "a .json file with a list of frames, each with instances of keypoints and keypoint_scores",
    _mmpose_recognises,
    _mmpose_read,
)
RTMLIB = Reader(
    "RTMLib",
    "a .json file with a list of frames, each with keypoints (people, points, 2) and scores",
    _rtmlib_recognises,
    _rtmlib_read,
)
