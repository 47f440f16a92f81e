"""Go through a video's attempts looking at the bar."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.barbell.camera_fit import CameraFit
from depthperception.barbell.detection import Moment, PlateCandidate
from depthperception.barbell.plate_search import Plates, StrayPlate, find_linked_plates, find_plates
from depthperception.barbell.plate_tracking import Follower, PlateTrack
from depthperception.barbell.settings import CAMERA, PLATES, CameraFitting, PlateDetection, PlateFollowing
from depthperception.barbell.stabilisation import Box, CameraMotion
from depthperception.capture.lifter_camera import LifterCamera
from depthperception.concurrency import prefetch
from depthperception.geometry.skeletons import SHOULDERS
from depthperception.memory import give_back
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray, Progress, Step, silent
from depthperception.video import Frame, FrameCache, Picks, Still, VideoInfo, frames


@dataclass(frozen=True, eq=False)
class Footage:
    """A video, the pictures of it that are kept, and the lifter's landmarks through it.

    The cache says how large the pictures are in which the bar is sought.
    """

    cache: FrameCache
    info: VideoInfo
    track: PoseTrack


@dataclass(frozen=True, eq=False)
class BarWatch:
    """What was seen of the bar.

    Attributes
    ----------
    lifter_camera
        The lifter's axes in the camera: as the plates put them, or where there are none as the search was given them.
    candidates
        None, one or two, as found in one of the first attempts.
    plates
        Of each attempt, the plates followed through it.
    factor
        Px of the video over px of the pictures in which the plates were sought.
    fit
        What the plates' rims say of camera and scale; None without plates.
    astray
        Where no plate is followed, those that go with him though no bar on his shoulders has them there.
    ends
        Where no plate is followed, both plates of a bar that are too unclear for it, as they were found.
    """

    lifter_camera: LifterCamera
    candidates: tuple[PlateCandidate, ...]
    plates: tuple[tuple[PlateTrack, ...], ...]

    factor: float = 1.0
    fit: CameraFit | None = None
    astray: tuple[StrayPlate, ...] = ()
    ends: tuple[StrayPlate, ...] = ()

    @property
    def full_lifter_camera(self) -> LifterCamera:
        """The same in px of the video, which the plates' tracks are in."""
        return self.lifter_camera.shrunk(self.factor)


def watch_bar(
    footage: Footage,
    attempts: Sequence[Attempt],
    lifter_camera: LifterCamera,
    *,
    plate_cm: float | None = None,
    settings: PlateDetection = PLATES,
    fitting: CameraFitting = CAMERA,
    on_progress: Progress = silent,
) -> BarWatch:
    """Find the plates in one of the first attempts and follow them through every one.

    Parameters
    ----------
    footage
        The video, and the lifter in it.
    attempts
        In order of time.
    lifter_camera
        The lifter's axes in the picture, at the scale that is known without the plates.
    plate_cm
        Diameter of the largest plate where somebody said it.
    settings
        What is taken for a plate, and how it is followed.
    fitting
        How camera and bar are fitted to the plates.

    Raises
    ------
    VideoError
        When the video cannot be read any more.
    """
    shrink = min(1.0, footage.cache.max_side_px / max(footage.info.width, footage.info.height))
    small = lifter_camera.shrunk(shrink)
    stretch = np.full(2, 1.0 / shrink)
    on_progress(Step.WATCH_BAR, 0.0)
    unseen = BarWatch(small, (), ((),) * len(attempts), 1.0 / shrink)
    if not settings.attempts:
        return unseen
    radius_m = plate_cm / 200.0 if plate_cm else None
    first = _watched(footage, attempts[0], settings.following)  # decoded while plates are sought
    found = _find(footage, attempts, small, radius_m, settings, fitting)
    give_back()
    if not found.candidates:
        astray, ends = (tuple(one.resized(stretch) for one in plates) for plates in (found.astray, found.ends))
        return replace(unseen, astray=astray, ends=ends)
    small = found.fit.lifter_camera if found.fit else small
    followed = []
    for number, attempt in enumerate(attempts):
        moments = _watched(footage, attempt, settings.following) if number else first
        tracks = _follow(moments, found.candidates, small, settings, _part(on_progress, attempt, number, len(attempts)))
        followed.append(tuple(plate.resized(stretch) for plate in tracks))
    on_progress(Step.WATCH_BAR, 1.0)
    going = [goes_with(footage.track, one, settings=settings.following) for one in zip(*followed, strict=True)]
    if not any(going):
        return unseen
    plates = tuple(tuple(compress(one, going)) for one in followed)
    return BarWatch(small, tuple(compress(found.candidates, going)), plates, 1.0 / shrink, found.fit)


def goes_with(body: PoseTrack, plate: Sequence[PlateTrack], *, settings: PlateFollowing = PLATES.following) -> bool:
    """Whether a plate goes down and up as somebody's shoulders do: what stands by the wall does not.

    Parameters
    ----------
    body
        Who is judged.
    plate
        The plate, through every attempt.
    settings
        What share of the shoulders' way is enough, and how far they have to go before that is asked.
    """
    ways = []
    for one in plate:
        seen = one.seen
        if seen.any():
            shoulders_px = np.interp(one.times_s[seen], body.times_s, body.y_px(SHOULDERS))
            both_px = np.array([shoulders_px, one.centre_px[seen, 1]])
            ways.append(both_px - both_px.mean(axis=1, keepdims=True))
    if not ways:
        return True
    down_px, own_px = np.concatenate(ways, axis=1)
    radius_px = float(np.nanmedian(np.concatenate([one.radius_px for one in plate])))
    if np.sqrt(np.mean(down_px**2)) < settings.least_way * radius_px:
        return True
    return bool(own_px @ down_px >= settings.goes * (down_px @ down_px))


def _find(
    footage: Footage,
    attempts: Sequence[Attempt],
    lifter_camera: LifterCamera,
    radius_m: float | None,
    settings: PlateDetection,
    fitting: CameraFitting,
) -> Plates:
    """Find the plates that go with the lifter in one of the first attempts, or by rims alone in the first."""
    picks = sought_in(attempts, settings=settings)
    unfollowed = Plates()
    for one in picks:
        moments = list(_pictures(footage, footage.cache.pick(one)))
        found = find_linked_plates(moments, lifter_camera, radius_m, settings=settings, fitting=fitting)
        if found.candidates:
            return found
        unfollowed = Plates(astray=unfollowed.astray or found.astray, ends=unfollowed.ends or found.ends)
    moments = list(_pictures(footage, footage.cache.pick(picks[0])))
    found = find_plates(moments, lifter_camera, radius_m, settings=settings, fitting=fitting)
    return found if found.candidates else unfollowed


def sought_in(attempts: Sequence[Attempt], *, settings: PlateDetection = PLATES) -> list[Picks]:
    """Say in which pictures of the first attempts plates are sought: from standing to standing, about evenly."""
    first = attempts[: settings.attempts]
    starts_s = [max(0.0, attempt.start_s - settings.following.before_s) for attempt in first]
    ends_s = [attempt.end_s for attempt in first]
    return [(a, b, (b - a) / (settings.moments - 1)) for a, b in zip(starts_s, ends_s, strict=True)]


def _watched(footage: Footage, attempt: Attempt, settings: PlateFollowing) -> Iterator[Moment]:
    """Pictures of the attempt in which the bar is followed, some of them decoded before they are asked for."""
    cache = footage.cache
    span = (max(0.0, attempt.start_s - settings.before_s), attempt.end_s + settings.after_s)
    spaced = _spaced(frames(cache.source, start_s=span[0], end_s=span[1]), settings.every_s)
    return prefetch(_pictures(footage, (frame.still(cache.max_side_px) for frame in spaced)))


def _part(on_progress: Progress, attempt: Attempt, number: int, count: int) -> Callable[[float], None]:
    """Make of a time within one of several attempts how much of them all is done."""

    def say(time_s: float) -> None:
        done = (time_s - attempt.start_s) / max(attempt.end_s - attempt.start_s, 1e-3)
        on_progress(Step.WATCH_BAR, (number + min(max(done, 0.0), 1.0)) / count)

    return say


def _follow(
    moments: Iterator[Moment],
    plates: Sequence[PlateCandidate],
    lifter_camera: LifterCamera,
    settings: PlateDetection,
    say: Callable[[float], None],
) -> tuple[PlateTrack, ...]:
    followers = [Follower(plate, lifter_camera, settings=settings) for plate in plates]
    camera_motion = CameraMotion([_where(plate, settings.following.moves_round) for plate in plates])
    for moment, steadying in prefetch((one, camera_motion.look(one.rgb, one.landmarks_px)) for one in moments):
        say(moment.time_s)
        for follower in followers:
            follower.look(moment, steadying)
    return tuple(follower.track() for follower in followers)


def _where(plate: PlateCandidate, radii: float) -> Box:
    """Box in which a plate moves, with the end of the bar."""
    low, high = plate.centres_px.min(axis=0), plate.centres_px.max(axis=0)
    reach_px = radii * plate.radius_px
    (left, top), (right, foot) = (low - reach_px).tolist(), (high + reach_px).tolist()
    return left, top, right, foot


def _spaced(stream: Iterable[Frame], every_s: float) -> Iterator[Frame]:
    """At most one frame every so often."""
    last = -np.inf
    for frame in stream:
        if frame.time_s - last >= every_s * 0.999:
            last = frame.time_s
            yield frame


def _pictures(footage: Footage, stills: Iterable[Still]) -> Iterator[Moment]:
    """Pictures in which the lifter is seen, with his landmarks in their px."""
    info, track = footage.info, footage.track
    for still in stills:
        landmarks = track.image_at(still.time_s)
        if landmarks is not None:
            scale: FloatArray = np.array([still.rgb.shape[1] / info.width, still.rgb.shape[0] / info.height])
            yield Moment(still.time_s, still.rgb, landmarks * scale)
