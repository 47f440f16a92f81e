"""Poses that OpenPose wrote: a folder of `*_keypoints.json`, one file a frame (BODY_25 or COCO).

The report's sideAngle.py read them; the side method still can. OpenPose has no third dimension and keeps no times.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import OptionError, PoseSourceError
from depthperception.geometry.skeletons import ANKLES, BODY_25, COCO_18, COUNT, HIPS, KNEES, SHOULDERS
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.types import FloatArray

LAYOUTS = {25: BODY_25, 18: COCO_18}
"""Layout by the number of points."""

LEAST_SCORE = 0.05
"""OpenPose's own default for a point that is drawn."""

NEEDED = np.concatenate([HIPS, KNEES])


def read_openpose(folder: Path, frame_rate_hz: float) -> PoseTrack:
    """Read the lifter from a folder of OpenPose frames.

    The lifter is the largest person of each frame; frames in which no hip and knee of his is seen are left out.

    Parameters
    ----------
    folder
        Holds `<name>_<number>_keypoints.json`, in order of name.
    frame_rate_hz
        Frames a second of the video that OpenPose was given: the files hold no times.

    Raises
    ------
    PoseSourceError
        When the folder holds no such files, one cannot be read, or nobody is in any.
    OptionError
        When the frame rate is not above 0.
    """
    if not frame_rate_hz > 0:
        raise OptionError(f"A frame rate of {frame_rate_hz:g} was given; expected one above 0. Give the video's own.")
    files = sorted(folder.glob("*_keypoints.json"))
    if not files:
        raise PoseSourceError(
            f"{folder} holds no *_keypoints.json; expected the folder that OpenPose wrote with --write_json. Name it."
        )
    poses = []
    for number, path in enumerate(files):
        people = [_person(path, entry) for entry in _people(path)]
        seen = [(points, scores) for points, scores in people if (scores[NEEDED] >= LEAST_SCORE).all()]
        if seen:
            poses.append(_pose(number / frame_rate_hz, *max(seen, key=lambda one: _size(*one))))
    if not poses:
        raise PoseSourceError(
            f"No frame of {folder} shows both hips and both knees of anybody; expected a lifter. Run OpenPose again."
        )
    return stack(poses)


def _people(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["people"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PoseSourceError(
            f"{path} is not a file of OpenPose ({error}); expected JSON with a list of people. Run OpenPose again."
        ) from error
    return list(found)


def _person(path: Path, entry: Any) -> tuple[FloatArray, FloatArray]:
    """Points (33, 2) in px, NaN where OpenPose has none, and scores (33,)."""
    try:
        rows = np.array(entry["pose_keypoints_2d"], dtype=np.float64).reshape(-1, 3)
    except (KeyError, TypeError, ValueError) as error:
        raise PoseSourceError(
            f"{path} holds a person without pose_keypoints_2d; expected 25 or 18 points. Run OpenPose again."
        ) from error
    if len(rows) not in LAYOUTS:
        raise PoseSourceError(
            f"{path} holds {len(rows)} points; expected 25 (BODY_25) or 18 (COCO). Run OpenPose with one of these."
        )
    points, scores = np.full((COUNT, 2), np.nan), np.zeros(COUNT)
    for index, mark in LAYOUTS[len(rows)].items():
        if rows[index, 2] > 0:
            points[mark], scores[mark] = rows[index, :2], rows[index, 2]
    return points, scores


def _size(points: FloatArray, scores: FloatArray) -> float:
    seen = points[scores >= LEAST_SCORE]
    return float(np.ptp(seen, axis=0).sum())


def _pose(time_s: float, points: FloatArray, scores: FloatArray) -> Pose:
    trunk = points[np.concatenate([SHOULDERS, HIPS, KNEES, ANKLES])]
    centre, size = np.nanmean(trunk, axis=0), float(np.nanmax(np.ptp(trunk, axis=0)))
    return Pose(
        time_s=time_s,
        image_px=points,
        world_m=np.full((COUNT, 3), np.nan),
        visibility=scores,
        presence=1.0,
        noise_px=np.full(COUNT, np.nan),
        region=np.array([centre[0], centre[1], size, 0.0]),
    )
