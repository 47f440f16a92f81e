"""Whether the bar is with the one who is judged: a spotter may hide the lifter, bend with him, and be all that is seen.

A bar on somebody's shoulders goes where they go. And who has one, on his shoulders or not, has his hands on it: where
hands hang, and nowhere near a plate that goes down and up, it is somebody else's. Of a plate that is found and not
followed the same is said where his hands are low: when it goes down much further than anybody who is seen, and when it
goes with him though no bar on his shoulders has a plate there, and he has it not in his hands.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from depthperception.barbell import PlateTrack, StrayPlate, bar_goes_alone, middle_between
from depthperception.barbell.settings import UNBORNE, UnborneBar
from depthperception.geometry.skeletons import COCO_WRISTS, SHOULDERS
from depthperception.people import PersonTrack, hands_hang, hands_high
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray
from depthperception.video import Still

HANG = 0.8
"""Part of the time from which on hands hang. In 19 attempts with a bar that was found, on film and in rendered faults,
they never did, but at a deadlift."""

HANDS_SEEN = 0.2
"""Height of somebody, standing, over the picture's long side from which on hands are told from hips: MoveNet is shown
the whole picture 384 px long, where a hand of who is smaller has 4 px. A lifter 14 m away, .12 of the picture, has
hands that seem to hang in 86 % of his sightings with a bar on his back."""

LOW = 0.25
"""Part of the time with hands as high as at a bar on the shoulders, below which hands are low. Of 24 rendered lifters
one had less (.12, half hidden), the next .34; of 14 on film with a bar one (.13, from the front, the hands far apart
among spotters), the next .29. Five who stood before a lifter and bent with him had 0, .02, .21, .31 and .33."""

HEAD = 0.07
"""Radius of the largest dumbbell's head, 12 cm, over the height of who has it: no hand holds a larger one alone."""

AT_HAND = 1.5
"""Radii of a plate from its middle within which a hand may have it, or the bar beside it: a dumbbell, a deadlift."""

FURTHER, UNEQUAL = 1.2, 0.25
"""Way down of a bar's middle over that of the shoulders from which on it is not on them, with ends that are seen as
large as each other, and how much more for each time that one is seen larger: from the side the middle is less sure. Of
162 rendered attempts with both plates the way is .93 (sd .06) where one is less than 1.35 times as large, .96 (.09) up
to 1.5 times, .99 (.12, at most 1.35) up to 1.75. Two who stood before a lifter and bent with him had 1.29 and 1.33."""

LEAST_SHARED = 6
"""Looks at shoulders, with both plates in sight, that tell a way."""

OF_ANOTHER = (
    "The bar is not with the one who is seen: it goes down further than these shoulders, or these hands are not on it. "
    "Whoever has it is hidden: film from where nobody stands before the lifter."
)
"""What is said then."""


def bar_of_another(
    person: PersonTrack,
    track: PoseTrack,
    plates: Sequence[PlateTrack],
    span_s: tuple[float, float],
    picture_px: tuple[int, int],
    *,
    ends: Sequence[StrayPlate] = (),
) -> str | None:
    """Say that the bar of an attempt is not with somebody; None where it may be, or where none was found.

    Parameters
    ----------
    person, track
        Who is judged: his sightings, and his poses.
    plates
        The bar's plates of the attempt.
    span_s
        From and to when the attempt lasts.
    picture_px
        Width and height of the picture.
    ends
        Both plates where none is followed.
    """
    found = [_course(plate) for plate in plates if plate.seen.any()]
    hands_off = bool(found) and _hands_are_told(person, picture_px) and _hands_off(person.during(*span_s), found)
    looks = track.between(*span_s)
    # Looks are fewer than a followed plate's pictures, and more than those in which others were found.
    further = _goes_further(looks, found, looks.times_s) or (not found and _goes_further(looks, ends))
    return OF_ANOTHER if hands_off or further else None


def bar_of_somebody_hidden(
    stills: Iterable[Still],
    count: int,
    person: PersonTrack | None,
    people: Sequence[PersonTrack],
    picture_px: tuple[int, int],
    *,
    settings: UnborneBar = UNBORNE,
) -> str | None:
    """Say that a bar goes down and up further than anybody does, while the hands of who is judged are low; None else.

    Parameters
    ----------
    stills, count
        Pictures about his attempts, which are asked for only where his hands are low, and how many.
    person, people
        His sightings in them, and everybody's.
    picture_px
        Width and height of the picture.
    settings
        What is one plate, and how far it goes.
    """
    low = person is not None and _hands_are_low(person, picture_px)
    return OF_ANOTHER if low and bar_goes_alone(stills, count, people, settings=settings) else None


def bar_beside_him(person: PersonTrack, astray: Sequence[StrayPlate], picture_px: tuple[int, int]) -> str | None:
    """Say that a plate that goes with somebody, where no bar on his shoulders has one, is not in his hands either."""
    for plate in astray:
        part = person.during(float(plate.times_s[0]), float(plate.times_s[-1]))
        if part is not None and _hands_are_low(part, picture_px) and not _has_in_hands(part, plate):
            return OF_ANOTHER
    return None


def _hands_are_told(person: PersonTrack, picture_px: tuple[int, int]) -> bool:
    return person.height_px >= HANDS_SEEN * max(picture_px)


def _hands_are_low(person: PersonTrack, picture_px: tuple[int, int]) -> bool:
    """Whether he is near enough to tell that his hands are at no bar on his shoulders."""
    return _hands_are_told(person, picture_px) and hands_high(person) < LOW


def _has_in_hands(person: PersonTrack, plate: StrayPlate) -> bool:
    """Whether a hand has a dumbbell, or both have what is larger."""
    away_px = _from_hands_px(person, plate)
    small = plate.radius_px <= HEAD * person.height_px
    hands_px = away_px.min(axis=1) if small else away_px.max(axis=1)
    return bool(np.median(hands_px) <= AT_HAND * plate.radius_px)


def _hands_off(person: PersonTrack | None, plates: Sequence[StrayPlate]) -> bool:
    """Whether hands hang, and are nowhere near a plate."""
    if person is None or hands_hang(person) < HANG:
        return False
    radii = [np.median(_from_hands_px(person, plate).min(axis=1)) / plate.radius_px for plate in plates]
    return bool(min(radii) > AT_HAND)


def _from_hands_px(person: PersonTrack, plate: StrayPlate) -> FloatArray:
    """Distance (n, 2) of a plate from either hand at each sighting."""
    return np.asarray(
        np.linalg.norm(person.points_px[:, COCO_WRISTS] - plate.at(person.times_s)[:, None], axis=-1), np.float64
    )


def _goes_further(track: PoseTrack, plates: Sequence[StrayPlate], at_s: FloatArray | None = None) -> bool:
    """Whether the middle between two plates goes further down than the shoulders; one, nearer or further off, may.

    They are compared at some times, or where the plates were found: between few of these a bar's lowest place is lost,
    as that of shoulders is between looks.
    """
    if len(plates) < 2:
        return False
    one, other = plates
    starts_s, ends_s = zip(*((plate.times_s[0], plate.times_s[-1]) for plate in plates), strict=True)
    start_s, end_s = float(max(starts_s)), float(min(ends_s))
    if len(track.between(start_s, end_s)) < LEAST_SHARED:
        return False
    times_s = one.times_s if at_s is None else at_s
    times_s = times_s[(times_s >= start_s) & (times_s <= end_s)]
    radii_px = one.radius_px, other.radius_px
    bar_px = middle_between((one.at(times_s), other.at(times_s)), radii_px)[:, 1]
    way = np.interp(times_s, track.times_s, track.y_px(SHOULDERS))
    way = way - way.mean()
    most = FURTHER + UNEQUAL * (max(radii_px) / min(radii_px) - 1.0)
    return bool(way @ bar_px > most * (way @ way))


def _course(plate: PlateTrack) -> StrayPlate:
    """Where a plate that is followed was seen."""
    seen = plate.seen
    return StrayPlate(plate.times_s[seen], plate.centre_px[seen], float(np.median(plate.radius_px[seen])))
