"""BlazePose: one person's 33 landmarks, in the picture and in metres, from a square region of the picture.

Bazarevsky et al. 2020 (BlazePose) and Grishchenko et al. 2022 (GHUM 3-D landmarks), run through ONNX Runtime.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from depthperception.concurrency import pool
from depthperception.geometry.roi import Cutout, Region
from depthperception.geometry.skeletons import ANKLES, AUXILIARY, COUNT, HIPS, KNEES, SHOULDERS, SWAP
from depthperception.models import session
from depthperception.types import FloatArray, Picture

SIZE_PX = 256
"""Side of the network's input."""

REGION_M = 2.2
"""Side of the region round the hips: a standing lifter from 1.1 m below them to 1.1 m above. In the hole the same
region shows him smaller and keeps more of the plates out of the middle; landmarks are as good (rendered squats)."""

Augmentation: TypeAlias = tuple[dict[str, float], bool]
"""How a look differs: changes of the region for `Region.jittered`, and whether it is of the mirror image."""

AUGMENTATIONS: tuple[Augmentation, ...] = tuple(
    (change, mirror)
    for change in (
        {"scale": 1.0},
        {"scale": 1.1, "turn_rad": 0.1, "dx": 0.02},
        {"scale": 0.92, "turn_rad": -0.1, "dx": -0.02},
        {"dy": 0.03},
    )
    for mirror in (False, True)
)
"""Eight looks at one frame: their median is the estimate, their spread its noise. On renders the
hip errs by 3.9 cm instead of one look's 4.8 at 30 degrees, the knee by 2.1 instead of 3.5 at 60."""


@dataclass(frozen=True)
class PoseEstimate:
    """What the network says of one region of one picture.

    Attributes
    ----------
    image_px : (33, 2)
        Landmarks in the picture, px, x right, y down.
    world_m : (33, 3)
        The same in metres, hip-centred, camera axes: x right, y down, z away from the camera.
    visibility : (33,)
        The network's own guess, 0 to 1; often .9 where legs are tangled, so nothing rests on it alone.
    presence
        Whether there is a person in the region, 0 to 1.
    next_region
        Where to look in the next picture.
    """

    image_px: FloatArray
    world_m: FloatArray
    visibility: FloatArray
    presence: float
    next_region: Region


def estimate_pose(
    rgb: Picture | Cutout,
    region: Region,
    *,
    model: str = "heavy",
    mirror: bool = False,
    threads: int = 0,
) -> PoseEstimate:
    """Run the network once.

    Parameters
    ----------
    rgb
        Upright picture, or the part of it round the region.
    region
        Where the person is.
    model
        "heavy" or "full".
    mirror
        Look at the mirror image of the region; the answer is mirrored back.
    threads
        Threads inside this inference, 0 for every core.
    """
    crop = region.crop(rgb, SIZE_PX)
    if mirror:
        crop = crop[:, ::-1]
    network = session(f"pose_landmark_{model}", threads=threads)
    wanted = ["Identity", "Identity_1", "Identity_4"]
    outputs = dict(zip(wanted, network.run(wanted, {"input_1": crop[None].astype(np.float32) / 255.0}), strict=True))
    points = outputs["Identity"].reshape(COUNT + AUXILIARY, 5).astype(np.float64)
    world = outputs["Identity_4"].reshape(COUNT + AUXILIARY, 3).astype(np.float64)
    if mirror:
        points, world = points[SWAP], world[SWAP]
        points[:, 0] = SIZE_PX - points[:, 0]
        world[:, 0] *= -1
    to_picture = region.to_picture(SIZE_PX)
    image = points[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
    turned = _turn(world[:COUNT], region.rotation_rad)
    return PoseEstimate(
        image_px=image[:COUNT],
        world_m=turned,
        visibility=1.0 / (1.0 + np.exp(-points[:COUNT, 3])),
        presence=float(outputs["Identity_1"].ravel()[0]),
        next_region=_next_region(image[:COUNT], turned),
    )


INNER_MAP = "model_1/model/add_42/add"
"""Where the heavy network's landmark branch has joined its decoder at 16 x 16: 192 numbers for each 16 x 16 px."""


def inner_maps(crops: Sequence[Picture]) -> NDArray[np.float32]:
    """Give the heavy network's maps (n, 192, 16, 16) of crops of 256 x 256 px, for heads that are trained on them."""
    return np.stack([found for (found,) in inner_values(crops, [INNER_MAP])])


def inner_values(crops: Sequence[Picture], names: Sequence[str]) -> list[list[NDArray[np.float32]]]:
    """Give values inside the heavy network, outputs of its file too, for crops of 256 x 256 px, one list for each."""
    network = session("pose_landmark_heavy", threads=1)

    def one(crop: Picture) -> list[NDArray[np.float32]]:
        found = network.run(list(names), {"input_1": crop[None].astype(np.float32) / 255.0})
        return [np.asarray(value[0], np.float32) for value in found]

    return list(pool().map(one, crops))


def estimate_poses(
    tasks: Sequence[tuple[Cutout, Region]], variants: Sequence[Augmentation] = AUGMENTATIONS
) -> list[tuple[PoseEstimate, ...]]:
    """Look several times at each of several frames with the heavy network, beside each other, one thread each.

    Parameters
    ----------
    tasks
        The part of each frame, and the region in it.
    variants
        How the looks at a frame differ.
    """

    def one(task: tuple[Cutout, Region, bool]) -> PoseEstimate:
        part, region, mirror = task
        return estimate_pose(part, region, mirror=mirror, threads=1)

    every = [(part, region.jittered(**change), mirror) for part, region in tasks for change, mirror in variants]
    found = list(pool().map(one, every))
    each = len(variants)
    return [tuple(found[start : start + each]) for start in range(0, len(found), each)]


def _turn(world: FloatArray, rotation_rad: float) -> FloatArray:
    """World landmarks come in the axes of the region; turn them to those of the picture."""
    cos, sin = np.cos(rotation_rad), np.sin(rotation_rad)
    x, y, z = world.T
    return np.column_stack([cos * x - sin * y, sin * x + cos * y, z])


def px_per_m(image_px: FloatArray, world_m: FloatArray) -> float:
    """Picture px per metre of the model at the person: the slope of image on world coordinates of trunk and legs."""
    body = np.concatenate([SHOULDERS, HIPS, KNEES, ANKLES])
    image, world = image_px[body], world_m[body, :2]
    image, world = image - image.mean(axis=0), world - world.mean(axis=0)
    return float((image * world).sum() / np.maximum((world**2).sum(), 1e-9))


def _next_region(image_px: FloatArray, world_m: FloatArray) -> Region:
    """Region round the hips, upright.

    The network's own points for size and lean only echo the region that it was given (on two rendered clips half to
    nearly all of a wrong turn came back, on 40 stills .7 of a wrong size), so a region that follows them drifts. The
    picture's vertical and the scale of the landmarks hold still.
    """
    hips = image_px[HIPS].mean(axis=0)
    return Region(float(hips[0]), float(hips[1]), REGION_M * max(px_per_m(image_px, world_m), 1.0))
