"""Small rotations and frames."""

import numpy as np

from depthperception.types import FloatArray


def unit(a: FloatArray) -> FloatArray:
    """Scale vectors along the last axis to length 1."""
    length = np.linalg.norm(a, axis=-1, keepdims=True)
    return np.asarray(a / length, dtype=np.float64)


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Cross product of two vectors (3,): numpy's own takes ten times as long for a single pair."""
    (ax, ay, az), (bx, by, bz) = a.tolist(), b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def rot_x(angle_rad: float) -> FloatArray:
    """Rotation about +x, right-handed."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def rot_y(angle_rad: float) -> FloatArray:
    """Rotation about +y, right-handed."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def rot_z(angle_rad: float) -> FloatArray:
    """Rotation about +z, right-handed."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def rot_about(axis: FloatArray, angle_rad: float) -> FloatArray:
    """Rotation about any axis, right-handed (Rodrigues)."""
    x, y, z = unit(axis)
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle_rad) * k + (1.0 - np.cos(angle_rad)) * k @ k)


def frame(along: FloatArray, side: FloatArray) -> FloatArray:
    """Orthonormal columns: `along`, the part of `side` across it, and their cross product."""
    d = unit(along)
    n = unit(side - d * (side @ d))
    return np.stack([d, n, cross(d, n)], axis=1)


def two_bones(start: FloatArray, end: FloatArray, lengths: tuple[float, float], pole: FloatArray) -> FloatArray:
    """Middle joint of a two-bone chain, bent towards `pole`; arrays (..., 3) broadcast.

    A chain that is too short, or whose ends are too close, is taken as just reaching.
    """
    first, second = lengths
    reach = end - start
    distance = np.linalg.norm(reach, axis=-1, keepdims=True)
    d = np.clip(distance, 1.0005 * abs(first - second), 0.9995 * (first + second))
    u = reach / distance
    p = unit(pole - u * np.sum(pole * u, axis=-1, keepdims=True))
    x = (first**2 - second**2 + d**2) / (2.0 * d)
    return np.asarray(start + u * x + p * np.sqrt(np.maximum(first**2 - x**2, 0.0)), dtype=np.float64)
