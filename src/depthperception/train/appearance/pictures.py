"""Pictures of rendered squats to train the head on: the lifter at the bottom and standing, with what is true in them.

Each pair of pictures is a function of its seed alone. They are wider than what the head is shown, so that it can be
shown them with the errors that a tracked region has.
"""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from depthperception.synth.stills import Still, Studio
from depthperception.train.rendered_squats import scenario_of, true_camera
from depthperception.types import FloatArray, Picture, Progress, silent

SIZE_PX = 384
WIDTH_M = {"bottom": 1.7, "standing": 2.6}
"""Side of the pictures at the lifter: 4.4 and 6.8 mm a pixel."""

CENTRE = {"bottom": ("hip", "knee"), "standing": ("shoulder", "ankle")}
POINTS = ("hip", "knee", "ankle", "toe", "shoulder", "elbow", "wrist")
"""Joints kept beside crease and knee top; each left, then right."""

JPEG_QUALITY = 95


def make_pictures(folder: Path, seeds: Iterable[int], on_progress: Progress = silent) -> None:
    """Render the squats of some seeds, about half a second each; those already in the folder are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in seeds if not (folder / f"{seed:06d}.npz").exists()]
    studio = Studio()
    for number, seed in enumerate(missing, 1):
        scenario = scenario_of(seed)
        stills = {"bottom": studio.still(scenario, "bottom"), "standing": studio.still(scenario, "standing")}
        stored: dict[str, FloatArray | Picture] = {}
        for moment, still in stills.items():
            picture, points_px = around(still, CENTRE[moment], WIDTH_M[moment])
            stored[f"{moment}_jpg"] = _jpeg(picture)
            stored[f"{moment}_px"] = points_px
        np.savez(
            folder / f"{seed:06d}.npz",
            allow_pickle=False,
            depth=stills["bottom"].truth.side_depth_cm,
            camera=true_camera(stills["standing"], scenario),
            stature=np.array(100.0 * scenario.body.stature_m),
            **stored,
        )
        on_progress("rendering squats", number / len(missing))


def around(still: Still, centre: tuple[str, ...], width_m: float) -> tuple[Picture, FloatArray]:
    """Cut a square round some joints; returns it and the points (18, 2) of `Truth` in its pixels."""
    truth, camera = still.truth, still.camera
    joints = np.concatenate([truth.joints[name] for name in centre])
    away_m = (camera.R @ joints.mean(axis=0) + camera.t)[2]
    shrink = SIZE_PX / (width_m * camera.K[0, 0] / away_m)
    matrix = np.column_stack([shrink * np.eye(2), SIZE_PX / 2 - shrink * camera.project(joints).mean(axis=0)])
    picture = still.picture
    blur_px = 0.5 / shrink - 0.3
    if blur_px > 0.25:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), blur_px), np.uint8)
    part = cv2.warpAffine(picture, matrix, (SIZE_PX, SIZE_PX), flags=cv2.INTER_LINEAR)
    points = np.concatenate([truth.crease, truth.knee_top, *(truth.joints[name] for name in POINTS)])
    return np.asarray(part, np.uint8), np.asarray(camera.project(points) @ matrix[:, :2].T + matrix[:, 2])


def _jpeg(picture: Picture) -> Picture:
    done, code = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise ValueError("the picture cannot be coded as JPEG")
    return np.asarray(code.ravel(), np.uint8)
