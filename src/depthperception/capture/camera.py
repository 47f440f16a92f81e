"""How the lifter is filmed: gravity, view, pitch, roll and height, from him standing; and what to do better."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from depthperception.appearance.features import OUTPUTS, HeadPrediction
from depthperception.capture.framing import framing_advice, shows_legs
from depthperception.capture.lifter_camera import USUAL_DISTANCE_M
from depthperception.capture.scale import MODEL_SHARE
from depthperception.capture.uprights import Gravity, Sight, gravity_by
from depthperception.geometry.pinhole import FOCAL_OVER_LONG_SIDE, Pinhole, up_of
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, SHOULDERS, TOES
from depthperception.pose.samples import PoseSamples
from depthperception.results import Camera, Facing, View
from depthperception.types import FloatArray

LEAN_DEG = (4.0, 6.3)
"""How far the line from feet to shoulders of a standing lifter leans forward under the bar, across the picture and
along the view: least squares over 1821 rendered squats of 17 bodies. The network exaggerates it along the view."""

HEAD_PITCH, HEAD_ROLL = 0.7, 0.4
"""Share of the head's word: over 1821 rendered squats, bodies left out, the median error of the pitch is 4.5 degrees by
landmarks, 3.1 by the head, 3.0 mixed; of the roll 1.1, 1.5 and 1.05."""

TOO_HIGH_CM = 40.0
"""Camera above or below the hip by more than this: at 3 m and 10 cm from hip to knee, 1.3 cm of perspective."""

TOO_ROLLED_DEG = 4.0
"""Roll costs 0.7 cm a degree (the sine on a thigh of 40 cm): beyond this more than `calibrated`'s own error."""

TOO_NEAR_M = 2.0
"""Nearer cameras see the knees from another angle than the hips."""

NEAR_CHANCE = 1.0 / 3.0
"""From which probability on a camera is told to be too near: advice that is not needed costs less than what was not
said. Of 12 rendered cameras nearer than that 9 are told so, of 48 others 2 (at 2.7 and 3.9 m)."""

SMALL_LIFTER = 0.3
"""Standing height over picture height below which a pixel is most of a centimetre at 720p."""


def camera_of_film(
    standing: PoseSamples,
    bottoms: Sequence[PoseSamples],
    predictions: Sequence[HeadPrediction],
    picture_px: tuple[int, int],
    edges_px: FloatArray | None = None,
) -> Camera:
    """Measure the camera with the word of the head on those bottoms that show legs, and say what is cut off."""
    shown = [said for said, low in zip(predictions, bottoms, strict=True) if shows_legs(low, picture_px)]
    camera = measure_camera(standing, *picture_px, shown, edges_px)
    return replace(camera, advice=(*framing_advice(standing, bottoms, picture_px), *camera.advice))


def measure_camera(
    standing: PoseSamples,
    width_px: int,
    height_px: int,
    predictions: Sequence[HeadPrediction],
    edges_px: FloatArray | None = None,
) -> Camera:
    """Measure gravity and the camera from the standing lifter, what the trained head says of the bottoms, and the room.

    The head's word is better on the view, on height and distance, and a little on pitch; the landmarks' on roll: each
    gets its share (`HEAD_PITCH`, `HEAD_ROLL`; docs/accuracy.md has the errors). Without it the landmarks have it all.
    Straight edges (n, 4) of the room behind him then hold gravity to what is upright (`capture.uprights`).
    """
    camera = camera_of_landmarks(standing, width_px, height_px)
    if predictions:
        camera = _with_head(camera, np.mean([prediction.outputs for prediction in predictions], axis=0))
    if edges_px is not None:
        camera = _held_to_room(camera, standing, edges_px, (width_px, height_px))
    return replace(camera, advice=advise(camera, _standing_part(standing, height_px)))


def _with_head(camera: Camera, outputs: FloatArray) -> Camera:
    said = dict(zip(OUTPUTS, (float(value) for value in outputs), strict=True))
    azimuth = float(np.degrees(np.arctan2(said["azimuth_sin"], said["azimuth_cos"])) % 360.0)
    pitch = HEAD_PITCH * said["pitch"] + (1.0 - HEAD_PITCH) * camera.pitch_deg
    roll = HEAD_ROLL * said["roll"] + (1.0 - HEAD_ROLL) * camera.roll_deg
    return replace(
        _with_gravity(camera, pitch, roll),
        view=view_of(azimuth),
        facing=facing_of(azimuth),
        azimuth_deg=azimuth,
        height_above_hip_cm=said["height"],
        distance_m=float(np.exp(said["log_distance"])),
    )


def _held_to_room(camera: Camera, standing: PoseSamples, edges_px: FloatArray, picture_px: tuple[int, int]) -> Camera:
    joints_px, distance_m = standing.median_px, camera.distance_m or USUAL_DISTANCE_M
    inside = Pinhole(distance_m * standing.px_per_m / MODEL_SHARE, np.array(picture_px) / 2.0)
    known = Gravity(camera.pitch_deg, camera.roll_deg, camera.pitch_sd_deg, camera.roll_sd_deg)
    found = gravity_by(edges_px, known, Sight(inside, joints_px[HIPS].mean(axis=0), joints_px))
    held = _with_gravity(camera, found.pitch_deg, found.roll_deg)
    return replace(held, pitch_sd_deg=found.pitch_sd_deg, roll_sd_deg=found.roll_sd_deg)


def _with_gravity(camera: Camera, pitch_deg: float, roll_deg: float) -> Camera:
    x, y, away = up_of(*np.radians([pitch_deg, roll_deg])).tolist()
    return replace(camera, pitch_deg=pitch_deg, roll_deg=roll_deg, up=(x, y, away))


def camera_of_landmarks(
    standing: PoseSamples, width_px: int, height_px: int, *, lean_deg: tuple[float, float] = LEAN_DEG
) -> Camera:
    """Measure gravity and the camera from close looks at the standing lifter alone.

    Gravity is the line from the middle of the feet to the middle of the shoulders, in the pose model's metres, less the
    lean of a lifter under a bar. The azimuth comes from the line through hips and shoulders.
    """
    world = standing.median_m
    feet = world[np.concatenate([HEELS, TOES, ANKLES])].mean(axis=0)
    up = world[SHOULDERS].mean(axis=0) - feet
    up /= np.linalg.norm(up)
    across = world[HIPS[1]] - world[HIPS[0]] + world[SHOULDERS[1]] - world[SHOULDERS[0]]
    azimuth = _azimuth_deg(across, up)
    up = _without_lean(up, azimuth, lean_deg)
    pitch = float(np.degrees(np.arcsin(np.clip(-up[2], -1.0, 1.0))))
    distance = FOCAL_OVER_LONG_SIDE * max(width_px, height_px) * MODEL_SHARE / standing.px_per_m
    return Camera(
        view=view_of(azimuth),
        facing=facing_of(azimuth),
        azimuth_deg=azimuth,
        pitch_deg=pitch,
        roll_deg=float(np.degrees(np.arctan2(-up[0], -up[1]))),
        up=(float(up[0]), float(up[1]), float(up[2])),
        height_above_hip_cm=float(100.0 * distance * np.sin(np.radians(pitch))),
        distance_m=float(distance),
    )


def _without_lean(up: FloatArray, azimuth_deg: float, lean_deg: tuple[float, float]) -> FloatArray:
    """Turn the body's axis back by its lean, given across the picture and along the view."""
    across, along = np.tan(np.radians(lean_deg))
    azimuth = np.radians(azimuth_deg)
    straight = up + [across * np.sin(azimuth), 0.0, along * np.cos(azimuth)]
    return np.asarray(straight / np.linalg.norm(straight))


def _azimuth_deg(across: FloatArray, up: FloatArray) -> float:
    """Angle about the vertical from the lifter's front to the camera; `across` goes from his left to his right."""
    away = np.array([0.0, 0.0, 1.0]) - up[2] * up
    away /= np.linalg.norm(away)
    right = np.cross(away, up)
    return float(np.degrees(np.arctan2(across @ away, -(across @ right))) % 360.0)


def view_of(azimuth_deg: float) -> View:
    """Put an azimuth in words, in steps of 45 degrees."""
    off_front = abs((azimuth_deg + 180.0) % 360.0 - 180.0)
    views: tuple[View, ...] = ("front", "front_oblique", "side", "rear_oblique", "rear")
    return views[int((off_front + 22.5) // 45.0)]


def facing_of(azimuth_deg: float) -> Facing:
    """Where the lifter looks in the picture: a camera at his left side (90 degrees) sees him face left."""
    facings: tuple[Facing, ...] = ("towards", "left", "away", "right")
    return facings[int(((azimuth_deg + 45.0) % 360.0) // 90.0)]


def advise(camera: Camera, standing_part: float) -> tuple[str, ...]:
    """Say what to do better next time, the costliest first.

    Parameters
    ----------
    camera
        As measured.
    standing_part
        Height of the standing lifter over that of the picture.
    """
    above = camera.height_above_hip_cm or 0.0
    advice = []
    if abs(above) > TOO_HIGH_CM:
        side = "above" if above > 0 else "below"
        advice.append(f"Camera {abs(above):.0f} cm {side} the hip: film at hip height.")
    if abs(camera.roll_deg) > TOO_ROLLED_DEG:
        turned = "clockwise" if camera.roll_deg > 0 else "counter-clockwise"
        advice.append(f"Camera turned {abs(camera.roll_deg):.0f} degrees {turned}: hold it level.")
    if camera.view in ("rear", "rear_oblique"):
        advice.append("Filmed from behind, where the crease is hidden: film from 45 degrees in front or from the side.")
    if standing_part < SMALL_LIFTER:
        advice.append(f"The lifter fills {standing_part:.0%} of the picture's height: go nearer or zoom in.")
    return tuple(advice)


def with_distance(camera: Camera, distance_m: float, sd_share: float) -> Camera:
    """Give a camera a distance that was measured better, and say where it is too near.

    Parameters
    ----------
    distance_m, sd_share
        From camera to lifter, and the sd of its error as a share.
    """
    near = float(ndtr(np.log(TOO_NEAR_M / distance_m) / sd_share)) >= NEAR_CHANCE
    told = (f"Camera about {distance_m:.1f} m away: film from 3 m or more.",) if near else ()
    return replace(camera, distance_m=distance_m, advice=(*camera.advice, *told))


def _standing_part(standing: PoseSamples, height_px: int) -> float:
    image: FloatArray = standing.median_px
    return float(np.ptp(image[:, 1]) / height_px)
