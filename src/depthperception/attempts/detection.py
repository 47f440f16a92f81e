"""Find every attempt at a squat in a lifter's track: start, bottom, end.

The signal is the height of the hips over the feet in standing legs: 1 standing, about .45 at parallel. It comes from
the pose model's metres along the picture's vertical, so neither a walking lifter nor a panning camera moves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from depthperception.attempts.attempt import Attempt, Doubt
from depthperception.attempts.course import begins_down, come_down_px, doubt_of, lowest_s, without_wrong_looks
from depthperception.attempts.form import Form, Kind, Moments, compare, kind_of, kind_without_feet, measure_form
from depthperception.attempts.lockout import lockout
from depthperception.attempts.settings import ATTEMPTS, AttemptDetection
from depthperception.errors import DataError
from depthperception.geometry.signals import even_times, resampled, smoothed, turning_points
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, SHOULDERS, TOES
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray, IntArray

TRUNK_M = 0.5
"""Hip to shoulder, by which a fall is measured when the feet are out of the picture."""

USUAL_LEG_M = 0.85
"""Hip to ankle of a lifter of 1.73 m, for one whose feet are out of the picture."""

FEET = np.concatenate([HEELS, TOES])
KNEES_AND_FEET = np.concatenate([KNEES, ANKLES, FEET])

IN_PICTURE = 0.02
"""Knees and feet are this far inside of the picture's edges, in its size: of those that an edge cuts off the network
guesses that they are just inside."""

SQUATS: dict[Kind, Doubt | None] = {"squat": None, "unseen": "unseen"}
"""Kinds of descents that are reported as attempts, and why they cannot be judged."""


@dataclass(frozen=True)
class Movement:
    """A descent, and what it is."""

    attempt: Attempt
    kind: Kind


def hip_height(track: PoseTrack) -> FloatArray:
    """Height (n,) of the hips over the feet in metres of the pose model, along the picture's vertical."""
    hips, feet = track.world_m[:, HIPS, 1].mean(axis=1), track.world_m[:, ANKLES, 1].mean(axis=1)
    return np.asarray(feet - hips)


def _hip_height_without_feet(track: PoseTrack) -> FloatArray:
    """Hip height (n,) in metres from the hips' place in the picture alone, by the size of the trunk.

    Feet below the edge of the picture are guesses that jump; a camera that stands still is the price.
    """
    hips = track.y_px(HIPS)
    standing = hips <= np.percentile(hips, 50)
    trunk_px = float(np.median((hips - track.y_px(SHOULDERS))[standing]))
    fall_px = hips - np.percentile(hips, 5)
    return np.asarray(USUAL_LEG_M - fall_px / max(trunk_px, 1.0) * TRUNK_M)


def standing_leg(height_m: FloatArray) -> float:
    """Hip-over-ankle height of the lifter standing: the 95th percentile, so that a jump or a glitch does not count."""
    return float(np.percentile(height_m, 95))


def find_attempts(
    track: PoseTrack,
    picture_px: tuple[float, float],
    *,
    duration_s: float = np.inf,
    settings: AttemptDetection = ATTEMPTS,
) -> tuple[Attempt, ...]:
    """Find the attempts at a squat in a track, in order of time; none where nobody squats."""
    return squats_of(find_movements(track, picture_px, duration_s=duration_s, settings=settings))


def squats_of(movements: Sequence[Movement]) -> tuple[Attempt, ...]:
    """Keep the squats, those with it that are not to be judged for what they are."""
    return tuple(replace(one.attempt, doubt=SQUATS[one.kind]) for one in movements if one.kind in SQUATS)


def find_movements(
    track: PoseTrack,
    picture_px: tuple[float, float],
    *,
    duration_s: float = np.inf,
    settings: AttemptDetection = ATTEMPTS,
) -> tuple[Movement, ...]:
    """Find every descent in a track, seen in a picture of that width and height, and say what it is (`form`).

    Where the picture cuts the feet off, knees are guesses: hips that fall far in the picture are enough, so that the
    attempt is reported and then refused with its reason. Where it cuts the knees of the standing lifter off, nothing
    can be told. Where a side of it cuts a knee or foot off at the bottom, nobody knows how far the feet are apart: it
    is no lunge then.
    """
    if len(track) < 5:
        return ()
    times, height = _even(track, picture_px[1])
    leg_m = standing_leg(height)
    if not settings.least_standing_leg_m <= leg_m <= settings.most_standing_leg_m:
        return ()
    attempts = [_placed(track, one, duration_s, settings) for one in _descents(times, height / leg_m, settings)]
    measured: list[tuple[Attempt, Form, Kind]] = []
    for number, attempt in enumerate(attempts):
        squats_end_s = max((one.end_s for one, _, kind in measured if kind in SQUATS), default=-np.inf)
        last_s = attempts[number - 1].end_s if number else -np.inf
        next_s = attempts[number + 1].start_s if number + 1 < len(attempts) else np.inf
        moments = _moments(track, attempt, squats_end_s, (last_s, next_s), settings)
        if moments:
            form = measure_form(moments, leg_m, settings.form)
            if _beside_picture(moments.bottom, picture_px[0]):
                form = replace(form, split=np.nan)
            measured.append((attempt, form, _kind(track, attempt, form, moments, picture_px[1], settings)))
    kinds = compare([form for _, form, _ in measured], [kind for _, _, kind in measured], settings.form)
    return tuple(Movement(attempt, kind) for (attempt, _, _), kind in zip(measured, kinds, strict=True))


def hurried_spans(
    track: PoseTrack, picture_height_px: float, *, settings: AttemptDetection = ATTEMPTS
) -> tuple[tuple[float, float], ...]:
    """Spans round bottoms that are seen in single looks only, which may as well be wrong ones.

    A rep of half a second, or a shallow one of one, has a single look of the coarse pass at its bottom: whether he is
    there, only looks beside it tell.
    """
    if len(track) < 5:
        return ()
    times, height = _even(track, picture_height_px)
    leg_m = max(standing_leg(height), settings.least_standing_leg_m)
    _, every_look = _even(track, picture_height_px, single_looks=True)
    known = [one.bottom_s for one in _descents(times, height / leg_m, settings)]
    reach_s = settings.hurried_reach_s
    return tuple(
        (one.bottom_s - reach_s, one.bottom_s + reach_s)
        for one in _descents(times, every_look / leg_m, settings)
        if not any(one.start_s <= bottom_s <= one.end_s for bottom_s in known)
    )


def feet_are_out(track: PoseTrack, picture_height_px: float) -> bool:
    """Whether heels and toes are mostly below the picture."""
    return _are_below(track, FEET, picture_height_px)


def _are_below(track: PoseTrack, points: IntArray, picture_height_px: float) -> bool:
    return bool(len(track) and np.median(track.image_px[:, points, 1]) > picture_height_px)


def _beside_picture(bottom: PoseTrack, picture_width_px: float) -> bool:
    """Whether a side of the picture cuts a knee or foot off; never where the picture is not known."""
    if not np.isfinite(picture_width_px):
        return False
    shares = np.median(bottom.image_px[:, KNEES_AND_FEET, 0], axis=0) / picture_width_px
    return bool((np.abs(shares - 0.5) > 0.5 - IN_PICTURE).any())


def motion_of(track: PoseTrack, attempt: Attempt, *, settings: AttemptDetection = ATTEMPTS) -> PoseTrack:
    """Give an attempt's part of the track, from standing to standing."""
    return track.between(attempt.start_s - settings.margin_s, attempt.end_s + settings.margin_s)


def is_cut_short(attempt: Attempt, duration_s: float, *, settings: AttemptDetection = ATTEMPTS) -> bool:
    """Whether the video ends with the attempt."""
    return attempt.end_s + settings.margin_s / 2 > duration_s


def _stood_up(track: PoseTrack, attempt: Attempt, duration_s: float, settings: AttemptDetection) -> bool:
    """Whether he stood up, by the heights in the picture; where these do not tell, by the coarse signal."""
    motion = motion_of(track, attempt, settings=settings)
    cut_short = is_cut_short(attempt, duration_s, settings=settings)
    try:
        found = lockout(motion.times_s, motion.image_px, cut_short=cut_short, settings=settings).stood_up
    except DataError:
        found = None
    return attempt.stood_up if found is None else found


def _kind(
    track: PoseTrack,
    attempt: Attempt,
    form: Form,
    moments: Moments,
    picture_height_px: float,
    settings: AttemptDetection,
) -> Kind:
    """Say what a descent is; without feet in the picture by the hips' fall alone."""
    standing, bottom = moments.standing, moments.bottom
    if np.median(bottom.image_px[:, ANKLES, 1]) <= picture_height_px:
        kind = kind_of(form, settings.form)
    else:
        knees_seen = bool(np.median(standing.image_px[:, KNEES, 1]) <= picture_height_px)
        kind = kind_without_feet(form, _hip_fall_m(standing, bottom), knees_seen, settings.form)
    if attempt.stood_before or doubt_of(track, attempt, attempt.bottom_s, settings=settings) != "begins":
        return kind
    if kind == "squat" and begins_down(track, attempt, settings=settings):
        return "begun"
    return "ascent" if kind in SQUATS else "other"


def _moments(
    track: PoseTrack,
    attempt: Attempt,
    earlier_end_s: float,
    between_s: tuple[float, float],
    settings: AttemptDetection,
) -> Moments | None:
    """Take the looks at a descent apart, without those at its neighbours; None where it has none standing or down.

    Squats before it end at `earlier_end_s`; whatever its neighbours are, it lies between them. Who is not seen standing
    before stands after. A look within a sixth of a rep from its bottom is still at the bottom, and one as long before
    its start is of the standing lifter: in a set without a pause more is at the rep before.
    """
    start_s, bottom_s, end_s = attempt.start_s, attempt.bottom_s, attempt.end_s
    near_s = (end_s - start_s) / 6
    reach_s = min(0.2, near_s)
    end = track.between(end_s - 0.1, max(end_s, min(end_s + 0.5, between_s[1])))
    stands_s = min(start_s - min(0.25, near_s), max(between_s[0], start_s - 0.5))
    standing = track.between(stands_s, start_s + 0.1)
    standing = standing if attempt.stood_before else end
    bottom = track.between(bottom_s - reach_s, bottom_s + reach_s)
    bottom = bottom if len(bottom) else track.take(np.abs(track.times_s - bottom_s) <= 0.2)
    if not len(standing) or not len(bottom):
        return None
    return Moments(
        whole=track.between(start_s, end_s),
        before=track.between(max(earlier_end_s, start_s - 1.0), start_s),
        standing=standing,
        bottom=bottom,
        up=_up_again(track.between(bottom_s, end_s), standing, bottom, settings) if attempt.stood_before else end,
        end=end,
        down_px=come_down_px(track, standing, bottom, settings=settings),
    )


def _up_again(ascent: PoseTrack, standing: PoseTrack, bottom: PoseTrack, settings: AttemptDetection) -> PoseTrack:
    """Take the first half second in which most of a fall is climbed again; none where it never is."""
    high_m, low_m = (float(np.median(hip_height(part))) for part in (standing, bottom))
    up_s = ascent.times_s[hip_height(ascent) >= low_m + settings.stood_up * (high_m - low_m)]
    return ascent.between(up_s[0], up_s[0] + 0.5) if len(up_s) else ascent.take(slice(0))


def _descents(times: FloatArray, legs: FloatArray, settings: AttemptDetection) -> list[Attempt]:
    """Find every descent by the hips' height in legs, that with it from which the track only shows the ascent."""
    calm = smoothed(legs, times[1] - times[0], sigma_s=settings.smoothing_s)
    found = []
    for before, first, lowest, after in _valleys(calm, settings):
        attempt = _attempt(times, calm, (before, lowest, after), settings)
        if not attempt.stood_up:  # what follows a failed ascent is a collapse, not depth
            attempt = replace(_attempt(times, calm, (before, first, after), settings), stood_up=False)
        found.append(replace(attempt, stood_before=before > 0 or bool(calm[0] >= settings.stands)))
    first_high = next((index for index, is_low in _turns(calm, settings) if not is_low), len(calm) - 1)
    lowest = int(np.argmin(calm[: first_high + 1]))
    if calm[first_high] - calm[lowest] < settings.least_drop:
        return found
    rising = _attempt(times, calm, (lowest, lowest, first_high), settings)
    return [replace(rising, start_s=float(times[0]), stood_up=True, stood_before=False), *found]


def _placed(track: PoseTrack, attempt: Attempt, duration_s: float, settings: AttemptDetection) -> Attempt:
    """Put the bottom where hips and shoulders are lowest in the picture, and say whether he stood up."""
    bottom_s = lowest_s(track, attempt, smoothing_s=settings.coarse_smoothing_s, settings=settings)
    return replace(attempt, bottom_s=bottom_s, stood_up=_stood_up(track, attempt, duration_s, settings))


def _even(track: PoseTrack, picture_height_px: float, *, single_looks: bool = False) -> tuple[FloatArray, FloatArray]:
    """Resample the hip height evenly (so that filters mean seconds), usually after taking out single wrong looks."""
    times = even_times(track.times_s)
    legs_are_cut = _are_below(track, ANKLES, picture_height_px)
    height = _hip_height_without_feet(track) if legs_are_cut else hip_height(track)
    calm = height if single_looks else without_wrong_looks(track.times_s, height)
    return times, resampled(times, track.times_s, calm)


def _valleys(u: FloatArray, settings: AttemptDetection) -> list[tuple[int, int, int, int]]:
    """Indices (high before, first low, lowest, high after) of every descent deep enough, double bounces joined."""
    turns = _turns(u, settings)
    lows = [k for k, (_, is_low) in enumerate(turns) if is_low and k > 0]
    valleys: list[tuple[int, int, int, int]] = []
    for k in lows:
        low = turns[k][0]
        after = turns[k + 1][0] if k + 1 < len(turns) else len(u) - 1
        if valleys and _same_attempt(u, valleys[-1], low, settings.recovered):
            before, first, lowest, _ = valleys[-1]
            valleys[-1] = (before, first, lowest if u[lowest] <= u[low] else low, after)
        else:
            valleys.append((turns[k - 1][0], low, low, after))
    return valleys


def _same_attempt(u: FloatArray, earlier: tuple[int, int, int, int], low: int, recovered: float) -> bool:
    before, _, lowest, between = earlier
    deepest = min(u[lowest], u[low])
    return bool(u[between] - deepest < recovered * (u[before] - deepest))


def _attempt(times: FloatArray, u: FloatArray, turns: tuple[int, int, int], settings: AttemptDetection) -> Attempt:
    before, bottom, after = turns
    drop = u[before] - u[bottom]
    down = np.nonzero(u[before : bottom + 1] >= u[before] - settings.unlocked * drop)[0]
    up = np.nonzero(u[bottom : after + 1] >= u[after] - settings.unlocked * (u[after] - u[bottom]))[0]
    return Attempt(
        start_s=float(times[before + down[-1]]),
        bottom_s=float(times[bottom]),
        end_s=float(times[bottom + up[0]]),
        stood_up=bool(u[after] - u[bottom] >= settings.stood_up * drop),
    )


def _hip_fall_m(standing: PoseTrack, bottom: PoseTrack) -> float:
    """How far the hips fall in the picture, in metres by the size of the trunk, which does not need the feet."""
    hips = [np.median(part.image_px[:, HIPS, 1]) for part in (standing, bottom)]
    trunk_px = hips[0] - np.median(standing.image_px[:, SHOULDERS, 1])
    return float((hips[1] - hips[0]) / max(trunk_px, 1.0) * TRUNK_M)


def _turns(u: FloatArray, settings: AttemptDetection) -> list[tuple[int, bool]]:
    """Highs and lows of the hips: a rep that ends short of the first lockout rises by less than it fell."""
    return turning_points(u, reversal=settings.least_drop, recovered=settings.recovered)
