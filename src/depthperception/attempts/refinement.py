"""The fine pass: the frames that decide, looked at several times with the heavy network.

A bottom is scanned frame by frame to find its deepest moment, then the frame nearest to that gets all eight looks.
The standing lifter gets the same looks, because gravity, camera and scale come from him.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import lowest_s
from depthperception.attempts.detection import hip_height, standing_leg
from depthperception.attempts.settings import ATTEMPTS, AttemptDetection
from depthperception.concurrency import parallel_map
from depthperception.geometry.roi import Region
from depthperception.people import PersonTrack
from depthperception.pose.blazepose import (
    AUGMENTATIONS,
    estimate_pose,
    estimate_poses,
)
from depthperception.pose.inpainting import alone
from depthperception.pose.samples import FrameCrop, PoseSamples, crop_frame, estimate_samples, gather_samples
from depthperception.pose.segmentation import find_masks
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray, IntArray, Picture
from depthperception.video import Frame, Source, frames

STANDING_AUGMENTATIONS = AUGMENTATIONS[:4]
"""The standing pose is easy: four looks are enough."""

Prepare: TypeAlias = Callable[[Picture, float], Picture]
"""What is done to the frame of a time before it is looked at: `inpainting.alone`, where there are others."""


def as_filmed(rgb: Picture, time_s: float) -> Picture:
    """Leave the frame as it is."""
    return rgb


@dataclass(frozen=True)
class Bottom:
    """The deepest moment of an attempt.

    Attributes
    ----------
    time_s
        Of the lowest hips, between frames.
    samples
        All estimates at the frame nearest to it, or at several.
    scan
        Every scanned frame, for drawing and for the track.
    """

    time_s: float
    samples: PoseSamples
    scan: PoseTrack

    def without_pictures(self) -> "Bottom":
        """Let go of the pictures once everything has looked at them."""
        return replace(self, samples=replace(self.samples, parts=()))


def refine_bottom(
    source: Source,
    track: PoseTrack,
    attempt: Attempt,
    prepare: Prepare = as_filmed,
    *,
    at_s: float | None = None,
    settings: AttemptDetection = ATTEMPTS,
) -> Bottom:
    """Crop the frames round an attempt's bottom, estimate once, find the deepest moment, estimate there in full.

    `at_s` is that moment, where something else than hips and shoulders tells.
    """
    fine = settings.refinement
    span_s = attempt.bottom_s - fine.scan_s, attempt.bottom_s + fine.scan_s
    cropped = crop_frames(source, track.region_at, *span_s, prepare, step_s=fine.scan_step_s)
    seen = list(parallel_map(lambda crop: (crop, estimate_pose(crop.part, crop.region, threads=1)), cropped))
    scan = gather_samples([crop for crop, _ in seen], [(one,) for _, one in seen]).track()
    bottom_s = at_s
    if bottom_s is None:
        bottom_s = lowest_s(track, attempt, scan=scan, smoothing_s=fine.bottom_smoothing_s, settings=settings)
        if abs(bottom_s - attempt.bottom_s) > fine.scan_s:
            # Of two lows the other one: no frame of it was scanned.
            start_s, end_s = max(attempt.start_s, bottom_s - fine.scan_s), min(attempt.end_s, bottom_s + fine.scan_s)
            there = replace(attempt, start_s=start_s, bottom_s=bottom_s, end_s=end_s)
            return refine_bottom(source, track, there, prepare, settings=settings)
    nearest = frames_that_decide(scan.times_s, bottom_s, fine.bottom_frames, within_s=fine.bottom_within_s)
    samples = estimate_samples([crop.at(one.next_region) for crop, one in (seen[i] for i in nearest)])
    return Bottom(bottom_s, samples, scan.with_finer(samples.track()))


def frames_that_decide(times_s: FloatArray, bottom_s: float, count: int, *, within_s: float) -> IntArray:
    """Choose so many frames, the deepest and its neighbours, in order of time: of few a second only the deepest."""
    away_s = np.abs(times_s - bottom_s)
    nearest = np.argsort(away_s, kind="stable")[:count]
    return np.sort(nearest if away_s[nearest].max() <= within_s else nearest[:1])


def refine_standing(
    source: Source,
    track: PoseTrack,
    attempt: Attempt,
    prepare: Prepare = as_filmed,
    *,
    settings: AttemptDetection = ATTEMPTS,
) -> PoseSamples:
    """Look closely at the lifter standing before the descent, or as near to standing as the video shows him.

    Where the video begins inside the descent he is looked at after it.
    """
    fine = settings.refinement
    before, after = track.times_s <= attempt.bottom_s, track.times_s >= attempt.end_s
    around = track.take(before if attempt.stood_before or not after.any() else after)
    height = hip_height(around)
    standing = around.times_s[height >= fine.standing_least * standing_leg(height)]
    if not len(standing):
        standing = around.times_s[[int(np.argmax(height))]]
    wanted = [attempt.start_s - before_s for before_s in fine.standing_before_s]
    if not attempt.stood_before:
        wanted = [attempt.end_s + after_s for after_s in fine.standing_before_s]
    chosen = np.unique([standing[np.argmin(np.abs(standing - time))] for time in wanted])
    crops = crop_nearest(source, track.region_at, chosen, prepare, step_s=fine.scan_step_s)
    first = estimate_poses([(crop.part, crop.region) for crop in crops], AUGMENTATIONS[:1])
    refined = [crop.at(seen[0].next_region) for crop, seen in zip(crops, first, strict=True)]
    masks = find_masks([(refined[-1].part, refined[-1].region)])
    return replace(estimate_samples([crop.whole() for crop in refined], STANDING_AUGMENTATIONS), masks=tuple(masks))


def crop_frames(
    source: Source,
    region_at: Callable[[float], Region],
    start_s: float,
    end_s: float,
    prepare: Prepare = as_filmed,
    *,
    step_s: float,
) -> Iterator[FrameCrop]:
    """Keep the part round the lifter of each frame between two times, at most one every `step_s`."""
    for frame in _spaced(source, start_s, end_s, step_s):
        yield crop_frame(frame.time_s, prepare(frame.rgb(), frame.time_s), region_at(frame.time_s))


def crop_nearest(
    source: Source,
    region_at: Callable[[float], Region],
    times_s: FloatArray,
    prepare: Prepare = as_filmed,
    *,
    step_s: float,
) -> list[FrameCrop]:
    """Keep that of the frames nearest to some ascending times only; the others are not even coloured."""
    nearest: dict[float, Frame] = {}
    for frame in _spaced(source, times_s[0], times_s[-1], step_s):
        for time_s in times_s.tolist():
            best = nearest.get(time_s)
            if best is None or abs(frame.time_s - time_s) < abs(best.time_s - time_s):
                nearest[time_s] = frame
    found = {frame.time_s: frame for frame in nearest.values()}
    return [crop_frame(at_s, prepare(one.rgb(), at_s), region_at(at_s)) for at_s, one in sorted(found.items())]


def _spaced(source: Source, start_s: float, end_s: float, step_s: float) -> Iterator[Frame]:
    """Frames between two times, at most one every `step_s`."""
    last_s = -np.inf
    for frame in frames(source, start_s=max(0.0, start_s), end_s=max(0.0, end_s)):
        if frame.time_s - last_s >= step_s * 0.999:
            last_s = frame.time_s
            yield frame


@dataclass(frozen=True)
class LifterIsolation:
    """The lifter, the others in the picture, and by which numbers he is looked at."""

    lifter: PersonTrack
    others: Sequence[PersonTrack]
    settings: AttemptDetection = ATTEMPTS

    def refine_standing(self, source: Source, track: PoseTrack, attempt: Attempt) -> PoseSamples:
        """Look at the lifter standing; where a look strays to somebody else, again without the others."""
        standing = refine_standing(source, track, attempt, settings=self.settings)
        if self.strayed(standing) < self.settings.refinement.strayed:
            return standing
        again = refine_standing(source, track, attempt, self.painted_over, settings=self.settings)
        return min((standing, again), key=self.strayed)

    def refine_bottom(self, source: Source, track: PoseTrack, attempt: Attempt, at_s: float | None = None) -> Bottom:
        """Look at a bottom, likewise; parameters as of the function."""
        bottom = refine_bottom(source, track, attempt, at_s=at_s, settings=self.settings)
        if self.strayed(bottom.samples) < self.settings.refinement.strayed:
            return bottom
        again = refine_bottom(source, track, attempt, self.painted_over, at_s=at_s, settings=self.settings)
        return min((bottom, again), key=lambda one: self.strayed(one.samples))

    def painted_over(self, rgb: Picture, time_s: float) -> Picture:
        """Leave the lifter alone in the frame of a time."""
        return alone(rgb, self.lifter, self.others, time_s)

    def strayed(self, samples: PoseSamples) -> float:
        """How far the worst look at the lifter is from his sighting, in his heights; 0 where nobody else is."""
        looks = zip(samples.times_s, samples.image_px, strict=True)
        return max(float(self.lifter.apart(px, float(s)).max()) for s, px in looks) if self.others else 0.0
