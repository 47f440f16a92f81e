"""Method `surfaces`: depth of each leg from the points that are seen on it, by geometry alone.

The network of `surfaces` sees crease and top of the knee; `depth.legs` puts the legs where the camera sees them. What
is drawn and what is measured are the same points.
"""

from dataclasses import replace

import numpy as np

from depthperception.depth.evidence import Evidence
from depthperception.depth.legs import FittedLegs
from depthperception.depth.reading import LARGEST_SD_CM, half_of_90, normal_reading
from depthperception.depth.registry import Method
from depthperception.results import Reading, SideDepth

OFTEN = 1.0
"""Factor on the fit's sd so that nine in ten rendered squats lie in the 90 % interval (docs/accuracy.md)."""


def surfaces(evidence: Evidence) -> Reading:
    """Measure both legs; refuse where they are not seen well enough."""
    legs = evidence.legs
    if legs is None:
        return Reading("surfaces", reason="No picture of the bottom was looked at.")
    sd_cm = OFTEN * legs.mean_sd_cm
    if sd_cm > LARGEST_SD_CM:
        reason = f"Crease and knee are not seen well enough: {half_of_90(sd_cm):.0f} cm either way."
        return Reading("surfaces", reason=reason)
    left, right = side_depths(legs)
    return replace(normal_reading("surfaces", legs.mean_cm, sd_cm), left=left, right=right)


def side_depths(legs: FittedLegs) -> tuple[SideDepth, SideDepth]:
    """Depth of each leg by itself."""
    sds = OFTEN * np.sqrt(np.diag(legs.covariance_cm2))
    left, right = (SideDepth(float(cm), float(sd)) for cm, sd in zip(legs.depth_cm, sds, strict=True))
    return left, right


METHOD = Method(
    name="surfaces",
    title="Surfaces",
    sees="Measures crease and top of the knee of each leg where they are seen and drawn, turned into cm by geometry.",
    blind_to="What hands, plates or loose cloth hide: there it infers from the rest of the legs.",
    each_leg=True,
    measure=surfaces,
)
