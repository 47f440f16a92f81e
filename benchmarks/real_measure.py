"""What a judgement of a labelled film got right: bottoms, verdicts, the person, the plates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from real_labels import NEAR_S, Box, Clip, Rep
from scipy.optimize import linear_sum_assignment

from depthperception.geometry.roi import box_iou

Record = Mapping[str, Any]

SAME_PERSON = 0.4
"""Overlap (intersection over union) of two boxes from which on they are one person's; and none of the others' may
overlap more. Where a spotter stands behind, his labelled box and the lifter's overlap by .5 themselves."""

SAME_DISC = 0.5
"""Overlap from which on an ellipse's box is that of a labelled plate."""

ABSENT_S = 0.6
"""A person who was not sighted for longer is not there."""

CALLED = ("depth", "no_depth")
"""Verdicts; "too_close" and "not_judgeable" call nothing."""


@dataclass(frozen=True)
class Pairing:
    """Labelled reps and judged attempts.

    Attributes
    ----------
    found
        Reps with the attempt whose bottom is within `NEAR_S`, each attempt for one rep only.
    off
        Reps that are not found, with an attempt that lasts over their bottom: its own bottom is elsewhere.
    missed
        All other reps.
    extra
        Attempts that are neither: too many. A refusal of a descent that the film cuts off is none.
    """

    found: tuple[tuple[Rep, Record], ...]
    off: tuple[tuple[Rep, Record], ...]
    missed: tuple[Rep, ...]
    extra: tuple[Record, ...]

    @property
    def paired(self) -> tuple[tuple[Rep, Record], ...]:
        """Every rep with the attempt that was judged for it."""
        return (*self.found, *self.off)


def pair(clip: Clip, record: Record) -> Pairing:
    """Match reps and attempts so that as many as can be are found."""
    attempts = list(record["judgement"]["attempts"])
    found = []
    if attempts and clip.reps:
        off = np.array([[rep.off_s(one["bottom_s"]) for one in attempts] for rep in clip.reps])
        cost = np.where(off <= NEAR_S, off, 1e3)
        pairs = [(int(i), int(k)) for i, k in zip(*linear_sum_assignment(cost), strict=True) if cost[i, k] < 1e3]
        found = [(clip.reps[i], attempts[k]) for i, k in pairs]
    left = [one for one in attempts if all(one is not taken for _, taken in found)]
    unfound = [rep for rep in clip.reps if all(rep is not taken for taken, _ in found)]
    elsewhere = []
    for rep in unfound:
        over = [one for one in left if one["start_s"] <= rep.until_s and one["end_s"] >= rep.bottom_s]
        if over:
            elsewhere.append((rep, min(over, key=lambda one: rep.off_s(one["bottom_s"]))))
            left.remove(elsewhere[-1][1])
    missed = [rep for rep in unfound if all(rep is not taken for taken, _ in elsewhere)]
    extra = [one for one in left if not _rightly_refused(clip, one)]
    return Pairing(tuple(found), tuple(elsewhere), tuple(missed), tuple(extra))


def _rightly_refused(clip: Clip, attempt: Record) -> bool:
    cut_off = clip.cut_off_s is not None and attempt["end_s"] >= clip.cut_off_s - NEAR_S
    return cut_off and attempt["verdict"] not in CALLED


@dataclass(frozen=True)
class Call:
    """What was said of a rep with a clear label: "right", "wrong", "too close", "refused" or "not found"."""

    clip: str
    rep: Rep
    said: str
    why: str


def calls(clip: Clip, pairing: Pairing) -> list[Call]:
    """Verdicts on the clear reps of a clip; those whose bottom is elsewhere count by what was said of that."""
    said = [_call(clip, rep, attempt) for rep, attempt in pairing.paired if rep.truth]
    return [*said, *(Call(clip.name, rep, "not found", "") for rep in pairing.missed if rep.truth)]


def _call(clip: Clip, rep: Rep, attempt: Record) -> Call:
    words = {"too_close": "too close", "not_judgeable": "refused"}.get(attempt["verdict"])
    said = words or ("right" if attempt["verdict"] == rep.truth else "wrong")
    return Call(clip.name, rep, said, attempt["reason"])


@dataclass(frozen=True)
class Person:
    """Whether the right one was judged: "right", "wrong" or "nobody"; None where one person is in the film."""

    said: str | None
    why: str = ""


def person(clip: Clip, record: Record) -> Person:
    """Compare the judged track's box, and the points ruled on, with the labelled boxes at the first bottom."""
    if clip.lifter_box is None or not clip.reps:
        return Person(None)
    said = record["judgement"]
    if record["chosen"] is None or not said["attempts"]:
        return Person("nobody", said["reason"] or "")
    at_s = clip.reps[0].bottom_s
    track = record["people"][record["chosen"]]
    times = np.array(track["times_s"])
    nearest = int(np.abs(times - at_s).argmin())
    if abs(times[nearest] - at_s) > ABSENT_S:
        return Person("wrong", f"the track is not seen within {ABSENT_S:g} s of the bottom")
    box = track["boxes_px"][nearest]
    mine = overlap(box, clip.lifter_box)
    others = [overlap(box, other) for other in clip.other_boxes]
    outside = ruled_outside(clip, said["attempts"])
    right = mine >= SAME_PERSON and mine >= max(others, default=0.0) and not outside
    words = f"overlap {mine:.2f}" + (f", with another {max(others):.2f}" if others else "")
    return Person("right" if right else "wrong", words + (", points outside" if outside else ""))


def ruled_outside(clip: Clip, attempts: Sequence[Record]) -> bool:
    """Whether the points that were seen at the first labelled bottom are mostly outside the lifter's box."""
    near = [one for one in attempts if clip.reps[0].off_s(one["bottom_s"]) <= NEAR_S and one["seen"]]
    if not near or clip.lifter_box is None:
        return False
    points = np.array([xy for name in ("crease_px", "knee_top_px") for xy in near[0]["seen"][name].values()])
    if not len(points):
        return False
    x0, y0, x1, y1 = clip.lifter_box
    inside = (points >= [x0, y0]).all(axis=1) & (points <= [x1, y1]).all(axis=1)
    return bool(inside.mean() < 0.5)


@dataclass(frozen=True)
class Plates:
    """Plates that the film shows by eye's count, how many were found, and how their boxes compare."""

    shown: int
    followed: int
    found: int
    overlaps: tuple[float, ...]


def plates(clip: Clip, record: Record) -> Plates | None:
    """Compare the followed plates with the labelled boxes; None where no plate is labelled."""
    if not clip.plates:
        return None
    plates = [plate for attempt in record["plates"][:1] for plate in attempt]
    boxes = [box for plate in plates if (box := disc_box(plate, clip.plates_t_s)) is not None]
    if not boxes:
        return Plates(len(clip.plates), len(plates), 0, ())
    table = np.array([[overlap(shown, box) for box in boxes] for shown in clip.plates])
    rows, columns = linear_sum_assignment(-table)
    best = table[rows, columns]
    return Plates(len(clip.plates), len(plates), int((best >= SAME_DISC).sum()), tuple(float(one) for one in best))


def disc_box(plate: Record, time_s: float) -> Box | None:
    """Box of a followed plate's ellipse at the sighting that is nearest in time; None where it was never seen."""
    seen = [k for k, radius in enumerate(plate["radius_px"]) if radius is not None]
    if not seen:
        return None
    k = min(seen, key=lambda k: abs(plate["times_s"][k] - time_s))
    axes = np.array(plate["axes_px"], dtype=np.float64)
    half = np.linalg.norm(axes, axis=0) * plate["radius_px"][k] / np.linalg.norm(axes, axis=1).max()
    x, y = plate["centre_px"][k]
    return x - float(half[0]), y - float(half[1]), x + float(half[0]), y + float(half[1])


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    return box_iou(np.array(one, dtype=np.float64), np.array(other, dtype=np.float64))


@dataclass(frozen=True)
class Outcome:
    """One labelled film and what was said of it."""

    clip: Clip
    record: Record
    pairing: Pairing
    calls: tuple[Call, ...]
    person: Person
    plates: Plates | None

    @property
    def cost(self) -> float:
        """Processor's seconds for a second of film."""
        return float(self.record["cpu_s"]) / max(float(self.record["judgement"]["video"]["duration_s"]), 1e-3)


def outcome(clip: Clip, record: Record) -> Outcome:
    """Compare a judgement with the labels."""
    pairing = pair(clip, record)
    return Outcome(clip, record, pairing, tuple(calls(clip, pairing)), person(clip, record), plates(clip, record))
