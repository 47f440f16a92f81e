"""Method `appearance`: depth from what hips and knees look like, by a head on the frozen pose network.

The report's future work, with centimetres and an interval in place of its two classes. What the head is shown and says
is in `appearance.features`; here it becomes a reading.
"""

from depthperception.appearance.features import shipped_head
from depthperception.depth.evidence import Evidence
from depthperception.depth.reading import learnt_reading
from depthperception.depth.registry import Method
from depthperception.results import Reading


def appearance(evidence: Evidence) -> Reading:
    """Measure depth with the shipped head alone."""
    prediction = evidence.prediction
    sd_cm = shipped_head().conformal * prediction.doubt_cm
    return learnt_reading("appearance", prediction.depth_cm, sd_cm, evidence.scale)


METHOD = Method(
    name="appearance",
    title="Appearance",
    sees="Reads depth off what hips and knees look like, by a head on the frozen pose network; landmarks only aim it.",
    blind_to="What it was not shown in training: real flesh, loose clothes. "
    "It has no second opinion from the landmarks.",
    each_leg=False,
    measure=appearance,
)
