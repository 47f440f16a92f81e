"""From the people whom a file has in each frame to the lifter's track."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import OptionError, PoseSourceError
from depthperception.geometry.point_names import landmark_named
from depthperception.geometry.skeletons import ANKLES, COUNT, HIPS, KNEES, SHOULDERS, SKELETONS, Landmark
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.types import FloatArray

LEAST_SCORE = 0.05
"""OpenPose's own default for a point that is drawn; what others leave out they leave empty."""


@dataclass(frozen=True)
class PoseFile:
    """What a file or folder of another tool holds.

    Attributes
    ----------
    tool
        Who wrote it.
    track
        The lifter's landmarks; of files in metres the px are millimetres, seen from his front.
    cm_per_px
        Where the file itself says.
    """

    tool: str
    track: PoseTrack
    cm_per_px: float | None = None


@dataclass(frozen=True)
class Reader:
    """A way to read the files of one tool.

    Attributes
    ----------
    tool, looks_like
        Who writes them, and what they are, in words.
    recognises
        Whether a file or folder is of this kind, by its content.
    read
        Reads it; takes the video's frames a second too, for what has no times.
    """

    tool: str
    looks_like: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path, float | None], PoseFile]


@dataclass(frozen=True)
class Seen:
    """One person in one frame: landmarks (33, 2) in px, NaN where there is none, and scores (33,)."""

    points_px: FloatArray
    scores: FloatArray


def seen_by_layout(points_px: FloatArray, scores: FloatArray, path: Path) -> Seen:
    """Read a person whose points are laid out as one of the known skeletons, by their number.

    Raises
    ------
    PoseSourceError
        When none has so many.
    """
    layout = next((marks for count, marks in SKELETONS.values() if count == len(points_px)), None)
    if layout is None:
        known = ", ".join(f"{count} ({name})" for name, (count, _) in SKELETONS.items())
        raise PoseSourceError(f"{path} holds {len(points_px)} points; expected {known}. Export one of these.")
    return seen_by_marks(points_px, scores, layout)


def seen_by_marks(points_px: FloatArray, scores: FloatArray, marks: Mapping[int, Landmark]) -> Seen:
    """Read a person whose points (n, 2) and scores (n,) are these landmarks; what scores nothing is not seen."""
    points, sure = np.full((COUNT, 2), np.nan), np.zeros(COUNT)
    for index, mark in marks.items():
        if scores[index] >= LEAST_SCORE and np.isfinite(points_px[index]).all():
            points[mark], sure[mark] = points_px[index], min(1.0, float(scores[index]))
    return Seen(points, sure)


def marks_of(names: Sequence[str], path: Path) -> dict[int, Landmark]:
    """Say which landmark each named point is; of two of the same name the first counts.

    Raises
    ------
    PoseSourceError
        When hip, knee, ankle or shoulder is missing on both sides.
    """
    found: dict[Landmark, int] = {}
    for index, name in enumerate(names):
        mark = landmark_named(name)
        if mark is not None:
            found.setdefault(mark, index)
    for pair in (HIPS, KNEES, ANKLES, SHOULDERS):
        if not any(int(mark) in found for mark in pair):
            wanted = Landmark(int(pair[0])).name.lower()
            raise PoseSourceError(
                f"{path} names {', '.join(names[:12])}{', ...' * (len(names) > 12)}; expected points such as {wanted}. "
                "Rename the points of hips, knees, ankles and shoulders."
            )
    return {index: mark for mark, index in found.items()}


def checked_rate(rate_hz: float | None, path: Path) -> float:
    """Refuse to read a file without times when nobody says how fast its frames follow one another.

    Raises
    ------
    OptionError
    """
    if rate_hz is None:
        raise OptionError(f"{path} has no times; expected the frames a second of its video. Give --rate, as --rate 30.")
    if not rate_hz > 0:
        raise OptionError(f"A frame rate of {rate_hz:g} was given; expected one above 0. Give the video's own.")
    return rate_hz


def lifter_of(frames: Sequence[tuple[float, Sequence[Seen]]], path: Path) -> PoseTrack:
    """Take the lifter: the largest person of each frame who shows a hip and a knee of one side.

    Parameters
    ----------
    frames
        Time and people of each.
    path
        For the message.

    Raises
    ------
    PoseSourceError
        When no frame shows anybody so.
    """
    poses = []
    for time_s, people in frames:
        shown = [one for one in people if (np.isfinite(one.points_px[[HIPS, KNEES]]).all(axis=(0, 2))).any()]
        if shown:
            poses.append(_pose(time_s, max(shown, key=_size)))
    if not poses:
        raise PoseSourceError(
            f"No frame of {path} shows a hip and a knee of anybody; expected a lifter. Run the pose network again."
        )
    return stack(poses)


def _size(one: Seen) -> float:
    return float(np.nansum(np.nanmax(one.points_px, axis=0) - np.nanmin(one.points_px, axis=0)))


def _pose(time_s: float, one: Seen) -> Pose:
    trunk = one.points_px[np.concatenate([SHOULDERS, HIPS, KNEES, ANKLES])]
    centre, size = np.nanmean(trunk, axis=0), float(np.nanmax(np.nanmax(trunk, axis=0) - np.nanmin(trunk, axis=0)))
    return Pose(
        time_s=time_s,
        image_px=one.points_px,
        world_m=np.full((COUNT, 3), np.nan),
        visibility=one.scores,
        presence=1.0,
        noise_px=np.full(COUNT, np.nan),
        region=np.array([centre[0], centre[1], size, 0.0]),
    )


def json_of(text: str) -> Any:
    """Parse JSON; None where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None
