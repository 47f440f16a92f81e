"""How far the camera is, by the perspective in which it sees the legs."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from depthperception.capture.lifter_camera import LifterCamera
from depthperception.depth.legs import Sightings, fit_legs
from depthperception.depth.settings import FITTING
from depthperception.geometry.pinhole import FOCAL_OVER_LONG_SIDE
from depthperception.results import Scale

LENS_SD = 0.5
"""Spread (log) of phones' lenses round the main one: half and twice as long ones are .7 from it."""


def measure_distance(sightings: Sequence[Sightings], camera: LifterCamera, scale: Scale) -> tuple[float, float]:
    """Measure how far the camera is (m), and the sd of its error as a share.

    What is near is seen in perspective: the legs tell by how much larger a knee looks that points at the camera. What
    they leave open a phone's main lens says: how far it would have to be for the lifter to look as large.

    Parameters
    ----------
    sightings
        Of each bottom.
    camera
        At the standing lifter.
    """
    usual = replace(camera, distance_m=FOCAL_OVER_LONG_SIDE * 2.0 * float(camera.middle_px.max()) / camera.px_per_m)
    settings = replace(FITTING, distance_share=LENS_SD)
    fits = [fit_legs(one, usual, scale, settings=settings) for one in sightings]
    sd_share = float(np.median([one.distance_sd_share for one in fits]))
    return float(np.median([one.distance_m for one in fits])), sd_share
