"""What the depth methods are given, of a stick figure at the bottom and standing."""

import numpy as np

from depthperception.appearance.features import HeadPrediction
from depthperception.capture.camera import camera_of_landmarks
from depthperception.depth import Evidence
from depthperception.depth.legs import FittedLegs
from depthperception.results import Scale
from tests.support.figures import figure, samples

SEEN = HeadPrediction(np.array([1.0, -1.5, 0.0, 0.0, 0.0, 0.64, 0.77, 0.0, 1.1]), 0.3)
"""What a head might say: 1 cm deep, camera at 40 degrees, 3 m away."""


LEGS = FittedLegs(
    depth_cm=np.array([1.5, 0.5]),
    covariance_cm2=np.array([[4.0, 3.0], [3.0, 4.0]]),
    points_px=np.zeros((16, 2)),
    covariance_px2=np.tile(np.eye(2), (16, 1, 1)),
    levels_px=np.zeros((2, 2)),
    misfit_sd=np.full(16, 0.5),
    moving_with_depth=np.zeros((18, 2)),
    legs=("left", "right"),
    distance_m=3.0,
    distance_sd_share=0.2,
)
"""What the fit might say: 1 cm deep, the left leg deeper."""


def evidence(thigh_deg: float, camera: np.ndarray, *, noise_m: float = 0.0, factor: float = 1.0) -> Evidence:
    """Stand a figure before a camera and let it squat; `factor` lengthens the model's metre."""
    standing = samples(figure(0.0, trunk_deg=0.0), camera, noise_m=noise_m, seed=1)
    bottom = samples(figure(thigh_deg), camera, noise_m=noise_m)
    scale = Scale(cm_per_px=100.0 / 400.0 * factor, source="model", model_factor=factor)
    return Evidence(
        bottom=bottom,
        standing=standing,
        camera=camera_of_landmarks(standing, 720, 1280, lean_deg=(0.0, 0.0)),
        scale=scale,
        prediction=SEEN,
        legs=LEGS,
    )
