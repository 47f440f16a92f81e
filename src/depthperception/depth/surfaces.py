"""Method `surfaces`: depth of each leg from the points that are seen on it, by geometry alone.

The network of `surfaces` sees crease and top of the knee; `depth.legs` puts the legs where the camera sees them. What
is drawn and what is measured are the same points.
"""

from depthperception.depth.evidence import Evidence
from depthperception.depth.reading import LARGEST_SD_CM, half_of_90, normal_reading
from depthperception.depth.registry import Method
from depthperception.results import Reading

OFTEN = 1.12
"""Factor on the fit's sd so that nine in ten of 1,052 rendered squats lie in the 90 % interval."""


def surfaces(evidence: Evidence) -> Reading:
    """Measure both legs; refuse where they are not seen well enough."""
    legs = evidence.legs
    sd_cm = OFTEN * legs.mean_sd_cm
    if sd_cm > LARGEST_SD_CM:
        reason = f"Crease and knee are not seen well enough: the depth may be off by {half_of_90(sd_cm):.0f} cm."
        return Reading("surfaces", reason=reason)
    return legs.sides(normal_reading("surfaces", legs.mean_cm, sd_cm), OFTEN)


METHOD = Method(
    name="surfaces",
    title="Surfaces",
    sees="Measures crease and top of the knee of each leg where they are seen and drawn, turned into cm by geometry.",
    blind_to="What hands, plates or loose cloth hide: there it infers from the rest of the legs.",
    each_leg=True,
    measure=surfaces,
)
