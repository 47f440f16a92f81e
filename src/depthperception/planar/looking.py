"""Following the lifter with a network that a user brought: a coarse pass, then the frames round each bottom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import lowest_s
from depthperception.attempts.refinement import frames_that_decide
from depthperception.attempts.settings import AttemptDetection
from depthperception.concurrency import parallel_map
from depthperception.geometry.skeletons import COUNT, HIPS
from depthperception.people import PersonTrack
from depthperception.planar.plane import Plane, filled
from depthperception.pose.inpainting import alone
from depthperception.pose.networks import PoseNetwork
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.pose.tracking import LONGEST_UNSEEN_S, OTHER
from depthperception.types import FloatArray, Progress, Step, silent
from depthperception.video import Source, Still, frames

LOOKS = ((False, 1.0), (True, 1.0), (False, 1.1), (True, 1.1))
"""How the looks at a frame that decides differ: whether of the mirror image, and how much wider."""


@dataclass(frozen=True)
class PlanarBottom:
    """The deepest moment of an attempt, as `attempts.refinement.Bottom`; metres are those of the plane."""

    time_s: float
    samples: PoseSamples
    scan: PoseTrack


@dataclass(frozen=True)
class Follower:
    """One lifter, those beside him, and the network that looks at him."""

    network: PoseNetwork
    person: PersonTrack
    others: Sequence[PersonTrack]

    def coarse(self, stills: Iterator[Still], duration_s: float, on_progress: Progress = silent) -> PoseTrack:
        """Look at him in every picture; those in which he is not found are left out."""
        first, last = self.person.times_s[0] - LONGEST_UNSEEN_S, self.person.times_s[-1] + LONGEST_UNSEEN_S
        near = (still for still in stills if first <= still.time_s <= last)
        poses = []
        for pose in parallel_map(self._look, near):
            if pose is not None:
                poses.append(pose)
                on_progress(Step.FOLLOW, min(1.0, pose.time_s / max(duration_s, 1e-6)))
        on_progress(Step.FOLLOW, 1.0)
        return stack(poses)

    def bottom(
        self, source: Source, coarse: PoseTrack, attempt: Attempt, plane: Plane, settings: AttemptDetection
    ) -> PlanarBottom | None:
        """Look at every frame round a bottom, then several times at those that decide; None where he is not found."""
        fine = settings.refinement
        start_s, end_s = attempt.bottom_s - fine.scan_s, attempt.bottom_s + fine.scan_s
        span = frames(source, start_s=max(0.0, start_s), end_s=max(0.0, end_s), every_s=fine.scan_step_s)
        stills = (frame.still() for frame in span)
        scan = stack([pose for pose in parallel_map(self._look, stills) if pose is not None])
        in_metres = plane.with_metres(coarse.with_finer(scan))
        if not len(scan):
            return None
        bottom_s = lowest_s(in_metres, attempt, smoothing_s=fine.bottom_smoothing_s, settings=settings)
        times = scan.times_s[
            frames_that_decide(scan.times_s, bottom_s, fine.planar_frames, within_s=fine.bottom_within_s)
        ]
        near = (one.still() for one in frames(source, start_s=times[0], end_s=times[-1]) if one.time_s in times)
        looks = [
            [look for mirror, wider in LOOKS if (look := self._look(still, mirror=mirror, wider=wider)) is not None]
            for still in near
        ]
        whole = [row for row in looks if len(row) == len(LOOKS)]
        return PlanarBottom(bottom_s, _samples(whole, plane), scan) if whole else None

    def _look(self, still: Still, *, mirror: bool = False, wider: float = 1.0) -> Pose | None:
        """Look once; of several people whom the network finds it is the one who is where the lifter was sighted."""
        time_s, scale = still.time_s, still.scale
        rgb = alone(still.rgb, self.person, self.others, time_s, scale=scale)
        box = self._box(time_s)
        found = self.network.look(rgb, box * scale, mirror=mirror, wider=wider)
        image = found.image_px / scale
        whole, seen = filled(image)
        away = np.where(seen, self.person.apart(np.nan_to_num(whole), time_s), np.inf)
        if not len(away) or away.min() > OTHER:
            return None
        one = int(away.argmin())
        middle, side = (box[:2] + box[2:]) / 2, float((box[2:] - box[:2]).max())
        return Pose(
            time_s=time_s,
            image_px=image[one],
            world_m=np.full((COUNT, 3), np.nan),
            visibility=found.scores[one],
            presence=1.0,
            noise_px=np.full(COUNT, np.nan),
            region=np.array([middle[0], middle[1], side, 0.0]),
        )

    def _box(self, time_s: float) -> FloatArray:
        """Where he is: his box, or, for a network that finds several people, a square that holds all of him."""
        if not self.network.layout.several:
            return self.person.box_at(time_s)
        region = self.person.region_at(time_s)
        half = region.side_px / self.network.spec.margin / 2
        return np.array([region.x_px - half, region.y_px - half, region.x_px + half, region.y_px + half])


def _samples(looks: Sequence[Sequence[Pose]], plane: Plane) -> PoseSamples:
    """Put the looks at several frames together, with metres in the plane; what is not seen stays NaN in the picture."""
    image = np.array([[one.image_px for one in row] for row in looks])
    flat = image - np.nanmean(image[:, :, HIPS], axis=2, keepdims=True)
    world = np.concatenate([flat / plane.px_per_m, np.zeros((*flat.shape[:3], 1))], axis=-1)
    return PoseSamples(
        times_s=np.array([row[0].time_s for row in looks]),
        image_px=image,
        world_m=world,
        visibility=np.array([[one.visibility for one in row] for row in looks]),
        presence=np.array([[one.presence for one in row] for row in looks]),
        regions=np.array([row[0].region for row in looks]),
        parts=(),
    )


def nothing_seen(time_s: float) -> PoseSamples:
    """Give the looks at a moment at which the lifter is not found."""
    missing = np.full((1, 1, COUNT, 3), np.nan)
    return PoseSamples(
        times_s=np.array([time_s]),
        image_px=missing[..., :2],
        world_m=missing,
        visibility=np.zeros((1, 1, COUNT)),
        presence=np.zeros((1, 1)),
        regions=np.zeros((1, 4)),
        parts=(),
    )
