"""Follow one person through the video: the coarse pass.

The region goes from look to look, as BlazePose was made for; the person's own track of MoveNet sightings keeps it
from being captured by somebody else and finds him again when he was lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from depthperception.concurrency import prefetch
from depthperception.errors import VideoError
from depthperception.geometry.roi import Region, cut_out
from depthperception.geometry.skeletons import COUNT
from depthperception.people import PersonTrack, choose, detect_people, link
from depthperception.pose.blazepose import SIZE_PX as LOOK_PX
from depthperception.pose.blazepose import PoseEstimate, estimate_pose
from depthperception.pose.inpainting import alone
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.types import Progress, Step, silent
from depthperception.video import Still, frames, probe

LEAST_PRESENCE = 0.5
"""MediaPipe's own default for "still there"."""

HIMSELF, OTHER = 0.1, 0.3
"""Mean distance of the body from the person's sighting, in his heights: up to the first it is surely him (two networks
differ by .01 to .04 on an undisturbed rendered lifter), from the second on it is somebody else."""

LONGEST_UNSEEN_S = 1.0
"""Sightings further away in time say nothing of where the person is now."""

THREADS = {"full": 1, "heavy": 0}
"""For one look: while the small network looks, other cores have pictures to decode; the large one takes every core."""

SIDE_PX = 960
"""Longer side of the pictures in which somebody is followed at first: a lifter who fills a quarter of it is still as
large as the network sees him."""


def follow(
    stills: Iterable[Still],
    person: PersonTrack,
    duration_s: float,
    *,
    others: Sequence[PersonTrack] = (),
    model: str = "full",
    on_progress: Progress = silent,
) -> PoseTrack:
    """Estimate the pose of one person in every given picture.

    Pictures in which he cannot be found are left out. Everybody else is painted over first.

    Parameters
    ----------
    stills
        Pictures in order of time, from one video.
    person
        Who to follow.
    duration_s
        Of the video, for the progress.
    others
        Everybody else.
    model
        "full" or "heavy".
    """
    poses: list[Pose] = []
    region: Region | None = None
    first, last = person.times_s[0] - LONGEST_UNSEEN_S, person.times_s[-1] + LONGEST_UNSEEN_S
    near = (still for still in stills if first <= still.time_s <= last)
    for still in prefetch(_alone(still, person, others) for still in near):
        on_progress(Step.FOLLOW, min(1.0, still.time_s / max(duration_s, 1e-6)))
        pose = find_pose(still, person, region, model)
        region = None
        if pose is not None:
            poses.append(pose)
            region = Region(*pose.region) if pose.presence >= LEAST_PRESENCE else None
    on_progress(Step.FOLLOW, 1.0)
    return stack(poses)


@dataclass
class Following:
    """Follows somebody while his pictures come: a look at each, from where the one before it found him."""

    poses: list[Pose] = field(default_factory=list)

    def look(self, still: Still, person: PersonTrack, others: Sequence[PersonTrack]) -> None:
        """Look at the next picture for the person, as far as he is known by now."""
        last = self.poses[-1] if self.poses else None
        near = last is not None and last.presence >= LEAST_PRESENCE and still.time_s - last.time_s < LONGEST_UNSEEN_S
        region = Region(*last.region) if last is not None and near else None
        pose = find_pose(_alone(still, person, others), person, region, "full")
        if pose is not None:
            self.poses.append(pose)

    def forget(self, before_s: float) -> None:
        """Let go of looks before a time."""
        self.poses = [one for one in self.poses if one.time_s >= before_s]


def _alone(still: Still, person: PersonTrack, others: Sequence[PersonTrack]) -> Still:
    return replace(still, rgb=alone(still.rgb, person, others, still.time_s, scale=still.scale))


def find_pose(still: Still, person: PersonTrack, region: Region | None, model: str) -> Pose | None:
    """Look where he was, then where he was sighted, then more narrowly; keep the look that is most surely him."""
    time_s = still.time_s
    wide, tight = person.region_at(time_s), person.tight_region_at(time_s)
    best: Pose | None = None
    least = OTHER
    for tried in (region, wide, tight):
        if tried is None:
            continue
        part = cut_out(still.rgb, tried, LOOK_PX, scale=still.scale)
        seen = estimate_pose(part, tried, model=model, threads=THREADS[model])
        away = _distance(seen, person, time_s)
        if away < least:
            # The region that escaped another person is kept: a wider one would be caught again.
            best, least = pose_of(time_s, seen, tight if tried is tight else seen.next_region), away
        if away <= HIMSELF:
            break
    return best


def _distance(seen: PoseEstimate, person: PersonTrack, time_s: float) -> float:
    """Mean distance of trunk and legs from the person's sighting, in standing heights; left and right may be swapped.

    Without a sighting nearby it is the network's own doubt that decides. With one it is not: behind big plates the
    network doubts that there is a person at all, and places the legs well all the same.
    """
    look_px = seen.image_px[None]
    if person.unseen_s(time_s) > LONGEST_UNSEEN_S:
        there = seen.presence >= LEAST_PRESENCE and not person.is_off_bar(look_px, time_s)[0]
        return 0.0 if there else np.inf
    return float(person.apart(look_px, time_s)[0])


def pose_of(time_s: float, seen: PoseEstimate, region: Region) -> Pose:
    """Keep what a look saw, and where to look next."""
    return Pose(
        time_s=time_s,
        image_px=seen.image_px,
        world_m=seen.world_m,
        visibility=seen.visibility,
        presence=seen.presence,
        noise_px=np.full(COUNT, np.nan),
        region=np.array([region.x_px, region.y_px, region.side_px, region.rotation_rad]),
    )


def follow_lifter(path: Path, *, model: str = "heavy", on_progress: Progress = silent) -> PoseTrack:
    """Find the lifter in a video and estimate his pose in every frame: the report's getKeypoints.

    Raises
    ------
    VideoError
        When the file cannot be read, or shows nobody.
    """
    info = probe(path)
    seen = detect_people(path, info, on_progress=on_progress)
    people = link(seen.sightings)
    choice = choose(people, (info.width, info.height), seen.duration_s)
    if not choice.lifters:
        raise VideoError(f"{path} shows nobody; expected a video of a lifter. Check that it is the right one.")
    surest = replace(choice, number=choice.lifters[0])
    person, others = people[choice.lifters[0] - 1], surest.others(people)
    stills = (frame.still() for frame in frames(path))
    return follow(stills, person, seen.duration_s, others=others, model=model, on_progress=on_progress)
