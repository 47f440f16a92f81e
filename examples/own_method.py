"""Add a depth method of one's own, and judge with it.

python examples/own_method.py squat.mp4
"""

import sys

import numpy as np

import depthperception
from depthperception.depth import Evidence, Method, register
from depthperception.depth.reading import reading
from depthperception.geometry.skeletons import HIPS, KNEES


def knee_line(evidence: Evidence) -> depthperception.Reading:
    """Measure how far the hip joints are below the knee joints along gravity, 5 cm of flesh added to each knee."""
    looks = evidence.bottom.world_m.reshape(-1, *evidence.bottom.world_m.shape[2:])  # (looks, 33, 3)
    below_m = (looks[:, KNEES] - looks[:, HIPS]) @ np.array(evidence.camera.up)  # (looks, 2): left, right
    return reading("knee_line", 100.0 * evidence.scale.model_factor * below_m + 5.0, model_sd_cm=12.0)


KNEE_LINE = Method(
    name="knee_line",
    title="Knee line",
    sees="Hip joints against knee joints along gravity, with 5 cm of flesh over the knee.",
    blind_to="How thick the thigh is. The 5 cm are a guess, and so is its error of 12 cm.",
    each_leg=True,
    measure=knee_line,
)


def main(video: str) -> None:
    """Register the method and let it rule; the others measure beside it."""
    register(KNEE_LINE)
    for attempt in depthperception.judge(video, method="knee_line").attempts:
        print(attempt.verdict, attempt.depth.cm, attempt.measurements["calibrated"].cm)


if __name__ == "__main__":
    main(sys.argv[1])
