"""Go through a video's attempts looking at the bar."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.attempts.detection import Attempt
from depthperception.barbell.camera_fit import CameraFit
from depthperception.barbell.detection import Moment, PlateCandidate
from depthperception.barbell.plate_tracking import Follower, PlateTrack, find_plates
from depthperception.barbell.projection import LifterCamera
from depthperception.barbell.stabilisation import Box, CameraMotion
from depthperception.concurrency import AHEAD, prefetch
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray, Progress, silent
from depthperception.video import Frame, FrameCache, Still, VideoInfo, frames, nearest

MOMENTS = 7
"""Pictures from standing to standing in which plates are sought."""

STEP_S = 0.015
"""Least time between pictures in which they are followed: at 2 m/s a bar moves 3 cm."""

WHILE_SOUGHT = 32
"""Pictures of the first attempt that are decoded while plates are sought, which takes one core: a second, 50 MB."""

BEFORE_S, AFTER_S = 0.5, 0.5
"""The bar is followed from this long before the hips fall to this long after they are up."""

STEP = "watching the bar"

MOVES_ROUND = 1.6
"""Radii round a plate's middle that it, its stack and the end of the bar take up."""


@dataclass(frozen=True, eq=False)
class BarWatch:
    """What was seen of the bar.

    Attributes
    ----------
    rig
        The lifter's axes in the camera: as the plates put them, or where there are none as the search was given them.
    candidates
        None, one or two, as found in the first attempt.
    plates
        Of each attempt, the plates followed through it.
    factor
        Px of the video over px of the pictures in which the plates were sought.
    fit
        What the plates' rims say of camera and scale; None without plates.
    """

    lifter_camera: LifterCamera
    candidates: tuple[PlateCandidate, ...]
    plates: tuple[tuple[PlateTrack, ...], ...]

    factor: float = 1.0
    fit: CameraFit | None = None

    @property
    def full_lifter_camera(self) -> LifterCamera:
        """The rig in px of the video, which the plates' tracks are in."""
        return self.lifter_camera.shrunk(self.factor)


def watch_bar(
    cache: FrameCache,
    info: VideoInfo,
    track: PoseTrack,
    attempts: Sequence[Attempt],
    lifter_camera: LifterCamera,
    *,
    plate_cm: float | None = None,
    on_progress: Progress = silent,
) -> BarWatch:
    """Find the plates in the first attempt and follow them through every one.

    Parameters
    ----------
    keeper
        Of the video's pictures; it says how large the pictures are in which the bar is sought.
    track
        The lifter's landmarks through the video.
    rig
        The lifter's axes in the picture, at the scale that is known without the plates.
    plate_cm
        Diameter of the largest plate where somebody said it.

    Raises
    ------
    VideoError
        When the video cannot be read any more.
    """
    shrink = min(1.0, cache.max_side_px / max(info.width, info.height))
    small = lifter_camera.shrunk(shrink)
    stretch = np.full(2, 1.0 / shrink)
    on_progress(STEP, 0.0)
    radius_m = plate_cm / 200.0 if plate_cm else None
    first = _watched(cache, info, track, attempts[0], most=WHILE_SOUGHT)
    found = find_plates(_moments(cache, info, track, attempts[0]), small, radius_m)
    if not found.candidates:
        return BarWatch(small, (), ((),) * len(attempts), 1.0 / shrink)
    small = found.fit.lifter_camera if found.fit else small
    followed = []
    for number, attempt in enumerate(attempts):
        on_progress(STEP, (number + 0.5) / len(attempts))
        moments = _watched(cache, info, track, attempt) if number else first
        followed.append(tuple(plate.resized(stretch) for plate in _follow(moments, found.candidates, small)))
    on_progress(STEP, 1.0)
    return BarWatch(small, found.candidates, tuple(followed), 1.0 / shrink, found.fit)


def _moments(cache: FrameCache, info: VideoInfo, track: PoseTrack, attempt: Attempt) -> list[Moment]:
    """Pictures from standing to standing, about evenly."""
    start_s = max(0.0, attempt.start_s - BEFORE_S)
    every_s = (attempt.end_s - start_s) / (MOMENTS - 1)
    return list(_pictures(info, track, nearest(cache.stills(start_s, attempt.end_s), every_s)))


def _watched(
    cache: FrameCache, info: VideoInfo, track: PoseTrack, attempt: Attempt, *, most: int = AHEAD
) -> Iterator[Moment]:
    """Pictures of the attempt in which the bar is followed, up to so many decoded before they are asked for."""
    span = (max(0.0, attempt.start_s - BEFORE_S), attempt.end_s + AFTER_S)
    spaced = _spaced(frames(cache.path, start_s=span[0], end_s=span[1]))
    return prefetch(_pictures(info, track, (frame.still(cache.max_side_px) for frame in spaced)), most)


def _follow(
    moments: Iterator[Moment], plates: Sequence[PlateCandidate], lifter_camera: LifterCamera
) -> tuple[PlateTrack, ...]:
    followers, camera_motion = (
        [Follower(plate, lifter_camera) for plate in plates],
        CameraMotion([_where(plate) for plate in plates]),
    )
    for moment, steadying in prefetch((one, camera_motion.look(one.rgb, one.landmarks_px)) for one in moments):
        for follower in followers:
            follower.look(moment, steadying)
    return tuple(follower.track() for follower in followers)


def _where(plate: PlateCandidate) -> Box:
    """Box in which a plate moves, with the end of the bar."""
    low, high = plate.centres_px.min(axis=0), plate.centres_px.max(axis=0)
    (left, top), (right, foot) = (
        (low - MOVES_ROUND * plate.radius_px).tolist(),
        (high + MOVES_ROUND * plate.radius_px).tolist(),
    )
    return left, top, right, foot


def _spaced(stream: Iterable[Frame]) -> Iterator[Frame]:
    """At most one frame every `STEP_S`."""
    last = -np.inf
    for frame in stream:
        if frame.time_s - last >= STEP_S * 0.999:
            last = frame.time_s
            yield frame


def _pictures(info: VideoInfo, track: PoseTrack, stills: Iterable[Still]) -> Iterator[Moment]:
    """Pictures in which the lifter is seen, with his landmarks in their px."""
    for still in stills:
        landmarks = track.image_at(still.time_s)
        if landmarks is not None:
            scale: FloatArray = np.array([still.rgb.shape[1] / info.width, still.rgb.shape[0] / info.height])
            yield Moment(still.time_s, still.rgb, landmarks * scale)
