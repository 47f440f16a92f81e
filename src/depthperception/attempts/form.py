"""What a squat looks like: feet side by side, both knees bent, the trunk over the feet, the load where it was.

Measured of every descent in the lifter's own lengths, so that neither size nor place in the picture counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.ndimage import median_filter

from depthperception.attempts.settings import SquatForm
from depthperception.geometry.skeletons import ANKLES, HIPS, KNEES, SHOULDERS, WRISTS
from depthperception.pose.track import PoseTrack
from depthperception.types import FloatArray

Kind: TypeAlias = Literal["squat", "shallow", "unseen", "sits", "lunge", "pull", "begun", "ascent", "hidden", "other"]
"""What a descent is. shallow: too little to be told by itself. unseen: a squat, but not to be judged. begun:
the film begins with him down. ascent: only that of a squat is seen. hidden: he comes down, and is seen too badly to
tell how."""

UP = np.array([0.0, -1.0, 0.0])
"""In camera axes."""


@dataclass(frozen=True)
class Form:
    """One descent in numbers.

    Attributes
    ----------
    presence
        Whether he is in the region that is looked at: standing, at the bottom, at the end; NaN where there is no look.
    upright_m
        Shoulders over hips, standing.
    fall
        How far the hips come down in the picture, over the feet and with the camera alone taken out, the smaller, in
        heights of the standing shoulders over the feet: legs that only seem shorter are no fall.
    shoulders_fall
        Likewise the shoulders, the camera taken out.
    flexion_deg
        How far the knees bend from standing to the bottom.
    split
        Ankles from each other, fore and aft, at the bottom, in standing legs: the smaller by the line of the hips and
        by that of the shoulders, either of which the network may turn. NaN where a knee or foot is cut off.
    balance
        Middle of the trunk before (+) or behind the ankles at the bottom, in standing legs, along what was upright when
        he stood.
    hips_over_feet
        At the bottom, in standing legs.
    rests_s
        How long the hips stay at their lowest.
    hands
        Height of the hands between shoulders (0) and hips (1): standing, at the bottom, at the end.
    hands_under_knees_m
        At the bottom, or in the lower half of the way most of the time; negative above.
    came_from_floor
        The hands were below the knees in the second before.
    hands_seen
        The network's word for the hand that is seen better, where it is best: standing, at the bottom or at the end.
    moved
        How far an ankle is from where it was before the descent, in shoulder heights, when he is up again: the walk
        back into the rack is no part of the squat.
    """

    presence: tuple[float, float, float]
    upright_m: float
    fall: float
    shoulders_fall: float
    flexion_deg: float
    split: float
    balance: float
    hips_over_feet: float
    rests_s: float
    hands: tuple[float, float, float]
    hands_under_knees_m: float
    came_from_floor: bool
    hands_seen: float
    moved: float


@dataclass(frozen=True)
class Moments:
    """The looks at one descent: all of it, before, standing, at the bottom, when most of it is climbed, at the end.

    Before, up and end may be empty. `down_px` is how far hips and shoulders come down in the picture, the camera taken
    out.
    """

    whole: PoseTrack
    before: PoseTrack
    standing: PoseTrack
    bottom: PoseTrack
    up: PoseTrack
    end: PoseTrack
    down_px: tuple[float, float]


def measure_form(moments: Moments, leg_m: float, settings: SquatForm) -> Form:
    """Measure a descent of somebody with that standing leg."""
    standing, bottom, end = moments.standing, moments.bottom, moments.end
    height_px = max(1.0, float(np.median(standing.y_px(ANKLES) - standing.y_px(SHOULDERS))))
    over_feet = [float(np.median(part.y_px(ANKLES) - part.y_px(HIPS))) for part in (standing, bottom)]
    parts = (standing, bottom, end)
    hands = [_hands_down(part) if len(part) else np.nan for part in parts]
    presence = [float(np.median(part.presence)) if len(part) else np.nan for part in parts]
    split_m, balance_m = _stance_m(np.median(standing.world_m, axis=0), np.median(bottom.world_m, axis=0))
    after = next(part for part in (moments.up, end, bottom) if len(part))
    feet = [np.median(part.image_px[:, ANKLES], axis=0) for part in (standing, after)]
    return Form(
        presence=(presence[0], presence[1], presence[2]),
        upright_m=float(np.median(_height_m(standing, SHOULDERS) - _height_m(standing, HIPS))),
        fall=min(over_feet[0] - over_feet[1], moments.down_px[0]) / height_px,
        shoulders_fall=moments.down_px[1] / height_px,
        flexion_deg=knee_flexion_deg(bottom) - knee_flexion_deg(standing),
        split=split_m / leg_m,
        balance=balance_m / leg_m,
        hips_over_feet=-float(np.median(_height_m(bottom, ANKLES))) / leg_m,
        rests_s=_rests_s(moments, settings.sits_within * leg_m),
        hands=(hands[0], hands[1], hands[2]),
        hands_under_knees_m=_hands_under_knees_m(moments),
        came_from_floor=_low_hands(moments.before),
        hands_seen=max(_hands_seen(part) for part in parts if len(part)),
        moved=float(np.linalg.norm(feet[1] - feet[0], axis=1).max()) / height_px,
    )


def kind_of(form: Form, settings: SquatForm) -> Kind:
    """Say what a descent is; the order of the questions is that of what hides what."""
    if form.upright_m <= settings.upright_m or form.fall < settings.least_fall:
        return "other"
    if form.shoulders_fall < settings.shoulders_too * form.fall:
        return "other"
    if not _is_seen(form, settings):
        return "hidden"
    if form.split > settings.most_split:
        return "lunge"
    if _pulls(form, settings):
        return "pull" if form.hands_seen >= settings.hands_seen else "hidden"
    return "sits" if _sits(form, settings) else _squat_or_less(form, settings)


def _squat_or_less(form: Form, settings: SquatForm) -> Kind:
    stiff = form.flexion_deg < settings.least_flexion_deg
    if (stiff or abs(form.balance) > settings.most_off_balance) and form.moved > settings.in_place:
        return "other"
    if stiff and form.fall < settings.needs_knees:
        return "shallow"
    return "squat" if min(form.presence[:2]) >= settings.hidden_presence else "unseen"


def kind_without_feet(form: Form, fall_m: float, knees_seen: bool, settings: SquatForm) -> Kind:
    """Say it where the picture cuts the feet off: knees are guesses then, and the hips' fall in metres must do."""
    if not _is_seen(form, settings) or not knees_seen or form.upright_m <= settings.upright_m:
        return "other"
    if fall_m < settings.least_fall_m:
        return "other"
    return "squat" if min(form.presence[:2]) >= settings.hidden_presence else "unseen"


def compare(forms: Sequence[Form], kinds: Sequence[Kind], settings: SquatForm) -> list[Kind]:
    """Look at each descent again beside the film's others: walking out falls less and does not end where it began."""
    falls = [form.fall for form, kind in zip(forms, kinds, strict=True) if kind == "squat"]
    return [_beside(form, kind, falls, settings) for form, kind in zip(forms, kinds, strict=True)]


def _beside(form: Form, kind: Kind, falls: Sequence[float], settings: SquatForm) -> Kind:
    stays = form.moved <= settings.in_place
    if kind == "squat" and not stays and form.fall < settings.as_others * max(falls):
        return "other"
    if kind == "begun":
        # Who stands up under a bar in the rack is down when the film begins, too, though not far.
        least = max(settings.needs_knees, settings.as_others * max(falls, default=0.0))
        return "squat" if form.fall >= least else "ascent"
    if kind == "shallow":
        return "squat" if falls and stays and form.fall >= settings.as_others * float(np.median(falls)) else "other"
    return kind


def _is_seen(form: Form, settings: SquatForm) -> bool:
    """Seen standing and at the bottom; where one of them is hidden, standing in one place before and after."""
    standing, bottom, end = (presence >= settings.least_presence for presence in form.presence)
    return (standing and bottom) or (end and (standing or bottom) and form.moved <= settings.in_place)


def _sits(form: Form, settings: SquatForm) -> bool:
    """Carried by something behind the feet, at its height, for a while."""
    carried = form.balance < -settings.sits_behind and form.hips_over_feet > settings.sits_over
    return carried and form.flexion_deg >= settings.least_flexion_deg and form.rests_s >= settings.sits_s


def _rests_s(moments: Moments, within_m: float) -> float:
    """How long the hips stay that near to where they are at the bottom."""
    over_feet = -_height_m(moments.whole, ANKLES)
    low = moments.whole.times_s[over_feet <= -np.median(_height_m(moments.bottom, ANKLES)) + within_m]
    return float(np.ptp(low)) if len(low) else 0.0


def _pulls(form: Form, settings: SquatForm) -> bool:
    """A load that is lifted from the floor or put there: it hangs, comes from below the knees, or changes its place."""
    hang = np.nanmedian(form.hands) >= settings.hanging or form.hands[0] >= settings.hanging
    hangs = hang and form.hands_under_knees_m > -settings.hands_m
    travels = np.nanmin(np.abs(np.subtract(form.hands[1:], form.hands[0]))) > settings.most_hand_travel
    return bool(hangs or form.came_from_floor or travels)


def _stance_m(standing: FloatArray, bottom: FloatArray) -> tuple[float, float]:
    """How far the feet are apart fore and aft, and the trunk's middle before the ankles, at the bottom.

    Upright is what reaches from feet to shoulders of the standing lifter; forward is square to it and to hips or
    shoulders.
    """
    up = _unit(standing[SHOULDERS].mean(axis=0) - standing[ANKLES].mean(axis=0))
    by_hips, by_shoulders = (_forward(bottom[line[0]] - bottom[line[1]], up) for line in (HIPS, SHOULDERS))
    ankles = bottom[ANKLES]
    trunk = (bottom[HIPS].mean(axis=0) + bottom[SHOULDERS].mean(axis=0)) / 2 - ankles.mean(axis=0)
    split = min(abs(float((ankles[0] - ankles[1]) @ forward)) for forward in (by_hips, by_shoulders))
    return split, float(trunk @ by_hips)


def _forward(to_left: FloatArray, up: FloatArray) -> FloatArray:
    return np.asarray(np.cross(_unit(to_left - to_left @ up * up), up))


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))


def _height_m(track: PoseTrack, points: FloatArray) -> FloatArray:
    """Height (n,) of some landmarks over the hips, along the picture's vertical."""
    return np.asarray(track.world_m[:, points].mean(axis=1) @ UP)


def _hands_down(track: PoseTrack) -> float:
    shoulders = _height_m(track, SHOULDERS)
    trunk = np.maximum(shoulders - _height_m(track, HIPS), 0.1)
    return float(np.median((shoulders - _height_m(track, WRISTS)) / trunk))


def _hands_seen(track: PoseTrack) -> float:
    return float(np.median(track.visibility[:, WRISTS].max(axis=1)))


def _hands_under_knees_m(moments: Moments) -> float:
    """How far the hands are under the knees at the bottom, or while the hips are low: a plate may hide them there."""
    high_m, low_m = (-float(np.median(_height_m(part, ANKLES))) for part in (moments.standing, moments.bottom))
    low = moments.whole.take(-_height_m(moments.whole, ANKLES) <= (high_m + low_m) / 2)
    parts = (moments.bottom, low) if len(low) else (moments.bottom,)
    return max(float(np.median(_height_m(part, KNEES) - _height_m(part, WRISTS))) for part in parts)


def _low_hands(track: PoseTrack) -> bool:
    under = _height_m(track, KNEES) - _height_m(track, WRISTS)
    return len(track) >= 3 and bool(median_filter(under, size=3, mode="nearest").max() > 0)


def knee_flexion_deg(track: PoseTrack) -> float:
    """Median bend of the knees, 0 straight."""
    thigh = track.world_m[:, HIPS] - track.world_m[:, KNEES]
    shank = track.world_m[:, ANKLES] - track.world_m[:, KNEES]
    lengths = np.linalg.norm(thigh, axis=2) * np.linalg.norm(shank, axis=2)
    cosine = (thigh * shank).sum(axis=2) / np.maximum(lengths, 1e-9)
    return float(180.0 - np.degrees(np.median(np.arccos(np.clip(cosine, -1.0, 1.0)))))
