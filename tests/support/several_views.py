"""One squat seen by several pinhole cameras, as judgements of each: what is true of it is plain geometry.

World: metres, z up, the lifter faces +y from the origin, his left is -x. Legs at the bottom are the mean of the model.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from depthperception.depth.leg_model import CREASES, KNEE_TOPS, shipped_legs
from depthperception.examination import Examination
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.multiview.calibration import CalibratedCamera, Calibration
from depthperception.pose.track import PoseTrack
from depthperception.proof import Sighted
from depthperception.results import AttemptJudgement, Camera, Judgement, Reading, Scale, ScaleEstimate
from depthperception.types import FloatArray
from depthperception.video_facts import VideoFacts
from tests.support.figures import axes, figure

STATURE_M = 1.75
SIZE_PX = (720, 1280)
FOCAL_PX = 960.0
HIPS_M = np.array([0.0, 0.0, 0.525 * STATURE_M])
STANDS_S, DOWN_S, UP_S, END_S = 1.0, 2.4, 3.9, 4.8


def camera_at(azimuth_deg: float, distance_m: float = 3.5, height_m: float = 1.2) -> PinholeCamera:
    """A phone that looks at the lifter's hips."""
    azimuth = np.radians(azimuth_deg)
    place = distance_m * np.array([-np.sin(azimuth), np.cos(azimuth), 0.0]) + [0.0, 0.0, height_m]
    pitch_deg = float(np.degrees(np.arctan2(height_m - HIPS_M[2], distance_m)))
    turn = axes(azimuth_deg, pitch_deg)
    k = np.array([[FOCAL_PX, 0.0, SIZE_PX[0] / 2.0], [0.0, FOCAL_PX, SIZE_PX[1] / 2.0], [0.0, 0.0, 1.0]])
    return PinholeCamera(k, turn, -turn @ place, *SIZE_PX)


def calibration_of(*cameras: PinholeCamera) -> Calibration:
    """The cameras as they are."""
    named = tuple(CalibratedCamera(f"camera {k}", one, np.zeros(5)) for k, one in enumerate(cameras))
    return Calibration(named, np.array([0.0, 0.0, 1.0]), "file", 0.2)


def thigh_deg(time_s: FloatArray) -> FloatArray:
    """The thigh's angle on the common clock: down in 1.4 s, up in 1.5 s."""
    down = np.clip((time_s - STANDS_S) / (DOWN_S - STANDS_S), 0.0, 1.0)
    up = np.clip((time_s - DOWN_S) / (UP_S - DOWN_S), 0.0, 1.0)
    return np.asarray(95.0 * (np.sin(np.pi * down / 2.0) ** 2 - np.sin(np.pi * up / 2.0) ** 2))


def track_of(
    camera: PinholeCamera, *, starts_s: float = 0.0, rate_hz: float = 30.0, noise_px: float = 0.0, slow: float = 1.0
) -> PoseTrack:
    """The figure through the squat, on the camera's own clock, which starts at a time of the common one."""
    rng = np.random.default_rng(round(1000 * starts_s) + round(rate_hz))
    times_s = np.arange(0.0, END_S - starts_s, 1.0 / rate_hz)
    points = np.array([figure(float(angle)) for angle in thigh_deg((times_s + starts_s) * slow)])
    px = camera.project(points) + noise_px * rng.normal(size=(*points.shape[:2], 2))
    n = len(times_s)
    return PoseTrack(
        times_s, px, np.zeros_like(points), np.ones(points.shape[:2]), np.ones(n), np.full(points.shape[:2], np.nan),
        np.zeros((n, 4)),
    )  # fmt: skip


def legs_in_world() -> FloatArray:
    """Points of the legs (16, 3) at the bottom: the model's first axis goes to the lifter's left."""
    return np.asarray(STATURE_M * shipped_legs().mean * [-1.0, 1.0, 1.0])


def true_depth_cm() -> float:
    """Mean of both legs."""
    height = 100.0 * legs_in_world()[:, 2]
    return float((height[KNEE_TOPS] - height[CREASES]).mean())


def sighted_by(camera: PinholeCamera, *, noise_px: float = 0.0, seed: int = 0) -> Sighted:
    """What the camera sees of the legs, within 3 px, and where the standing hips are."""
    px = camera.project(legs_in_world()) + noise_px * np.random.default_rng(seed).normal(size=(16, 2))
    hips = camera.project(HIPS_M)
    return Sighted(
        tuple((float(x), float(y)) for x, y in px), ((9.0, 0.0, 9.0),) * 16, (float(hips[0]), float(hips[1]))
    )


@dataclass(frozen=True)
class Filmed:
    """How one view filmed it."""

    azimuth_deg: float
    path: Path = Path("squat.mp4")
    starts_s: float = 0.0
    rate_hz: float = 30.0
    azimuth_error_deg: float = 0.0
    cm: float | None = -2.0


def examination_of(film: Filmed, sha256: str | None = None) -> Examination:
    """What a view says by itself."""
    camera = camera_at(film.azimuth_deg)
    up = camera.R[:, 2]
    away_m = float(np.linalg.norm(camera.position_m - HIPS_M))
    cm_per_px = 100.0 * float((camera.R @ HIPS_M + camera.t)[2]) / FOCAL_PX
    scale = Scale(cm_per_px, "height", 1.0, 100.0 * STATURE_M, (ScaleEstimate("height", cm_per_px, 0.02),), 175.0, 0.0)
    reading = Reading("calibrated", reason="No view.")
    if film.cm is not None:
        reading = Reading("calibrated", film.cm, (film.cm - 3.0, film.cm + 3.0), 0.14)
    attempt = AttemptJudgement(
        start_s=STANDS_S - film.starts_s,
        bottom_s=DOWN_S - film.starts_s,
        end_s=UP_S - film.starts_s,
        bottom_frame=round((DOWN_S - film.starts_s) * film.rate_hz),
        stood_up=True,
        verdict="no_depth" if film.cm is not None else "not_judgeable",
        reason="The hip crease is 2.0 cm above the top of the knee, 86 % sure.",
        depth=reading,
        measurements={"calibrated": reading},
        sighted=sighted_by(camera),
    )
    track = track_of(camera, starts_s=film.starts_s, rate_hz=film.rate_hz)
    video = VideoFacts(
        str(film.path), sha256 or f"hash {film.azimuth_deg}", *SIZE_PX, 0, float(track.times_s[-1]), len(track)
    )
    pitch_deg = float(np.degrees(np.arcsin((camera.position_m - HIPS_M)[2] / away_m)))
    seen = Camera(
        "front_oblique", "left", film.azimuth_deg + film.azimuth_error_deg, pitch_deg, 0.0,
        (float(up[0]), float(up[1]), float(up[2])), None, away_m,
    )  # fmt: skip
    return Examination(Judgement(video, "judged", None, seen, scale, None, (attempt,)), track, track.times_s)


def without_attempt(one: Examination, reason: str) -> Examination:
    """The same view, which shows nobody."""
    return replace(one, judgement=replace(one.judgement, status="no_person", reason=reason, attempts=()))
