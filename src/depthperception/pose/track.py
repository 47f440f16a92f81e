"""One person's landmarks through time: what every later step reads."""

from dataclasses import dataclass, fields
from os import PathLike

import numpy as np

from depthperception.damaged import MISREAD, reason
from depthperception.errors import OutputError, PoseSourceError, path_of
from depthperception.geometry.roi import Region
from depthperception.geometry.signals import nearest_to
from depthperception.geometry.skeletons import COUNT
from depthperception.types import BoolArray, FloatArray, IntArray, check_shapes, time_span


@dataclass(frozen=True)
class PoseTrack:
    """Landmarks of one person at the times at which he was seen, in order of time.

    Attributes
    ----------
    times_s : (n,)
        Presentation times from the first frame of the video, strictly increasing.
    image_px : (n, 33, 2)
        Landmarks in the upright picture, px, x right, y down.
    world_m : (n, 33, 3)
        Landmarks in metres, hip-centred, camera axes: x right, y down, z away from the camera. NaN where the pose
        source has no third dimension.
    visibility : (n, 33)
        The pose source's own confidence, 0 to 1.
    presence : (n,)
        Whether the person was in the region at all, 0 to 1.
    noise_px : (n, 33)
        Spread (sd) of several looks at the same frame; NaN where there was one look.
    regions : (n, 4)
        Where the person is, for the next look: centre x, y and side in px, rotation in rad.
    """

    times_s: FloatArray
    image_px: FloatArray
    world_m: FloatArray
    visibility: FloatArray
    presence: FloatArray
    noise_px: FloatArray
    regions: FloatArray

    def __post_init__(self) -> None:
        n = len(self.times_s)
        shapes = {
            "times_s": (n,), "image_px": (n, COUNT, 2), "world_m": (n, COUNT, 3), "visibility": (n, COUNT),
            "presence": (n,), "noise_px": (n, COUNT), "regions": (n, 4),
        }  # fmt: skip
        check_shapes(self, shapes)
        if not (np.isfinite(self.times_s).all() and np.all(np.diff(self.times_s) > 0)):
            raise ValueError("times_s must be finite and increase strictly")

    def __len__(self) -> int:
        return len(self.times_s)

    def __repr__(self) -> str:
        return f"<PoseTrack {time_span(self.times_s)}>"

    def take(self, chosen: BoolArray | IntArray | slice) -> "PoseTrack":
        """Keep some of the frames, in order of time."""
        return PoseTrack(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def between(self, start_s: float, end_s: float) -> "PoseTrack":
        """Keep the frames from `start_s` to `end_s`, both included."""
        return self.take((self.times_s >= start_s) & (self.times_s <= end_s))

    def with_finer(self, finer: "PoseTrack") -> "PoseTrack":
        """Merge in a closer look: its frames replace ours of the same time, the others are added."""
        if not len(finer):
            return self
        gap = np.abs(finer.times_s[nearest_to(finer.times_s, self.times_s)] - self.times_s)
        kept = self.take(gap > SAME_FRAME_S)
        merged = {
            field.name: np.concatenate([getattr(kept, field.name), getattr(finer, field.name)])
            for field in fields(self)
        }
        order = np.argsort(merged["times_s"], kind="stable")
        return PoseTrack(**{name: values[order] for name, values in merged.items()})

    def y_px(self, points: IntArray) -> FloatArray:
        """Mean row (n,) of some landmarks in the picture."""
        return np.asarray(self.image_px[:, points, 1].mean(axis=1))

    def height_cm(self, points: IntArray, cm_per_px: float) -> tuple[FloatArray, FloatArray]:
        """Times (n,), s, and mean heights (n,), cm, of some landmarks in the picture: a trunk goes with its bar."""
        return self.times_s, -cm_per_px * self.y_px(points)

    def image_at(self, time_s: float) -> FloatArray | None:
        """Landmarks (33, 2) in px at any time, linear between frames; None outside, or in a gap over 0.5 s."""
        after = int(np.searchsorted(self.times_s, time_s))
        if after < len(self) and abs(self.times_s[after] - time_s) < SAME_FRAME_S:
            return np.asarray(self.image_px[after])
        if after in (0, len(self)) or self.times_s[after] - self.times_s[after - 1] > LONGEST_GAP_S:
            return None
        t0, t1 = self.times_s[after - 1], self.times_s[after]
        part = (time_s - t0) / (t1 - t0)
        return np.asarray((1 - part) * self.image_px[after - 1] + part * self.image_px[after])

    def region_at(self, time_s: float) -> Region:
        """Where to look for the person at any time: linear between frames, held at the ends, steadied over 0.4 s.

        The centre follows the lifter; size and lean are the medians of the frames around, which jitter less.
        """
        x, y = (float(np.interp(time_s, self.times_s, self.regions[:, k])) for k in (0, 1))
        near = np.abs(self.times_s - time_s) <= STEADY_S
        if not near.any():
            near = np.abs(self.times_s - time_s) == np.abs(self.times_s - time_s).min()
        side, rotation = np.median(self.regions[near, 2:], axis=0)
        return Region(x, y, float(side), float(rotation))

    def save(self, path: str | PathLike[str], **beside: FloatArray) -> None:
        """Write every array under its own name as .npz, and others beside them.

        Raises
        ------
        OutputError
            When the file cannot be written.
        """
        try:
            with path_of(path).open("wb") as file:
                arrays = {f.name: getattr(self, f.name) for f in fields(self)}
                np.savez_compressed(file, allow_pickle=False, **arrays, **beside)
        except OSError as error:
            raise OutputError(
                f"The landmarks cannot be written to {path} ({error.strerror}); expected a folder that can be "
                "written. Choose another place."
            ) from error

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "PoseTrack":
        """Read what `save` wrote; other arrays in the file are left out.

        Raises
        ------
        PoseSourceError
            When it is no such file.
        """
        try:
            with np.load(path_of(path), allow_pickle=False) as arrays:
                return cls(**{f.name: arrays[f.name] for f in fields(cls)})
        except MISREAD as error:
            raise PoseSourceError(
                f"{path} cannot be read as landmarks ({reason(error)}); expected an .npz file that depthperception "
                "wrote. Judge the video again."
            ) from error


SAME_FRAME_S = 1e-4
"""Times closer than this are the same frame: the fastest phones film 960 frames a second, 1 ms apart."""

STEADY_S = 0.2
"""Over this time the lifter's size and lean in the picture hardly change, even in the fastest descent."""

LONGEST_GAP_S = 0.5
"""Between frames further apart nothing is drawn: a lifter gets from lockout to the hole in about a second."""


def empty_track() -> PoseTrack:
    """Build a track of nobody."""
    return stack([])


@dataclass(frozen=True)
class Pose:
    """One frame of a track; see `PoseTrack` for shapes and units."""

    time_s: float
    image_px: FloatArray
    world_m: FloatArray
    visibility: FloatArray
    presence: float
    noise_px: FloatArray
    region: FloatArray


def stack(poses: list[Pose]) -> PoseTrack:
    """Build a track from single poses in order of time."""
    n = len(poses)
    return PoseTrack(
        times_s=np.array([p.time_s for p in poses], dtype=np.float64),
        image_px=np.array([p.image_px for p in poses], dtype=np.float64).reshape(n, COUNT, 2),
        world_m=np.array([p.world_m for p in poses], dtype=np.float64).reshape(n, COUNT, 3),
        visibility=np.array([p.visibility for p in poses], dtype=np.float64).reshape(n, COUNT),
        presence=np.array([p.presence for p in poses], dtype=np.float64),
        noise_px=np.array([p.noise_px for p in poses], dtype=np.float64).reshape(n, COUNT),
        regions=np.array([p.region for p in poses], dtype=np.float64).reshape(n, 4),
    )
