"""Go through a video's attempts looking at the bar."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from depthperception.bar.finding import Disc, Moment
from depthperception.bar.plates import Follower, PlateTrack, find_plates
from depthperception.bar.rig import Rig
from depthperception.bar.steadiness import Box, Steadiness
from depthperception.reps import Attempt
from depthperception.track import PoseTrack
from depthperception.types import FloatArray, Progress, silent
from depthperception.video import Frame, VideoInfo, frames

MAX_SIDE_PX = 1280
"""Longer side of the pictures in which the bar is sought: a big disc is then 60 px and more across."""

MOMENTS = 7
"""Pictures from standing to standing in which discs are sought."""

STEP_S = 0.015
"""Least time between pictures in which they are followed: at 2 m/s a bar moves 3 cm."""

BEFORE_S, AFTER_S = 0.5, 0.5
"""The bar is followed from this long before the hips fall to this long after they are up."""


@dataclass(frozen=True, eq=False)
class BarWatch:
    """What was seen of the bar.

    Attributes
    ----------
    rig
        The lifter's axes in the camera, at the scale that the search was given.
    discs
        None, one or two, as found in the first attempt.
    plates
        Of each attempt, the discs followed through it.
    factor
        Px of the video over px of the pictures in which the discs were sought.
    """

    rig: Rig
    discs: tuple[Disc, ...]
    plates: tuple[tuple[PlateTrack, ...], ...]

    factor: float = 1.0

    @property
    def full_rig(self) -> Rig:
        """The rig in px of the video, which the plates' tracks are in."""
        return self.rig.shrunk(self.factor)


def watch_bar(
    path: Path,
    info: VideoInfo,
    track: PoseTrack,
    attempts: Sequence[Attempt],
    rig: Rig,
    on_progress: Progress = silent,
) -> BarWatch:
    """Find the discs in the first attempt and follow them through every one.

    Parameters
    ----------
    track
        The lifter's landmarks through the video.
    rig
        The lifter's axes in the picture, at the scale that is known without the discs.

    Raises
    ------
    VideoError
        When the video cannot be read any more.
    """
    shrink = min(1.0, MAX_SIDE_PX / max(info.width, info.height))
    small = rig.shrunk(shrink)
    on_progress(STEP, 0.0)
    discs = find_plates(_moments(path, info, track, attempts[0]), small)
    followed = []
    for number, attempt in enumerate(attempts):
        on_progress(STEP, (number + 0.5) / len(attempts))
        followed.append(_follow(path, info, track, attempt, discs, small))
    on_progress(STEP, 1.0)
    return BarWatch(small, discs, tuple(followed), 1.0 / shrink)


STEP = "watching the bar"


def _moments(path: Path, info: VideoInfo, track: PoseTrack, attempt: Attempt) -> list[Moment]:
    """Pictures from standing to standing, evenly."""
    start_s = max(0.0, attempt.start_s - BEFORE_S)
    every_s = (attempt.end_s - start_s) / (MOMENTS - 1)
    return list(_pictures(info, track, frames(path, start_s=start_s, end_s=attempt.end_s, every_s=every_s)))


def _follow(
    path: Path, info: VideoInfo, track: PoseTrack, attempt: Attempt, discs: Sequence[Disc], rig: Rig
) -> tuple[PlateTrack, ...]:
    if not discs:
        return ()
    span = (max(0.0, attempt.start_s - BEFORE_S), attempt.end_s + AFTER_S)
    followers, steadiness = [Follower(disc, rig) for disc in discs], Steadiness([_where(disc) for disc in discs])
    for moment in _pictures(info, track, frames(path, start_s=span[0], end_s=span[1])):
        steadying = steadiness.look(moment.rgb, moment.landmarks_px)
        for follower in followers:
            follower.look(moment, steadying)
    size = np.array([info.width, info.height], dtype=np.float64)
    shrunk = size * min(1.0, MAX_SIDE_PX / size.max())
    return tuple(follower.track().resized(size / shrunk) for follower in followers)


def _where(disc: Disc) -> Box:
    """Box in which a disc moves, with the end of the bar."""
    low, high = disc.centres_px.min(axis=0), disc.centres_px.max(axis=0)
    (left, top), (right, foot) = (
        (low - MOVES_ROUND * disc.radius_px).tolist(),
        (high + MOVES_ROUND * disc.radius_px).tolist(),
    )
    return left, top, right, foot


MOVES_ROUND = 1.6
"""Radii round a disc's middle that it, its stack and the end of the bar take up."""


def _pictures(info: VideoInfo, track: PoseTrack, stream: Iterable[Frame]) -> Iterator[Moment]:
    """Pictures in which the lifter is seen, at most one every `STEP_S`, with his landmarks in their px."""
    last = -np.inf
    for frame in stream:
        landmarks = track.image_at(frame.time_s)
        if landmarks is None or frame.time_s - last < STEP_S * 0.999:
            continue
        last = frame.time_s
        rgb = frame.rgb(max_side_px=MAX_SIDE_PX)
        scale: FloatArray = np.array([rgb.shape[1] / info.width, rgb.shape[0] / info.height])
        yield Moment(frame.time_s, rgb, landmarks * scale)
