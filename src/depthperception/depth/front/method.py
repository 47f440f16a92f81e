"""Methods `front` and `front_published`: valid or not from the whole movement, seen from the front.

They give a probability and no centimetres; docs/front.md says what they learnt from.
"""

import numpy as np

from depthperception.depth.evidence import Evidence, register
from depthperception.depth.front.published import published_probability
from depthperception.depth.front.sequence import front_reading
from depthperception.errors import DataError
from depthperception.results import Reading

PUBLISHED_STEP_S = 1 / 30
"""The published network counts frames; its data set was filmed at about 30 a second."""


@register("front")
def front(evidence: Evidence) -> Reading:
    """Judge depth from the way the heights go, when the view is from the front."""
    motion = evidence.motion
    if motion is None:
        return Reading("front", reason="There is no sequence to judge.")
    try:
        found = front_reading(
            motion.times_s, motion.image_px, azimuth_deg=evidence.camera.azimuth_deg, cut_short=evidence.cut_short
        )
    except DataError as error:
        return Reading("front", reason=str(error))
    probability = None if found.refused else found.depth_probability
    return Reading("front", probability=probability, reason=found.refused)


@register("front_published")
def front_published(evidence: Evidence) -> Reading:
    """Judge by the report's network, to compare with: it was trained on views from the front and on one cadence."""
    motion = evidence.motion
    if motion is None or len(motion) < 2:
        return Reading("front_published", reason="There is no sequence to judge.")
    if evidence.camera.view != "front":
        view = evidence.camera.view.replace("_", " ")
        return Reading("front_published", reason=f"Made for a camera in front; this view is {view}.")
    times = np.arange(motion.times_s[0], motion.times_s[-1], PUBLISHED_STEP_S)
    flat = motion.image_px.reshape(len(motion), -1)
    steady = np.column_stack([np.interp(times, motion.times_s, column) for column in flat.T])
    probability = published_probability(steady.reshape(len(times), -1, 2), evidence.picture_px)
    return Reading("front_published", probability=probability)
