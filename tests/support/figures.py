"""A stick figure that squats, seen by a camera of known pose: landmarks whose truth is plain geometry.

World: metres, z up, the lifter faces +y, his left is -x. Camera azimuth 0 in front, 90 at his left side.
"""

import numpy as np

from depthperception.geometry.roi import Cutout
from depthperception.geometry.skeletons import COUNT, Landmark
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray

PICTURE_PX = (720, 1280)
"""Width and height of a picture that shows the figures whole."""

SHANK_M, THIGH_M, TRUNK_M, ANKLE_M = 0.43, 0.43, 0.50, 0.08


def figure(thigh_deg: float, *, hands: str = "bar", trunk_deg: float | None = None) -> FloatArray:
    """Landmarks (33, 3) in the world, thigh `thigh_deg` from upright: 0 stands, 90 is parallel, more is deep."""
    thigh, shank = np.radians(thigh_deg), np.radians(25.0 * min(1.0, thigh_deg / 90.0))
    ankle = np.array([0.0, 0.0, ANKLE_M])
    knee = ankle + SHANK_M * np.array([0.0, np.sin(shank), np.cos(shank)])
    hip = knee + THIGH_M * np.array([0.0, -np.sin(thigh), np.cos(thigh)])
    over_feet = np.clip((0.05 - hip[1]) / TRUNK_M, -1.0, 1.0)
    lean = np.arcsin(over_feet) if trunk_deg is None else np.radians(trunk_deg)
    shoulder = hip + TRUNK_M * np.array([0.0, np.sin(lean), np.cos(lean)])
    head = shoulder + np.array([0.0, 0.05, 0.25])
    wrist = shoulder + [0.0, 0.05, 0.0] if hands == "bar" else shoulder + [0.0, 0.0, -0.68]
    points = np.tile(head, (COUNT, 1))
    for name, at, half in (
        ("SHOULDER", shoulder, 0.19), ("ELBOW", shoulder + [0.0, 0.0, -0.2], 0.3), ("WRIST", wrist, 0.3),
        ("HIP", hip, 0.09), ("KNEE", knee, 0.15), ("ANKLE", ankle, 0.15), ("HEEL", ankle + [0, -0.06, -0.06], 0.15),
        ("FOOT_INDEX", ankle + [0, 0.06, -0.06], 0.17), ("EYE", head, 0.03),
    ):  # fmt: skip
        points[Landmark[f"LEFT_{name}"]] = at + [-half, 0.0, 0.0]
        points[Landmark[f"RIGHT_{name}"]] = at + [half, 0.0, 0.0]
    return points


def axes(azimuth_deg: float, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> FloatArray:
    """Rows are the camera's x (right), y (down) and z (away) axes in the world; pitch positive looks down."""
    azimuth, pitch, roll = np.radians([azimuth_deg, pitch_deg, roll_deg])
    level = np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])
    away = np.cos(pitch) * level - np.sin(pitch) * np.array([0.0, 0.0, 1.0])
    right = np.cross(level, [0.0, 0.0, 1.0])
    down = np.cross(away, right)
    return np.stack([np.cos(roll) * right + np.sin(roll) * down, np.cos(roll) * down - np.sin(roll) * right, away])


def seen(points: FloatArray, camera: FloatArray, px_per_m: float = 400.0) -> tuple[FloatArray, FloatArray]:
    """Image landmarks (33, 2) of a far camera and hip-centred camera-axes metres (33, 3)."""
    hips = points[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    world = (points - hips) @ camera.T
    image = (points - [0.0, 0.0, 0.9]) @ camera[:2].T * px_per_m + [360.0, 640.0]
    return image, world


def track(times_s: FloatArray, thigh_deg: FloatArray, camera: FloatArray | None = None, **pose: object) -> PoseTrack:
    """Track of a figure whose thigh angle is given over time."""
    camera = axes(40.0) if camera is None else camera
    both = [seen(figure(angle, **pose), camera) for angle in thigh_deg]  # type: ignore[arg-type]
    n = len(times_s)
    image = np.array([one for one, _ in both])
    centre = image[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1)
    return PoseTrack(
        times_s=np.asarray(times_s, dtype=np.float64),
        image_px=image,
        world_m=np.array([other for _, other in both]),
        visibility=np.ones((n, COUNT)),
        presence=np.ones(n),
        noise_px=np.full((n, COUNT), np.nan),
        regions=np.column_stack([centre, np.full(n, 900.0), np.zeros(n)]),
    )


def samples(
    points: FloatArray, camera: FloatArray, *, noise_m: float = 0.0, looks: int = 8, seed: int = 0
) -> PoseSamples:
    """Looks at one frame of a figure, each with noise of its own in metres."""
    rng = np.random.default_rng(seed)
    image, world = seen(points, camera)
    jitter = rng.normal(0.0, noise_m, (1, looks, COUNT, 3))
    return PoseSamples(
        times_s=np.zeros(1),
        image_px=image + jitter[..., :2] * 400.0,
        world_m=world + jitter,
        visibility=np.ones((1, looks, COUNT)),
        presence=np.ones((1, looks)),
        regions=np.array([[360.0, 640.0, 900.0, 0.0]]),
        parts=(Cutout(np.full((16, 9, 3), 128, np.uint8), 0, 0, 80),),
    )


def squats(depths_deg: list[float], *, stand_s: float = 1.0, rep_s: float = 2.5, step_s: float = 0.1) -> tuple[
    FloatArray, FloatArray, list[float]
]:  # fmt: skip
    """Times, thigh angles and the times of the bottoms of several reps with standing between them."""
    cycle = stand_s + rep_s
    times = np.arange(0.0, cycle * len(depths_deg) + stand_s, step_s)
    angle = np.zeros_like(times)
    for number, deepest in enumerate(depths_deg):
        phase = np.clip((times - number * cycle - stand_s) / rep_s, 0.0, 1.0)
        angle += deepest * 0.5 * (1.0 - np.cos(2.0 * np.pi * phase))
    return times, angle, [stand_s + rep_s / 2 + number * cycle for number in range(len(depths_deg))]
