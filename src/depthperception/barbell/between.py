"""Who stands between a bar's plates: its middle is at his shoulders, wherever spotters stand and whatever they do.

A spotter may squat along in the lifter's clothes with his hands up, and no cue of his own tells him from the lifter
then. The bar does: two plates that go down and up together are its ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from depthperception.barbell.bar_linking import lifted_plates, link_bar
from depthperception.barbell.plate_detector import PlateBox, detect_plates
from depthperception.barbell.plate_linking import LinkedPlate
from depthperception.barbell.settings import LINKING, PlateLinking
from depthperception.concurrency import parallel_map
from depthperception.geometry.signals import resampled
from depthperception.geometry.skeletons import COCO_NOSE, COCO_SHOULDERS
from depthperception.people import BarCourse, PersonTrack
from depthperception.people.settings import SELECTION, LifterSelection
from depthperception.types import FloatArray
from depthperception.video import Still


def under_bar(
    stills: Sequence[Still],
    people: Sequence[PersonTrack],
    *,
    settings: PlateLinking = LINKING,
    selection: LifterSelection = SELECTION,
) -> tuple[PersonTrack, ...]:
    """Look for a bar's two ends in pictures of a squat, say how well everyone stands under it, and whose it is.

    He who has it keeps the sightings alone that are under it: at his bottom a spotter who bends down behind him is
    easily taken for him. Where one end is seen alone, as from the side, it is said who may have it. Everyone as before
    where none is found.

    Parameters
    ----------
    stills
        From standing to standing.
    people
        Who may have it on his shoulders.
    settings
        What is one plate, and how far from the bar's middle shoulders are.
    selection
        Who has a bar, and what is seen of him.
    """
    times_s = np.array([still.time_s for still in stills])
    finds = list(parallel_map(_found, stills))
    lifted = lifted_plates(finds, times_s, settings=settings)
    if not lifted:
        return tuple(people)
    ends = link_bar(finds, lifted, settings=settings)
    if ends is None:
        plate = max(lifted, key=lambda one: one.worth)
        return tuple(replace(one, may_have=_may_have(one, plate, times_s, settings, selection)) for one in people)
    bar = SeenBar.of(ends, times_s)
    told = [replace(one, between=_under(one, bar, settings, selection)) for one in people]
    best = max(range(len(told)), key=lambda k: told[k].between or 0.0)
    if (told[best].between or 0.0) >= selection.cues.least_between:
        told[best] = told[best].held_to(bar.course_on(told[best], selection))
    return tuple(told)


@dataclass(frozen=True, eq=False)
class SeenBar:
    """Where the middle of a bar is, (n, 2) in px at times (n,), and how long it is seen between its plates, px."""

    times_s: FloatArray
    middles_px: FloatArray
    length_px: float

    @staticmethod
    def of(ends: Sequence[LinkedPlate], times_s: FloatArray) -> "SeenBar":
        """Take a bar by its two plates."""
        one, other = ends
        middles_px = middle_between((one.centres_px, other.centres_px), (one.radius_px, other.radius_px))
        apart_px = np.linalg.norm(one.centres_px - other.centres_px, axis=1)
        return SeenBar(times_s, middles_px, float(np.median(apart_px)))

    def course_on(self, person: PersonTrack, selection: LifterSelection) -> BarCourse:
        """Take it for somebody's: his shoulders are before it then, whither his nose points."""
        nose_px = person.points_px[:, COCO_NOSE, 0] - person.points_px[:, COCO_SHOULDERS, 0].mean(axis=1)
        ahead_px = selection.bar_behind * float(np.median(nose_px))
        return BarCourse(self.times_s, self.middles_px, selection.off_bar * person.height_px, ahead_px)


def _may_have(
    person: PersonTrack,
    plate: LinkedPlate,
    times_s: FloatArray,
    settings: PlateLinking,
    selection: LifterSelection,
) -> bool:
    """Whether the bar on somebody's shoulders may have a plate: it goes as they do, and is no further than its end."""
    there = person.during(float(times_s[0]), float(times_s[-1]))
    if there is None:
        return False
    shoulders_px = there.points_px[:, COCO_SHOULDERS].mean(axis=1)
    at_px = resampled(there.times_s, times_s, plate.centres_px)
    way = at_px[:, 1] - at_px[:, 1].mean()
    goes = way @ shoulders_px[:, 1] >= settings.least_slope * (way @ way)
    aside_px = abs(np.median((shoulders_px - at_px)[:, 0]))
    return bool(goes and aside_px <= selection.longest_bar / 2 * person.height_px)


def middle_between(centres_px: tuple[FloatArray, FloatArray], radii_px: tuple[float, float]) -> FloatArray:
    """Middle (n, 2) between two plates in space: from the nearer one, seen larger, it is further in the picture."""
    one, other = (1.0 / radius_px for radius_px in radii_px)
    return np.asarray((centres_px[0] * one + centres_px[1] * other) / (one + other))


def _found(still: Still) -> tuple[PlateBox, ...]:
    return tuple(PlateBox(box.box_px / still.scale, box.score) for box in detect_plates(still.rgb))


def _under(person: PersonTrack, bar: SeenBar, settings: PlateLinking, selection: LifterSelection) -> float:
    """How well he stands under the bar where he is sighted, which half of the moments must be to count in full."""
    times_s = bar.times_s
    there = person.during(float(times_s[0]), float(times_s[-1]))
    if there is None or bar.length_px > selection.longest_bar * person.height_px:
        return 0.0
    course = bar.course_on(person, selection)
    necks = resampled(there.times_s, times_s, course.middles_px) + [course.ahead_px, 0.0]
    away = np.median(necks - there.points_px[:, COCO_SHOULDERS].mean(axis=1), axis=0) / max(person.height_px, 1.0)
    seen = min(1.0, 2.0 * len(there.people) / len(times_s))
    return float(seen * np.exp(-0.5 * np.square(away / settings.under).sum()))
