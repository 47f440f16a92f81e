"""Looks at a rendered lifter, as the fine pass takes them: at him, and without the others where one strays to them."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace

import cv2
import numpy as np

from depthperception import video
from depthperception.attempts.refinement import STANDING_AUGMENTATIONS, LifterIsolation
from depthperception.geometry.roi import Region
from depthperception.geometry.skeletons import ANKLES, COCO_HIPS, COCO_TO_BLAZEPOSE
from depthperception.people import PersonTrack
from depthperception.people.detection import everyone
from depthperception.people.movenet import Person
from depthperception.pose.blazepose import AUGMENTATIONS, REGION_M, Augmentation, estimate_pose
from depthperception.pose.footing import FEET_STAY, Footing, look_above
from depthperception.pose.samples import PoseSamples, crop_frame, gather_samples
from depthperception.synth.stills import Still
from depthperception.types import Picture

HIPS_WITHIN_M = 0.25
"""Nobody whose hips are sighted farther from the lifter's is he: he is hidden then, and told from nobody."""


def look_at(
    bottom: Still, standing: Still, rng: np.random.Generator, *, among_others: bool
) -> tuple[PoseSamples, PoseSamples] | None:
    """Look at the bottom and at the standing lifter; None where films have him hidden, because neither network has him.

    What is seen at the bottom stands elsewhere then, and he is not sighted.
    """
    low, high = _isolated((bottom, standing)) if among_others else (None, None)
    lowest = _look(bottom, rng, AUGMENTATIONS, low, whole=False)
    stands = _look(standing, rng, STANDING_AUGMENTATIONS, high, whole=True)
    feet = standing_feet(stands)
    lowest = _held_to_feet(bottom, lowest, feet)
    if feet.off(lowest) > FEET_STAY and _told_apart(bottom)[0] is None:
        return None
    return lowest, stands


def standing_feet(standing: PoseSamples) -> Footing:
    """Where the feet of a lifter are who is seen standing: he is as high as the points that MoveNet finds on him."""
    points = standing.median_px[COCO_TO_BLAZEPOSE]
    return Footing(standing.median_px[ANKLES], float(np.ptp(points[:, 1])), standing.px_per_m)


def _held_to_feet(still: Still, found: PoseSamples, feet: Footing) -> PoseSamples:
    """Look again above the feet where they are not what is seen."""
    if feet.off(found) <= FEET_STAY:
        return found
    his = look_above(video.Still(still.time_s, still.picture, 1.0), feet)
    if his is None:
        return found
    region = estimate_pose(still.picture, Region(*his.region), threads=1).next_region
    return min(found, _samples(still, region, AUGMENTATIONS), key=feet.off)


def _look(
    still: Still,
    rng: np.random.Generator,
    variants: Sequence[Augmentation],
    isolation: LifterIsolation | None,
    *,
    whole: bool,
) -> PoseSamples:
    before = deepcopy(rng)
    found = sample_still(still, rng, variants, whole=whole)
    if isolation is None or isolation.strayed(found) < isolation.settings.refinement.strayed:
        return found
    alone = replace(still, picture=isolation.painted_over(still.picture, still.time_s))
    return min((found, sample_still(alone, before, variants, whole=whole)), key=isolation.strayed)


def _isolated(stills: Sequence[Still]) -> list[LifterIsolation | None]:
    """Tell the lifter from the others in each still; None where he is not sighted."""
    told = [_told_apart(still) for still in stills]
    his = sorted((still.time_s, one) for still, (one, _) in zip(stills, told, strict=True) if one)
    lifter = PersonTrack(np.array([time_s for time_s, _ in his]), tuple(one for _, one in his))
    return [
        LifterIsolation(lifter, [PersonTrack(np.array([still.time_s]), (other,)) for other in others]) if one else None
        for still, (one, others) in zip(stills, told, strict=True)
    ]


def _told_apart(still: Still) -> tuple[Person | None, list[Person]]:
    """Who of those that are sighted in a still is the lifter, and who is not."""
    hips = still.truth.joints["hip"]
    at_px, px_per_m = still.camera.project(hips).mean(axis=0), _px_per_m(still)
    found = everyone(_shrunk(still.picture), still.picture.shape[1::-1])
    away_m = [float(np.linalg.norm(one.points_px[COCO_HIPS].mean(axis=0) - at_px)) / px_per_m for one in found]
    nearest = int(np.argmin(away_m)) if found and min(away_m) <= HIPS_WITHIN_M else None
    return (
        None if nearest is None else found[nearest],
        [one for number, one in enumerate(found) if number != nearest],
    )


def _shrunk(picture: Picture) -> Callable[[int | None], Picture]:
    def shrunk(long_side_px: int | None) -> Picture:
        factor = min(1.0, (long_side_px or max(picture.shape)) / max(picture.shape))
        return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)

    return shrunk


def _px_per_m(still: Still) -> float:
    """At the lifter's hips."""
    away_m = (still.camera.R @ still.truth.joints["hip"].mean(axis=0) + still.camera.t)[2]
    return float(still.camera.inside.focal_px / away_m)


def sample_still(
    still: Still, rng: np.random.Generator, variants: Sequence[Augmentation], *, whole: bool = False
) -> PoseSamples:
    """Look at a still as the fine pass looks at a frame, from a region that is as wrong as a tracked one."""
    scale = _px_per_m(still)
    x, y = still.camera.project(still.truth.joints["hip"]).mean(axis=0) + rng.normal(0.0, 0.04 * scale, 2)
    first = estimate_pose(
        still.picture, Region(x, y, REGION_M * scale * float(np.exp(rng.normal(0.0, 0.06)))), threads=1
    )
    return _samples(still, first.next_region, variants, whole=whole)


def _samples(still: Still, region: Region, variants: Sequence[Augmentation], *, whole: bool = False) -> PoseSamples:
    shot = crop_frame(still.time_s, still.picture, region)
    found = [
        estimate_pose(shot.part, region.jittered(**change), mirror=mirror, threads=1) for change, mirror in variants
    ]
    return gather_samples([shot.whole() if whole else shot], [tuple(found)])
