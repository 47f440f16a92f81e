"""The bar's path as the overlay draws it: the way so far, down and up, and the bar now."""

from itertools import pairwise

import numpy as np

from depthperception.report.drawing import INK, Colour, draw_dot, draw_line
from depthperception.results import AttemptJudgement
from depthperception.types import FloatArray, Picture

DOWN: Colour = (176, 184, 196)
UP: Colour = (255, 210, 63)
"""The way down is quiet, the way up yellow, which neither leg nor line uses."""

SHOWN_S = 1.0
"""The path stays this long after its end."""


def draw_bar_path(
    canvas: Picture, attempt: AttemptJudgement, time_s: float, scale: FloatArray, width_px: float
) -> None:
    """Draw where the bar has been in an attempt, up to a time.

    Parameters
    ----------
    scale : (2,)
        Px of the canvas per px of the video.
    """
    path = attempt.bar.path if attempt.bar else None
    if path is None or not path.times_s[0] <= time_s <= path.times_s[-1] + SHOWN_S:
        return
    times = np.array(path.times_s)
    past = int(np.searchsorted(times, time_s, side="right"))
    points = np.array(path.px)[:past] * scale
    for start, end in pairwise(points):
        draw_line(canvas, start, end, INK, 2.0 * width_px)
    for index in range(past - 1):
        colour = DOWN if times[index] < attempt.bottom_s else UP
        draw_line(canvas, points[index], points[index + 1], colour, width_px)
    draw_dot(canvas, points[-1], 1.6 * width_px, UP)
