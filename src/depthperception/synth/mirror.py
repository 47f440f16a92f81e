"""A mirror's geometry: what is seen in it is the scene behind its plane, where its glass lets it through."""

import numpy as np

from depthperception.geometry.pinhole import PinholeCamera
from depthperception.synth.scenario import Mirror
from depthperception.types import BoolArray, FloatArray


def normal(mirror: Mirror) -> FloatArray:
    """Unit vector (3,) out of the glass, into the room."""
    facing = np.radians(mirror.facing_deg)
    return np.array([-np.sin(facing), np.cos(facing), 0.0])


def plane(mirror: Mirror) -> FloatArray:
    """The glass's plane (4,): its product with (x, y, z, 1) is how far a point is in front of it."""
    n = normal(mirror)
    return np.append(n, -n @ np.array(mirror.centre_m))


def reflection(mirror: Mirror) -> FloatArray:
    """Matrix (4, 4) that takes the world's points to where they appear behind the glass."""
    turn = np.eye(4)
    turn[:3] -= 2.0 * np.outer(normal(mirror), plane(mirror))
    return turn


def reflected(mirror: Mirror, points_m: FloatArray) -> FloatArray:
    """Where points (..., 3) appear behind the glass."""
    turn = reflection(mirror)
    return np.asarray(points_m @ turn[:3, :3].T + turn[:3, 3])


def corners(mirror: Mirror) -> FloatArray:
    """The glass's corners (4, 3), in turn."""
    along = np.cross([0.0, 0.0, 1.0], normal(mirror)) * mirror.width_m / 2.0
    up = np.array([0.0, 0.0, mirror.height_m / 2.0])
    return np.asarray(np.array(mirror.centre_m) + [-along - up, along - up, along + up, -along + up])


def shows(mirror: Mirror, camera: PinholeCamera, points_m: FloatArray) -> BoolArray:
    """Which of the points (n, 3) the camera sees in the glass, if nothing stands in between."""
    ahead, eye = plane(mirror), camera.position_m
    depth = points_m @ ahead[:3] + ahead[3]
    eye_depth = float(eye @ ahead[:3] + ahead[3])
    if eye_depth <= 0.0:
        return np.zeros(len(points_m), dtype=np.bool_)
    share = eye_depth / (eye_depth + np.maximum(depth, 1e-9))
    hit = eye + (reflected(mirror, points_m) - eye) * share[:, None] - np.array(mirror.centre_m)
    across = hit @ np.cross([0.0, 0.0, 1.0], ahead[:3])
    inside = (np.abs(across) <= mirror.width_m / 2.0) & (np.abs(hit[:, 2]) <= mirror.height_m / 2.0)
    return np.asarray((depth > 0.0) & inside)


def through_glass(mirror: Mirror, clip: FloatArray, camera: PinholeCamera) -> FloatArray:
    """Clip matrix (4, 4) that draws the world as the mirror shows it, from the camera's own `clip` matrix.

    The near plane is the glass: what stands behind the mirror is cut away. (E. Lengyel, Oblique view frustum depth
    projection and clipping, 2005.) The picture's far corner decides how much of the depth range that leaves.
    """
    half = np.array([camera.width_px, camera.height_px]) / 2.0 / camera.K[0, 0]
    steepest = 1.0 / np.sqrt(1.0 + half @ half)
    turned = clip @ reflection(mirror)
    turned[2] = 2.0 * steepest * plane(mirror) - turned[3]
    return np.asarray(turned)
