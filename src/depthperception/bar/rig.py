"""Where a disc on the lifter's bar must be seen, and as what ellipse: from the camera and the standing lifter."""

from dataclasses import dataclass, replace

import numpy as np

from depthperception.closeup import CloseUp
from depthperception.judgement import Camera, Scale
from depthperception.pose.landmarks import HIPS
from depthperception.types import FloatArray

SLEEVE_M = 0.75
"""Middle of the bar to the middle of a big disc: collars stand 131 cm apart, discs are 5 cm and more thick."""


@dataclass(frozen=True, eq=False)
class DiscView:
    """How a disc on the bar is seen.

    Attributes
    ----------
    centre_px : (2,)
    px_per_m
        At the disc.
    openness
        Minor over major axis of its ellipse: 1 from the side, 0 from the front.
    minor : (2,)
        Unit vector along the minor axis in the picture, from the lifter outwards.
    """

    centre_px: FloatArray
    px_per_m: float
    openness: float
    minor: FloatArray


@dataclass(frozen=True, eq=False)
class Rig:
    """The lifter's axes in a camera that looks at his standing hips, in metres.

    Attributes
    ----------
    up, left, forward : (3,)
        Unit vectors, camera axes (x right, y down, z away).
    hips_px : (2,)
        Where he stands.
    px_per_m
        At his hips.
    distance_m
        From the camera to his hips.
    """

    up: FloatArray
    left: FloatArray
    forward: FloatArray
    hips_px: FloatArray
    px_per_m: float
    distance_m: float

    @property
    def focal_px(self) -> float:
        """Focal length that goes with scale and distance."""
        return self.px_per_m * self.distance_m

    def shrunk(self, factor: float) -> "Rig":
        """In a picture that is smaller by a factor."""
        return replace(self, hips_px=self.hips_px * factor, px_per_m=self.px_per_m * factor)

    def project(self, points_m: FloatArray) -> FloatArray:
        """Points (..., 3) in metres to px (..., 2)."""
        return np.asarray(self.hips_px + self.focal_px * points_m[..., :2] / points_m[..., 2:])

    def bar_at(self, shoulders_px: FloatArray) -> FloatArray:
        """Middle of the bar (3,) in metres, where the middle of the shoulders is seen."""
        beside = (shoulders_px - self.hips_px) / self.px_per_m
        flat = self.up[:2] / max(float(np.linalg.norm(self.up[:2])), 0.1)
        z = self.distance_m + float(beside @ flat) * self.up[2]
        return np.array([*(beside * z / self.distance_m), z])

    def disc(self, shoulders_px: FloatArray, side: int, sleeve_m: float = SLEEVE_M) -> DiscView:
        """View of a disc at the lifter's left (`side` 1) or right (-1)."""
        outward = side * self.left
        at = self.bar_at(shoulders_px) + sleeve_m * outward
        ray = at / np.linalg.norm(at)
        facing = float(outward @ ray)
        across = outward - facing * ray
        minor = across[:2] - at[:2] / at[2] * across[2]
        return DiscView(
            centre_px=self.project(at),
            px_per_m=float(self.focal_px / at[2]),
            openness=abs(facing),
            minor=minor / max(float(np.linalg.norm(minor)), 1e-9),
        )


def rig_of(standing: CloseUp, camera: Camera, scale: Scale) -> Rig:
    """Build the axes from the standing lifter."""
    hips_px = np.median(standing.image_px, axis=(0, 1))[HIPS].mean(axis=0)
    return make_rig(camera, hips_px, 100.0 / scale.cm_per_px)


def make_rig(camera: Camera, hips_px: FloatArray, px_per_m: float) -> Rig:
    """Build the axes from the measured camera and the true scale at the hips."""
    up = np.array(camera.up) / np.linalg.norm(camera.up)
    away = np.array([0.0, 0.0, 1.0]) - up[2] * up
    away /= np.linalg.norm(away)
    right = np.cross(away, up)
    azimuth = np.radians(camera.azimuth_deg)
    left = -np.sin(azimuth) * away + np.cos(azimuth) * right
    return Rig(up, left, np.cross(up, -left), hips_px, px_per_m, camera.distance_m or USUAL_DISTANCE_M)


USUAL_DISTANCE_M = 3.0
"""Of a camera whose distance is not known."""
