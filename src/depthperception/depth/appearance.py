"""Method `appearance`: depth from what hips and knees look like, by a head on the frozen pose network.

The report's future work, with centimetres and an interval in place of its two classes. What the head is shown and says
is in `appearance.features`; here it becomes a reading.
"""

from depthperception.appearance.features import shipped_head
from depthperception.depth.evidence import Evidence, learnt_reading, register
from depthperception.results import Reading


@register("appearance")
def appearance(evidence: Evidence) -> Reading:
    """Measure depth with the shipped head alone."""
    prediction = evidence.prediction
    sd_cm = shipped_head().conformal * prediction.doubt_cm
    return learnt_reading("appearance", prediction.depth_cm, sd_cm, evidence.scale.height_cm)
