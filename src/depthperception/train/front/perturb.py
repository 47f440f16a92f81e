"""What must not change an answer: another framing, a mirror, a tilted camera, another frame rate, lost frames."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from depthperception.geometry.skeletons import COUNT, SWAP
from depthperception.train.front.dataset import Dataset, LandmarkClip
from depthperception.train.front.grouping import ASSUMED_ASPECT
from depthperception.types import FloatArray

Perturbation = Callable[[LandmarkClip], LandmarkClip]

LOST_SHARE = 0.3


def shift(clip: LandmarkClip, *, by: tuple[float, float] = (0.1, -0.15)) -> LandmarkClip:
    """Move the lifter in the picture by shares of its width and height."""
    return _with_xy(clip, clip.image[..., :2] + np.array(by))


def scale(clip: LandmarkClip, *, factor: float = 0.6) -> LandmarkClip:
    """Make the lifter smaller or larger about the middle of the picture."""
    return _with_xy(clip, 0.5 + (clip.image[..., :2] - 0.5) * factor)


def mirror(clip: LandmarkClip) -> LandmarkClip:
    """Give what a pose network sees in the mirrored picture: x turned over, left and right landmarks swapped."""
    image = clip.image[:, SWAP[:COUNT]].copy()
    image[..., 0] = 1 - image[..., 0]
    return replace(clip, image=image)


def roll(clip: LandmarkClip, *, by_deg: float = 6.0) -> LandmarkClip:
    """Turn the picture about its middle, in square pixels."""
    angle, aspect = np.deg2rad(by_deg), clip.aspect or ASSUMED_ASPECT
    x, y = (clip.image[..., 0] - 0.5) * aspect, clip.image[..., 1] - 0.5
    turned = (x * np.cos(angle) - y * np.sin(angle)) / aspect, x * np.sin(angle) + y * np.cos(angle)
    return _with_xy(clip, np.stack(turned, axis=-1) + 0.5)


def half_rate(clip: LandmarkClip) -> LandmarkClip:
    """Drop every second frame."""
    return replace(clip, times_s=clip.times_s[::2], image=clip.image[::2])


def double_rate(clip: LandmarkClip) -> LandmarkClip:
    """Put a frame half-way between any two."""
    between_s = (clip.times_s[1:] + clip.times_s[:-1]) / 2
    between = (clip.image[1:] + clip.image[:-1]) / 2
    order = np.argsort(np.concatenate([clip.times_s, between_s]), kind="stable")
    return replace(
        clip,
        times_s=np.concatenate([clip.times_s, between_s])[order],
        image=np.concatenate([clip.image, between])[order],
    )


def lost_frames(clip: LandmarkClip, *, seed: int = 0) -> LandmarkClip:
    """Lose 30 % of the frames at random."""
    count = len(clip.times_s)
    rng = np.random.default_rng([seed, count])
    kept = np.sort(rng.choice(count, count - round(LOST_SHARE * count), replace=False))
    return replace(clip, times_s=clip.times_s[kept], image=clip.image[kept])


def stretch(clip: LandmarkClip, *, factor: float = 1.5) -> LandmarkClip:
    """Let the same squat take longer, or less long."""
    return replace(clip, times_s=clip.times_s * factor)


PERTURBATIONS: dict[str, Perturbation] = {
    "shift": shift,
    "scale": scale,
    "mirror": mirror,
    "roll_6_deg": roll,
    "roll_minus_6_deg": lambda clip: roll(clip, by_deg=-6.0),
    "half_frame_rate": half_rate,
    "double_frame_rate": double_rate,
    "lost_30_percent": lost_frames,
    "slower_1.5": stretch,
    "faster_1.5": lambda clip: stretch(clip, factor=1 / 1.5),
}


def perturbed(dataset: Dataset, perturbation: Perturbation) -> Dataset:
    """Perturb every clip."""
    return replace(dataset, clips=tuple(perturbation(clip) for clip in dataset.clips))


def _with_xy(clip: LandmarkClip, xy: FloatArray) -> LandmarkClip:
    image = clip.image.copy()
    image[..., :2] = xy
    return replace(clip, image=image)
