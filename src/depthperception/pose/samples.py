"""Several estimates of one person's pose: frames cropped, and seen by the heavy network under every augmentation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from depthperception.geometry.roi import Cutout, Region, cut_out
from depthperception.pose.blazepose import AUGMENTATIONS, SIZE_PX, Augmentation, PoseEstimate, estimate_poses, px_per_m
from depthperception.pose.segmentation import Mask
from depthperception.pose.track import Pose, PoseTrack, stack
from depthperception.types import FloatArray, Picture, time_span

NEAR = 0.6
"""Part of the region's side round hips and knees at the bottom: there a head reads the depth off the picture."""


@dataclass(frozen=True)
class PoseSamples:
    """Poses of one person in several frames (f), each estimated under several augmentations (k).

    Attributes
    ----------
    times_s : (f,)
    image_px : (f, k, 33, 2)
        Landmarks in the upright picture.
    world_m : (f, k, 33, 3)
        Metres, hip-centred, camera axes (x right, y down, z away).
    visibility : (f, k, 33)
    presence : (f, k)
    regions : (f, 4)
        Region of the first augmentation: centre x, y, side in px, rotation in rad.
    parts : (f,)
        What is kept of each frame to crop it again, from nearer.
    masks
        Which pixels are his, of the frames of which that was asked.
    """

    times_s: FloatArray
    image_px: FloatArray
    world_m: FloatArray
    visibility: FloatArray
    presence: FloatArray
    regions: FloatArray
    parts: tuple[Cutout, ...]
    masks: tuple[Mask, ...] = ()

    def __repr__(self) -> str:
        return f"<PoseSamples {time_span(self.times_s)}, {self.image_px.shape[1]} augmentations>"

    def track(self) -> PoseTrack:
        """Median over the augmentations of each frame, and their spread as noise."""
        median = np.median(self.image_px, axis=1)
        away = np.linalg.norm(self.image_px - median[:, None], axis=-1)
        poses = [
            Pose(time, median[i], np.median(self.world_m[i], axis=0), np.median(self.visibility[i], axis=0),
                 float(np.median(self.presence[i])), np.sqrt((away[i] ** 2).mean(axis=0) / 2), self.regions[i])
            for i, time in enumerate(self.times_s)
        ]  # fmt: skip
        return stack(poses)

    @property
    def median_px(self) -> FloatArray:
        """Median (33, 2) of the landmarks in the picture over frames and augmentations."""
        return np.asarray(np.median(self.image_px, axis=(0, 1)))

    @property
    def median_m(self) -> FloatArray:
        """Median (33, 3) of the landmarks in metres, likewise."""
        return np.asarray(np.median(self.world_m, axis=(0, 1)))

    @property
    def px_per_m(self) -> float:
        """Picture px per metre of the pose model at the lifter."""
        return px_per_m(self.median_px, self.median_m)


@dataclass(frozen=True)
class FrameCrop:
    """What is kept of one frame: the lifter in it, whole and from nearer, and the region to look at."""

    time_s: float
    part: Cutout
    near: Cutout
    region: Region

    def at(self, region: Region) -> "FrameCrop":
        """Look from another region."""
        return replace(self, region=region)

    def whole(self) -> "FrameCrop":
        """Look at all of him again, not from nearer."""
        return replace(self, near=self.part)


def crop_frame(time_s: float, rgb: Picture, region: Region) -> FrameCrop:
    """Keep what crops of a region of a frame, jittered too, need of it."""
    near = replace(region, side_px=NEAR * region.side_px)
    return FrameCrop(time_s, cut_out(rgb, region, SIZE_PX), cut_out(rgb, near, SIZE_PX), region)


def estimate_samples(crops: Sequence[FrameCrop], augmentations: Sequence[Augmentation] = AUGMENTATIONS) -> PoseSamples:
    """Estimate the pose in each crop with the heavy network, under every augmentation.

    The regions should come from the heavy network itself: the measurement model learnt from such. With the
    region of the coarse track instead, the depths of two rendered clips were .8 and 1.2 cm lower.
    """
    return gather_samples(crops, estimate_poses([(crop.part, crop.region) for crop in crops], augmentations))


def gather_samples(crops: Sequence[FrameCrop], found: Sequence[tuple[PoseEstimate, ...]]) -> PoseSamples:
    """Put the estimates of several crops together."""
    return PoseSamples(
        times_s=np.array([crop.time_s for crop in crops]),
        image_px=np.array([[one.image_px for one in row] for row in found]),
        world_m=np.array([[one.world_m for one in row] for row in found]),
        visibility=np.array([[one.visibility for one in row] for row in found]),
        presence=np.array([[one.presence for one in row] for row in found]),
        regions=np.array([[r.x_px, r.y_px, r.side_px, r.rotation_rad] for r in (crop.region for crop in crops)]),
        parts=tuple(crop.near for crop in crops),
    )
