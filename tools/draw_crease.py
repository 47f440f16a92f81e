"""Draw docs/pictures/crease.jpg: where the crease is by the rule's letter, and where the eye finds it.

    python tools/draw_crease.py

Needs the extra `synth`. The picture's last bits depend on the OpenGL driver.
"""

import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from render_clips import DEMO

from depthperception.report.drawing import CREASE_LINE, KNEE_LINE, LEFT, draw_dot, draw_label, draw_line
from depthperception.synth.body import rig
from depthperception.synth.scenario import Attempt, Clothes, Rep, Viewpoint
from depthperception.synth.skinning import dual_quaternions, skin
from depthperception.synth.stills import Studio, performance_of
from depthperception.train.surfaces.points import fold

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "crease.jpg"
DEPTHS_CM = (4.0, -8.0)
"""A deep squat and a high one."""

SIZE_PX = 620
LEFT_LEG = 0
FOLD = (255, 214, 64)


def panel(studio: Studio, depth_cm: float) -> np.ndarray:
    """Draw the left hip and thigh at the bottom, from the left, with the three points."""
    scenario = replace(
        DEMO,
        attempt=Attempt(reps=(Rep(depth_cm),), stand_s=0.4, lockout_s=0.3),
        viewpoint=Viewpoint(azimuth_deg=90.0, height_m=0.5, distance_m=4.0, fov_deg=12.5, width_px=SIZE_PX,
                            height_px=SIZE_PX),
        clothes=Clothes(leg=0.2, arm=0.5),
        barbell=replace(DEMO.barbell, plate_radius_m=0.16),
    )  # fmt: skip
    still = studio.still(scenario, "bottom")
    acted = performance_of(scenario)
    pose = acted.pose(still.time_s)
    crease, knee = still.truth.crease[LEFT_LEG], still.truth.knee_top[LEFT_LEG]
    bare = skin(dual_quaternions(acted.body.heads, pose.rotations, pose.origins), rig().weights, acted.body.vertices)
    folded = fold(acted.body, pose, bare, LEFT_LEG)
    level = np.array([*crease[:2], knee[2]])
    px = {name: still.camera.project(at[None])[0] for name, at in
          {"crease": crease, "fold": folded, "knee": knee, "level": level}.items()}  # fmt: skip
    picture = np.ascontiguousarray(still.picture)
    draw_line(picture, px["level"], px["knee"], KNEE_LINE, 3.0)
    draw_line(picture, px["level"], px["crease"], CREASE_LINE, 3.0)
    for name, colour in (("crease", CREASE_LINE), ("fold", FOLD), ("knee", LEFT)):
        draw_dot(picture, px[name], 7.0, colour)
    print(f"{depth_cm:+.0f} cm: the fold is {100.0 * np.linalg.norm(crease - folded):.1f} cm from the crease")
    over = 100.0 * (folded[2] - crease[2])
    words = (
        (px["crease"] + [-20.0, 20.0], f"crease: {abs(depth_cm):.0f} cm {'below' if depth_cm > 0 else 'above'}",
         CREASE_LINE),
        (px["fold"] + [-130.0, 58.0], f"fold: {abs(over):.1f} cm {'higher' if over > 0 else 'lower'}", FOLD),
        (px["knee"] + [-60.0, -46.0], "top of the knee", LEFT),
    )  # fmt: skip
    for corner, said, colour in words:
        draw_label(picture, (float(corner[0]), float(corner[1])), said, 19, colour)
    return picture


def main() -> None:
    """Draw both squats side by side."""
    studio = Studio(samples=4)
    picture = np.hstack([panel(studio, cm) for cm in DEPTHS_CM])
    OUT.write_bytes(cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())
    print(f"{OUT.name}: {OUT.stat().st_size / 1000.0:.0f} kB")


if __name__ == "__main__":
    main()
