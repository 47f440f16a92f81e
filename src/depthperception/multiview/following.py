"""The lifter of one view in every frame of his attempts: what clocks and space are measured from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from depthperception.attempts.refinement import as_filmed, crop_frames
from depthperception.concurrency import parallel_map
from depthperception.examination import Examination
from depthperception.multiview.settings import TOGETHER, Together
from depthperception.pose.blazepose import PoseEstimate, estimate_pose
from depthperception.pose.inpainting import alone
from depthperception.pose.samples import FrameCrop
from depthperception.pose.track import PoseTrack, stack
from depthperception.pose.tracking import pose_of
from depthperception.types import BoolArray, FloatArray, Picture
from depthperception.video import turned
from depthperception.video_facts import Span

LONGEST_GAP_S = 0.5
"""Between frames further apart nobody was followed."""


def is_followed(times_s: FloatArray, at_s: FloatArray) -> BoolArray:
    """Whether a lifter who was seen at some times (n,) was followed at others (m,) between the first and the last."""
    after = np.clip(np.searchsorted(times_s, at_s), 1, len(times_s) - 1)
    return np.asarray(times_s[after] - times_s[after - 1] <= LONGEST_GAP_S)


def follow_closely(examination: Examination, *, settings: Together = TOGETHER) -> PoseTrack:
    """Estimate the lifter's pose in the frames of his attempts, and of some standing beside them.

    The coarse track says where he is. Times, px and metres are as in `PoseTrack`.
    """
    judgement, track = examination.judgement, examination.track
    source = turned(Path(judgement.video.path), judgement.video.turned_deg)
    people, chosen = examination.people, examination.chosen
    lifter = people[chosen or 0]
    others = [one for number, one in enumerate(people) if number != chosen]

    def prepare(rgb: Picture, time_s: float) -> Picture:
        return alone(rgb, lifter, others, time_s)

    poses = []
    for start_s, end_s in spans_of(examination, settings):
        crops = crop_frames(
            source, track.region_at, start_s, end_s, prepare if others else as_filmed, step_s=settings.step_s
        )
        for crop, seen in parallel_map(_look, crops):
            poses.append(pose_of(crop.time_s, seen, crop.region))
    return stack(poses)


def _look(crop: FrameCrop) -> tuple[FrameCrop, PoseEstimate]:
    return crop, estimate_pose(crop.part, crop.region, model="full", threads=1)


def spans_of(examination: Examination, settings: Together) -> Sequence[Span]:
    """When the lifter is followed: his attempts and what is beside them, joined where they meet."""
    spans: list[Span] = []
    for one in examination.judgement.attempts:
        start_s, end_s = max(0.0, one.start_s - settings.beside_s), one.end_s + settings.beside_s
        if spans and start_s <= spans[-1][1]:
            spans[-1] = spans[-1][0], end_s
        else:
            spans.append((start_s, end_s))
    return spans
