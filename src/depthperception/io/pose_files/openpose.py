"""Poses that OpenPose wrote, or a tool that writes as it does: a folder of JSON, one file a frame.

OpenPose names them `*_keypoints.json` (doc/02_output.md: a list of people, each with pose_keypoints_2d, x, y and score
of every point). Pose2Sim and Sports2D write what RTMLib's networks find in the same way as `*.json`, with Halpe's 26
points or COCO's 17 (Pose2Sim, poseEstimation.py, save_to_openpose). The report's sideAngle.py read them; the side
method still can. They have no third dimension and keep no times.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.damaged import reason, unless_damaged
from depthperception.errors import PoseSourceError
from depthperception.io.pose_files.people import PoseFile, Reader, Seen, checked_rate, lifter_of, seen_by_layout
from depthperception.pose.track import PoseTrack


def _recognises(path: Path) -> bool:
    """Whether it is a folder with JSON in it."""
    return path.is_dir() and bool(_files(path))


def _read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter from a folder."""
    return PoseFile("OpenPose", read_openpose(path, checked_rate(rate_hz, path)))


def read_openpose(folder: Path, frame_rate_hz: float) -> PoseTrack:
    """Read the lifter from a folder of frames.

    The lifter is the largest person of each frame; frames in which no hip and knee of his is seen are left out.

    Parameters
    ----------
    folder
        Holds `<name>_<number>_keypoints.json`, in order of name.
    frame_rate_hz
        Frames a second of the video: the files hold no times.

    Raises
    ------
    PoseSourceError
        When the folder holds no such files, one cannot be read, or nobody is in any.
    OptionError
        When the frame rate is not above 0.
    """
    rate_hz = checked_rate(frame_rate_hz, folder)
    files = _files(folder)
    if not files:
        raise PoseSourceError(
            f"{folder} holds no *_keypoints.json; expected the folder that OpenPose wrote with --write_json. Name it."
        )
    with unless_damaged(PoseSourceError, folder, "a folder that OpenPose wrote. Run OpenPose again."):
        frames = [(number / rate_hz, [_person(one, row) for row in _people(one)]) for number, one in enumerate(files)]
        return lifter_of(frames, folder)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*_keypoints.json")) or sorted(folder.glob("*.json"))


def _people(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["people"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PoseSourceError(
            f"{path} is not a file of OpenPose ({reason(error)}); expected JSON with a list of people. Run "
            "OpenPose again."
        ) from error
    return list(found)


def _person(path: Path, entry: Any) -> Seen:
    try:
        rows = np.array(entry["pose_keypoints_2d"], dtype=np.float64).reshape(-1, 3)
    except (KeyError, TypeError, ValueError) as error:
        raise PoseSourceError(
            f"{path} holds a person without pose_keypoints_2d; expected x, y and score of each point. Run OpenPose "
            "again."
        ) from error
    return seen_by_layout(rows[:, :2], rows[:, 2], path)


READER = Reader(
    "OpenPose", "a folder of *_keypoints.json, or of *.json as Pose2Sim and Sports2D write them", _recognises, _read
)
