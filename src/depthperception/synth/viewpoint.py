"""The pinhole camera of a viewpoint."""

import numpy as np

from depthperception.geometry.pinhole import PinholeCamera
from depthperception.synth.geometry import rot_x, rot_y, rot_z
from depthperception.synth.scenario import Viewpoint


def pinhole(view: Viewpoint, shake_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> PinholeCamera:
    """Camera of a viewpoint; `shake_deg` is added to its pitch, yaw and roll."""
    azimuth = np.radians(view.azimuth_deg)
    position = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0]) * view.distance_m + [0.0, 0.0, view.height_m]
    forward = np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])
    level = np.stack([np.cross(forward, [0.0, 0.0, 1.0]), [0.0, 0.0, -1.0], forward])
    pitch, yaw, roll = np.radians(np.add((view.pitch_deg, view.yaw_deg, view.roll_deg), shake_deg))
    turn = rot_z(-roll) @ rot_x(-pitch) @ rot_y(-yaw)
    focal = 0.5 * max(view.width_px, view.height_px) / np.tan(np.radians(view.fov_deg) / 2.0)
    k = np.array([[focal, 0.0, view.width_px / 2.0], [0.0, focal, view.height_px / 2.0], [0.0, 0.0, 1.0]])
    rotation = turn @ level
    return PinholeCamera(k, rotation, -rotation @ position, view.width_px, view.height_px)


def shake(view: Viewpoint, seed: int, time_s: float) -> tuple[float, float, float]:
    """Pitch, yaw and roll (degrees) of a hand-held camera: slow sway and faster tremor with phases from the seed."""
    if view.shake_deg <= 0.0:
        return (0.0, 0.0, 0.0)
    phases = np.random.default_rng((seed, 1)).uniform(0.0, 2.0 * np.pi, (3, 3))
    rates_hz, shares = np.array([0.4, 1.1, 3.7]), np.array([0.6, 0.3, 0.1])
    swing = view.shake_deg * np.sum(shares * np.sin(2.0 * np.pi * rates_hz * time_s + phases), axis=1)
    return float(swing[0]), float(swing[1]), float(swing[2]) / 2.0
