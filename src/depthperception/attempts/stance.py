"""How the lifter stands before an attempt and after it: how straight his legs are, and whether his feet stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.detection import IN_PICTURE, hip_height
from depthperception.attempts.settings import ATTEMPTS
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, SHOULDERS, TOES
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray

BEFORE_S = (0.9, 0.3)
"""Before the tenth of the descent at which an attempt starts: a soft start takes .3 s to get there."""

AFTER_S = 1.2
"""How long after an ascent, nine tenths of it, he may take to stand: about what a referee waits before "Rack"."""

STAND_S, LEAST_LOOKS = 0.5, 2
"""A stand is so long, with so many looks: eight a second give four."""

SHORTEST_S = 0.2
"""So much of a stand is enough to be looked at closely."""

WITHIN_S = 0.05
"""A frame is as near to the time of the look at which a stand begins: half of that at ten frames a second."""

STILL_M = 0.03
"""Hips of who stands stay within this, in metres of the pose model; else he is on his way. Looks at rendered lifters
who stand jitter by 2 to 8 mm (sd)."""

FEET_S = (0.15, 0.65)
"""After nine tenths of an ascent the feet are looked at: he does not walk to the rack yet. A step in the ascent may not
be over: rendered ones are .2 to .6 s after it."""

ON_ITS_WAY = 4.0
"""A look at a foot that is so many times further than looks jitter from where it is next shows it on its way there."""

LEAST_SEEN = 0.5
"""The pose network's word for feet that are seen: MediaPipe's own default."""

CLOSELY_SEEN = 0.3
"""The same of feet that are looked at closely, from one region at both ends. Of rendered lifters seen from the side
with .3 to .5 (seeds 890003 to 890096) steps of 3 cm and more across were found in 4 of 5, and feet that stayed were
over their limit in 0 of 3."""

CHI2_MEDIAN = float(2.0 * np.log(2.0))
"""Of a chi-squared variable with two degrees of freedom: x and y."""

Span: TypeAlias = tuple[float, float]
"""From, to, s."""


@dataclass(frozen=True)
class Stand:
    """A stretch of standing.

    Attributes
    ----------
    start_s, end_s
        First and last look.
    flexion_deg : (2,)
        Bend of the left and the right knee, 0 straight: the median of the looks.
    leg_m
        From hip to ankle, mean of both legs, in metres of the pose model: shorter with bent knees, and the same however
        far apart the feet are.
    confidence
        Mean presence.
    shoulders_px
        Height of the shoulders over the ankles in the picture.
    close
        Whether it was looked at closely, from the region of the attempt's other end (`attempts.ends`): such stands are
        compared with each other only.
    """

    start_s: float
    end_s: float
    flexion_deg: FloatArray
    leg_m: float
    confidence: float
    shoulders_px: float
    close: bool = False


@dataclass(frozen=True)
class Stance:
    """How he stands before and after an attempt; None where the film does not show it.

    `feet` is None where they are not seen well.
    """

    before: Stand | None
    after: Stand | None
    feet: "Feet | None"


@dataclass(frozen=True)
class Feet:
    """How far one foot is from where it stood beside the other one, and the error (sd) of that.

    Heel, toes and the middle between them, all of them: rocking leaves one, and a foot that turns on the spot, or seems
    to with softer knees, its middle. A camera that turns moves both feet.
    """

    moved_px: float
    noise_px: float
    close: bool = False


def knee_flexion_deg(world_m: FloatArray) -> FloatArray:
    """Bend (n, 2) of the left and the right knee in looks (n, 33, 3): 0 is straight."""
    thigh, shank = world_m[:, HIPS] - world_m[:, KNEES], world_m[:, ANKLES] - world_m[:, KNEES]
    cosine = (thigh * shank).sum(axis=-1) / np.linalg.norm(thigh, axis=-1) / np.linalg.norm(shank, axis=-1)
    return np.asarray(180.0 - np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def measure_stance(
    track: PoseTrack,
    attempts: Sequence[Attempt],
    index: int,
    size_px: tuple[int, int],
    close: PoseTrack | None = None,
) -> Stance:
    """Measure how the lifter stands before and after one of a film's attempts.

    Parameters
    ----------
    track
        All looks.
    attempts
        In order of time.
    index
        Of the attempt.
    size_px
        Width and height of the picture.
    close
        Close looks at him standing; they count where there are some of both ends.
    """
    attempt = attempts[index]
    spans = end_spans(track, attempts, index)
    if close is not None and len(close):
        ends = tuple(close.between(start_s - WITHIN_S, end_s + WITHIN_S) for start_s, end_s in spans)
        stands = [_stand(end) for end in ends]
        if stands[0] is not None and stands[1] is not None:
            closely = [replace(one, close=True) for one in stands if one is not None]
            feet_s = feet_span(attempts, index, spans[1])
            later = close.between(feet_s[0] - WITHIN_S, feet_s[1] + WITHIN_S) if feet_s else ends[1]
            feet = _feet((ends[0], later), size_px, CLOSELY_SEEN)
            first = closely[0] if attempt.stood_before else None
            return Stance(first, closely[1], replace(feet, close=True) if feet else None)
    before, after = _coarse(track, attempts, index)
    feet = _feet((track.between(*_before_s(attempts, index)), track.between(*_feet_s(attempts, index))), size_px)
    return Stance(before if attempt.stood_before else None, after, feet)


def end_spans(track: PoseTrack, attempts: Sequence[Attempt], index: int) -> tuple[Span, Span]:
    """Say when he stands before and after an attempt, to be looked at closely: where all looks find him still.

    Where they do not, as behind plates by which they jitter, it is when he would.
    """
    before, after = _coarse(track, attempts, index)
    feet_s = _feet_s(attempts, index)
    first = (before.start_s, before.end_s) if before else _before_s(attempts, index)
    if after is None:
        return first, feet_s
    # Rather than all of a stand it is the part in which feet count.
    ends_s = feet_s[1] if feet_s[1] - after.start_s >= SHORTEST_S else after.end_s
    return first, (after.start_s, min(after.end_s, ends_s))


def feet_span(attempts: Sequence[Attempt], index: int, stands_s: Span) -> Span | None:
    """Say when his feet are to be looked at by themselves: where he stands straightest when he may walk already.

    Parameters
    ----------
    attempts, index
        In order of time, and which of them.
    stands_s
        When he stands after it.
    """
    late = stands_s[1] > attempts[index].end_s + FEET_S[1] + WITHIN_S
    return _feet_s(attempts, index) if late else None


def _coarse(track: PoseTrack, attempts: Sequence[Attempt], index: int) -> tuple[Stand | None, Stand | None]:
    """Find both stands by all looks."""
    attempt, (earlier_s, next_s) = attempts[index], neighbours_s(attempts, index)
    before = _stand(track.between(*_before_s(attempts, index)))
    if before is None and index:  # a set without a rest between its reps
        before = _stand(track.between(max(attempt.start_s - STAND_S, earlier_s), attempt.start_s))
    return before, _straightest(track.between(attempt.end_s, min(attempt.end_s + AFTER_S, next_s)))


def neighbours_s(attempts: Sequence[Attempt], index: int) -> Span:
    """When the attempt before ends, and when the next one begins."""
    earlier_s = attempts[index - 1].end_s if index else -np.inf
    return earlier_s, attempts[index + 1].start_s if index + 1 < len(attempts) else np.inf


def _before_s(attempts: Sequence[Attempt], index: int) -> Span:
    """When he stands before an attempt."""
    first_s, last_s = (attempts[index].start_s - before_s for before_s in BEFORE_S)
    return max(first_s, min(neighbours_s(attempts, index)[0], last_s)), last_s


def _feet_s(attempts: Sequence[Attempt], index: int) -> Span:
    """When his feet are looked at after it."""
    end_s, next_s = attempts[index].end_s, neighbours_s(attempts, index)[1]
    return end_s + FEET_S[0], min(end_s + FEET_S[1], next_s - BEFORE_S[1])


def _straightest(looks: PoseTrack) -> Stand | None:
    """Find the stretch in which the legs are longest."""
    starts = looks.times_s[looks.times_s <= looks.times_s[-1] - STAND_S] if len(looks) else looks.times_s
    spans = [looks.between(float(start_s), float(start_s) + STAND_S) for start_s in starts] or [looks]
    found = [stand for stand in map(_stand, spans) if stand]
    return max(found, key=lambda stand: stand.leg_m, default=None)


def _stand(looks: PoseTrack) -> Stand | None:
    if len(looks) < LEAST_LOOKS or not np.isfinite(looks.world_m).all() or np.ptp(hip_height(looks)) > STILL_M:
        return None
    if np.median(looks.presence) < ATTEMPTS.form.least_presence:
        return None
    return Stand(
        float(looks.times_s[0]),
        float(looks.times_s[-1]),
        np.median(knee_flexion_deg(looks.world_m), axis=0),
        float(np.median(np.linalg.norm(looks.world_m[:, HIPS] - looks.world_m[:, ANKLES], axis=-1))),
        float(looks.presence.mean()),
        float(np.median(looks.y_px(ANKLES) - looks.y_px(SHOULDERS))),
    )


def _feet(parts: tuple[PoseTrack, PoseTrack], size_px: tuple[int, int], least_seen: float = LEAST_SEEN) -> Feet | None:
    """Compare the feet before and after."""
    if min(map(len, parts)) < LEAST_LOOKS or not all(_feet_seen(part, size_px, least_seen) for part in parts):
        return None
    first = _foot_to_foot(parts[0])[0]
    ends = _put_down([_unswapped(_foot_to_foot(part), first) for part in parts])
    moved_px = np.linalg.norm(np.median(ends[1], axis=0) - np.median(ends[0], axis=0), axis=-1)
    noise_px = np.sqrt(_variance(ends) * sum(1.0 / len(looks) for looks in ends))
    least = int(moved_px.argmin())
    return Feet(float(moved_px[least]), float(noise_px[least]))


def _foot_to_foot(looks: PoseTrack) -> FloatArray:
    """Ways (n, 3, 2) from the left foot to the right one, px: of the heels, the toes, and the middles between them."""
    ways = [looks.image_px[:, points[1]] - looks.image_px[:, points[0]] for points in (HEELS, TOES)]
    return np.stack([*ways, np.mean(ways, axis=0)], axis=1)


def _put_down(ends: Sequence[FloatArray]) -> list[FloatArray]:
    """Leave out the first looks (n, 3, 2) of each end that show a foot, all of it, on its way to where it stands."""
    kept = list(ends)
    for index in range(len(kept)):
        while len(kept[index]) > LEAST_LOOKS:
            first, rest = kept[index][0], kept[index][1:]
            jitter = _variance([*kept[:index], rest, *kept[index + 1 :]])
            away = ((first - np.median(rest, axis=0)) ** 2).sum(axis=-1)
            if (away <= ON_ITS_WAY**2 * jitter).any():
                break
            kept[index] = rest
    return kept


def _variance(ends: Sequence[FloatArray]) -> FloatArray:
    """Variance (3,) of looks (n, 3, 2) at both ends, by how far half of them are from the one before."""
    squares = np.concatenate([(np.diff(looks, axis=0) ** 2).sum(axis=-1) for looks in ends])
    return np.asarray(np.median(squares, axis=0)) / CHI2_MEDIAN


def _unswapped(ways: FloatArray, first: FloatArray) -> FloatArray:
    """Turn round ways (n, 3, 2) from foot to foot that are more like one reversed: from the side feet are swapped."""
    swapped = np.linalg.norm(ways + first, axis=-1) < np.linalg.norm(ways - first, axis=-1)
    return np.where(swapped[..., None], -ways, ways)


def _feet_seen(looks: PoseTrack, size_px: tuple[int, int], least_seen: float) -> bool:
    feet = np.concatenate([HEELS, TOES])
    if min(size_px) <= 0:
        return False  # who knows no picture knows no edges
    shares = np.median(looks.image_px[:, feet], axis=0) / np.array(size_px)
    inside = np.all((shares >= IN_PICTURE) & (shares <= 1.0 - IN_PICTURE))
    return bool(inside and np.median(looks.visibility[:, feet], axis=0).min() >= least_seen)
