"""Plot how high the hips are over the knees through a film, with the measured depth at each bottom.

python examples/depth_curve.py squat.mp4 curve.png
"""

import sys

from matplotlib.figure import Figure

import depthperception
from depthperception.geometry.skeletons import HIPS, KNEES


def main(video: str, picture: str) -> None:
    """Draw the curve of joints in the picture, and of each attempt that was measured its depth and interval."""
    examination = depthperception.examine(video)
    judgement, track = examination.judgement, examination.track
    axes = (figure := Figure(figsize=(8, 4), layout="constrained")).subplots()
    if judgement.scale:
        y_px = track.image_px[..., 1]
        over_cm = (y_px[:, KNEES] - y_px[:, HIPS]).mean(axis=1) * judgement.scale.cm_per_px
        axes.plot(track.times_s, over_cm, label="hip joint over knee joint, in the picture")
    for attempt in judgement.attempts:
        if attempt.depth.cm is not None and attempt.depth.interval90_cm is not None:
            low_cm, high_cm = attempt.depth.interval90_cm
            axes.vlines(attempt.bottom_s, -high_cm, -low_cm, color="black")
            axes.plot(attempt.bottom_s, -attempt.depth.cm, "ko", label="crease over top of the knee, measured")
    axes.axhline(0.0, color="grey", linewidth=0.8)
    axes.set(xlabel="s", ylabel="cm")
    axes.legend()
    figure.savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:3])
