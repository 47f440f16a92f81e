"""What tells a lifter from everyone else: marks of one person's track, each 0 to 1 but for the travel."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, median_filter

from depthperception.geometry.skeletons import COCO_ANKLES, COCO_ELBOWS, COCO_HIPS, COCO_SHOULDERS, COCO_WRISTS
from depthperception.people.settings import SELECTION, CueWeights
from depthperception.people.tracking import LEAST_POINT_SCORE, PersonTrack
from depthperception.types import BoolArray, FloatArray


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
    between
        How well he stands between the plates of a bar, which `hands` and `carries` stand for where it is not seen; None
        where nobody looked.
    weights
        How much each of them counts.
    """

    travel: float
    hands: float
    stays: float
    central: float
    large: float
    lasting: float
    seen: float = 1.0
    carries: float | None = None
    between: float | None = None
    weights: CueWeights = SELECTION.cues

    @property
    def score(self) -> float:
        """How surely this one lifts, 0 to 1: a product, because each mark can all but rule somebody out.

        Somebody half hidden may have squatted unseen, so that his travel counts as far as he is seen; but what was not
        seen speaks for nobody, and all of it counts as far as he is seen: one hardly ever seen does not lift.
        """
        weights, between = self.weights, self.between or 0.0
        barred = between if between >= weights.least_between else 0.0
        carried = 1.0 if self.carries is None else float(np.clip(self.carries, barred, 1.0))
        travels = min(1.0, self.travel / weights.full_travel)
        weighed = (
            _from(weights.without_travel, travels * self.seen + 1.0 - self.seen)
            * _from(weights.without_hands, min(1.0, max(self.hands, barred) / weights.full_hands))
            * _from(weights.without_stay, self.stays)
            * _from(weights.without_central, self.central)
            * _from(weights.without_carries, carried)
        )
        return float(weighed * self.seen * np.sqrt(self.large * self.lasting))


NO_CUES = LiftingCues(travel=0.0, hands=0.0, stays=0.0, central=0.0, large=0.0, lasting=0.0, seen=0.0)
"""Of somebody who is not there."""


def _from(least: float, mark: float) -> float:
    return least + (1.0 - least) * mark


def lifting_cues(
    track: PersonTrack,
    width_px: int,
    duration_s: float,
    *,
    tallest_px: float,
    looks_s: FloatArray,
    settings: CueWeights = SELECTION.cues,
) -> LiftingCues:
    """Measure one person in a picture `width_px` wide, beside somebody `tallest_px` tall, looked for at `looks_s`."""
    first_s, last_s = track.times_s[[0, -1]]
    looks = int(((looks_s >= first_s) & (looks_s <= last_s)).sum())
    middle = float(np.median(track.boxes_px[:, [0, 2]].mean(axis=1)))
    heights = standing_heights(track, settings=settings)
    return LiftingCues(
        travel=hip_travel(track, settings=settings),
        hands=hands_up(track, settings=settings),
        stays=feet_stay(track, heights, settings=settings),
        central=1.0 - min(1.0, abs(middle / width_px - 0.5) * 2.0),
        large=track.height_px / tallest_px,
        lasting=min(1.0, float(last_s - first_s) / max(duration_s, 1e-6)),
        seen=len(track.people) / max(looks, len(track.people)),
        carries=track.carries,
        between=track.between,
        weights=settings,
    )


def standing_heights(track: PersonTrack, *, settings: CueWeights = SELECTION.cues) -> FloatArray:
    """Height (n,) in px that he has standing, as the camera sees him about each sighting."""
    step_s = float(np.median(np.diff(track.times_s))) if len(track.people) > 1 else 1.0
    reach = 1 + 2 * round(settings.around_s / max(step_s, 1e-3))
    return np.asarray(maximum_filter1d(median_filter(track.heights_px, 3, mode="nearest"), reach, mode="nearest"))


def hip_height(track: PersonTrack, *, settings: CueWeights = SELECTION.cues) -> FloatArray:
    """Height (n,) of the hips over the ankles in standing heights; over any line where the feet are out of the picture.

    Over the ankles, because neither a moving camera nor a person who walks up to it may count as travel.
    """
    hips, ankles = track.points_px[:, COCO_HIPS, 1].mean(axis=1), track.points_px[:, COCO_ANKLES, 1].mean(axis=1)
    standing = standing_heights(track, settings=settings)
    if np.median(track.scores[:, COCO_ANKLES]) < LEAST_POINT_SCORE:
        return np.asarray(median_filter(-hips / standing, 3, mode="nearest"))
    steady = _steady(track, standing, settings)
    height = np.interp(track.times_s, track.times_s[steady], ((ankles - hips) / standing)[steady])
    return np.asarray(median_filter(height, 3, mode="nearest"))


def lowest_at(track: PersonTrack, *, settings: CueWeights = SELECTION.cues) -> float:
    """When his hips are lowest over his feet."""
    return float(track.times_s[int(np.argmin(hip_height(track, settings=settings)))])


def _steady(track: PersonTrack, heights: FloatArray, settings: CueWeights) -> BoolArray:
    """Sightings (n,) whose feet are where those before and after have them: others are of somebody else, or wrong."""
    feet = track.points_px[:, COCO_ANKLES].mean(axis=1)
    away = np.linalg.norm(feet - median_filter(feet, (5, 1), mode="nearest"), axis=1) / heights
    return np.asarray((away <= settings.feet_jump) | (np.median(away) > settings.feet_jump))


def hip_travel(track: PersonTrack, *, settings: CueWeights = SELECTION.cues) -> float:
    """How far the hips fall, in standing heights; 0 where he is seen too rarely to tell."""
    if len(track.people) < 3:
        return 0.0
    height = hip_height(track, settings=settings)
    return float(np.percentile(height, 90) - height.min())


def hands_up(track: PersonTrack, *, settings: CueWeights = SELECTION.cues) -> float:
    """How much of the time the hands are up at the shoulders and apart, weighted by how well they are seen."""
    points, trunk, below = track.points_px, _trunk_px(track), _hands_below(track)
    raised = (points[:, COCO_ELBOWS, 1] - points[:, COCO_WRISTS, 1]) / trunk
    near = _as_high_as_a_bar(below, settings)
    shoulders, hands = points[:, 5, 0] - points[:, 6, 0], points[:, 9, 0] - points[:, 10, 0]
    closer = (np.abs(shoulders) - np.sign(shoulders) * hands) / trunk
    apart = np.clip(1.0 - closer / settings.hands_closer, 0.0, 1.0)
    held = near * np.clip(raised / settings.forearm_up, 0.0, 1.0) * apart[:, None]
    weight = track.scores[:, COCO_WRISTS]
    return float((held * weight).sum() / max(weight.sum(), 1e-6))


def hands_high(track: PersonTrack, *, settings: CueWeights = SELECTION.cues) -> float:
    """How much of the time the hands are as high as a bar on the shoulders asks, weighted by how well they are seen."""
    weight = track.scores[:, COCO_WRISTS]
    high = _as_high_as_a_bar(_hands_below(track), settings)
    return float((high * weight).sum() / max(weight.sum(), 1e-6))


def _as_high_as_a_bar(below: FloatArray, settings: CueWeights) -> FloatArray:
    """How well 0 to 1 hands so many trunks under the shoulders may hold a bar that lies on these."""
    return np.asarray(np.clip((settings.hands_low - below) / (settings.hands_low - settings.hands_high), 0.0, 1.0))


def _trunk_px(track: PersonTrack) -> float:
    """Length of the trunk where it is seen longest."""
    trunk = track.points_px[:, COCO_SHOULDERS].mean(axis=1) - track.points_px[:, COCO_HIPS].mean(axis=1)
    return max(float(np.percentile(np.linalg.norm(trunk, axis=1), 75)), 1.0)


def _hands_below(track: PersonTrack) -> FloatArray:
    """How far (n, 2) each hand is under its shoulder, in trunks."""
    points = track.points_px
    return np.asarray((points[:, COCO_WRISTS, 1] - points[:, COCO_SHOULDERS, 1]) / _trunk_px(track))


def hands_hang(track: PersonTrack, *, settings: CueWeights = SELECTION.cues) -> float:
    """How much of the time the hands hang, lower than any that holds a bar on the shoulders; 0 where few are seen."""
    below, clear = _hands_below(track), track.scores[:, COCO_WRISTS] >= LEAST_POINT_SCORE
    return float((below[clear] > settings.hands_low).mean()) if clear.mean() >= settings.hands_seen else 0.0


def feet_stay(track: PersonTrack, heights: FloatArray, *, settings: CueWeights = SELECTION.cues) -> float:
    """1 when the feet stay within a hand's breadth about the lowest moment, 0 when they go a step."""
    about = np.abs(track.times_s - lowest_at(track, settings=settings)) <= settings.around_s
    feet = track.points_px[about][:, COCO_ANKLES, 0].mean(axis=1) / heights[about]
    return float(np.clip(1.5 - np.percentile(np.abs(feet - np.median(feet)), 75) / 0.1, 0.0, 1.0))
