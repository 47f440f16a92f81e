"""What tells a lifter from everyone else: marks of one person's track, each 0 to 1 but for the travel."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, median_filter

from depthperception.geometry.skeletons import COCO_ANKLES, COCO_ELBOWS, COCO_HIPS, COCO_SHOULDERS, COCO_WRISTS
from depthperception.people.tracking import LEAST_POINT_SCORE, PersonTrack
from depthperception.types import FloatArray

FULL_TRAVEL = 0.25
"""Fall of the hips, in standing heights, that surely is a squat: by geometry parallel is .25, a quarter squat .08."""

FOREARM_UP = 0.15
"""Rise of the forearm, in trunks, that surely is one: half of a forearm's length, seen from above or below."""

HANDS_CLOSER = 0.3
"""How much closer together than the shoulders, in trunks, hands may be at most: a bar is gripped wider than the
shoulders, from every side of the camera; a spotter holds his together before his chest. Without this 61 of 64 rendered
lifters were chosen right, with it 63."""

FULL_HANDS = 0.6
"""Part of the time with hands at the shoulders that is as good as all: arms behind plates are found half the time."""

LEAST_TRAVEL, LEAST_HANDS, LEAST_STAY, LEAST_CENTRAL, LEAST_CARRIES = 0.1, 0.2, 0.3, 0.3, 0.5
"""What is left of the score where the mark is 0. Hands hidden behind a plate must not rule a lifter out: a third of 73
rendered lifters had them at their shoulders for less than half of the time, 6 of 112 others for more. Half of a bar may
be out of the picture, or hidden."""

AROUND_S = 2.0
"""A person is as tall as his tallest box within this time: a squat starts or ends standing."""

HANDS_LOW, HANDS_HIGH = 0.7, 0.3
"""Height of the hands under the shoulders, in trunks: nobody holds a bar on his back with hands lower than the first;
from the second on up he well may."""


@dataclass(frozen=True)
class LiftingCues:
    """What speaks for "this one lifts".

    Attributes
    ----------
    travel
        How far the hips fall, in his own standing heights.
    hands
        How much of the time his hands are up at his shoulders and apart, forearms up, as a bar on the back asks.
    stays
        1 when his feet stay where they are while he is down.
    central
        1 in the middle of the picture, 0 at its sides.
    large
        His height over that of the tallest in the picture.
    lasting
        Part of the video from his first sighting to his last.
    seen
        Part of the looks between them that found him.
    carries
        How much of what is beside his shoulders goes down and up with them, on both sides; None where nobody looked.
    """

    travel: float
    hands: float
    stays: float
    central: float
    large: float
    lasting: float
    seen: float = 1.0
    carries: float | None = None

    @property
    def score(self) -> float:
        """How surely this one lifts, 0 to 1: a product, because each mark can all but rule somebody out.

        Somebody half hidden may have squatted unseen: his travel counts as far as he is seen.
        """
        travels = min(1.0, self.travel / FULL_TRAVEL)
        weighed = (
            _from(LEAST_TRAVEL, travels * self.seen + 1.0 - self.seen)
            * _from(LEAST_HANDS, min(1.0, self.hands / FULL_HANDS))
            * _from(LEAST_STAY, self.stays)
            * _from(LEAST_CENTRAL, self.central)
            * _from(LEAST_CARRIES, 1.0 if self.carries is None else float(np.clip(self.carries, 0.0, 1.0)))
        )
        return float(weighed * np.sqrt(self.large * self.lasting))


def _from(least: float, mark: float) -> float:
    return least + (1.0 - least) * mark


def lifting_cues(
    track: PersonTrack, width_px: int, duration_s: float, *, tallest_px: float, looks_s: FloatArray
) -> LiftingCues:
    """Measure one person in a picture `width_px` wide, beside somebody `tallest_px` tall, looked for at `looks_s`."""
    first_s, last_s = track.times_s[[0, -1]]
    looks = int(((looks_s >= first_s) & (looks_s <= last_s)).sum())
    middle = float(np.median(track.boxes_px[:, [0, 2]].mean(axis=1)))
    heights = standing_heights(track)
    return LiftingCues(
        travel=hip_travel(track),
        hands=hands_up(track),
        stays=feet_stay(track, heights),
        central=1.0 - min(1.0, abs(middle / width_px - 0.5) * 2.0),
        large=track.height_px / tallest_px,
        lasting=min(1.0, float(last_s - first_s) / max(duration_s, 1e-6)),
        seen=len(track.people) / max(looks, len(track.people)),
        carries=track.carries,
    )


def standing_heights(track: PersonTrack) -> FloatArray:
    """Height (n,) in px that he has standing, as the camera sees him about each sighting."""
    step_s = float(np.median(np.diff(track.times_s))) if len(track.people) > 1 else 1.0
    reach = 1 + 2 * round(AROUND_S / max(step_s, 1e-3))
    return np.asarray(maximum_filter1d(median_filter(track.heights_px, 3, mode="nearest"), reach, mode="nearest"))


def hip_height(track: PersonTrack) -> FloatArray:
    """Height (n,) of the hips over the ankles in standing heights; over any line where the feet are out of the picture.

    Over the ankles, because neither a moving camera nor a person who walks up to it may count as travel.
    """
    hips, ankles = track.points_px[:, COCO_HIPS, 1].mean(axis=1), track.points_px[:, COCO_ANKLES, 1].mean(axis=1)
    footing = ankles if np.median(track.scores[:, COCO_ANKLES]) >= LEAST_POINT_SCORE else np.zeros_like(hips)
    return np.asarray(median_filter((footing - hips) / standing_heights(track), 3, mode="nearest"))


def hip_travel(track: PersonTrack) -> float:
    """How far the hips fall, in standing heights; 0 where he is seen too rarely to tell."""
    if len(track.people) < 3:
        return 0.0
    height = hip_height(track)
    return float(np.percentile(height, 90) - height.min())


def hands_up(track: PersonTrack) -> float:
    """How much of the time the hands are up at the shoulders and apart, weighted by how well they are seen."""
    points = track.points_px
    trunk = np.linalg.norm(points[:, COCO_SHOULDERS].mean(axis=1) - points[:, COCO_HIPS].mean(axis=1), axis=1)
    trunk = np.maximum(np.percentile(trunk, 75), 1.0)
    below = (points[:, COCO_WRISTS, 1] - points[:, COCO_SHOULDERS, 1]) / trunk
    raised = (points[:, COCO_ELBOWS, 1] - points[:, COCO_WRISTS, 1]) / trunk
    near = np.clip((HANDS_LOW - below) / (HANDS_LOW - HANDS_HIGH), 0.0, 1.0)
    shoulders, hands = points[:, 5, 0] - points[:, 6, 0], points[:, 9, 0] - points[:, 10, 0]
    closer = (np.abs(shoulders) - np.sign(shoulders) * hands) / trunk
    apart = np.clip(1.0 - closer / HANDS_CLOSER, 0.0, 1.0)
    held = near * np.clip(raised / FOREARM_UP, 0.0, 1.0) * apart[:, None]
    weight = track.scores[:, COCO_WRISTS]
    return float((held * weight).sum() / max(weight.sum(), 1e-6))


def feet_stay(track: PersonTrack, heights: FloatArray) -> float:
    """1 when the feet stay within a hand's breadth about the lowest moment, 0 when they go a step."""
    lowest = track.times_s[int(np.argmin(hip_height(track)))]
    about = np.abs(track.times_s - lowest) <= AROUND_S
    feet = track.points_px[about][:, COCO_ANKLES, 0].mean(axis=1) / heights[about]
    return float(np.clip(1.5 - np.percentile(np.abs(feet - np.median(feet)), 75) / 0.1, 0.0, 1.0))
