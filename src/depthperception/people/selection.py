"""Which of the people lifts, and why."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from depthperception.errors import OptionError
from depthperception.geometry.pinhole import FOCAL_OVER_LONG_SIDE
from depthperception.people.choice import (
    BUT_FOR_A_MOMENT,
    CENTRE_WORDS,
    Candidate,
    Choice,
    unclear,
    undecided,
    went_before,
    why_of,
)
from depthperception.people.hiding import hidden_by
from depthperception.people.lifting_cues import NO_CUES, lifting_cues
from depthperception.people.picking import Pick, picked
from depthperception.people.reflections import hips_together, kinds
from depthperception.people.rules import Rule
from depthperception.people.settings import SELECTION, LifterSelection
from depthperception.people.tracking import FLEETING, PersonTrack
from depthperception.types import FloatArray

USUAL_HEIGHT_M = 1.7
"""Of somebody whose distance is to be guessed."""


def choose(
    tracks: tuple[PersonTrack, ...],
    size_px: tuple[int, int],
    duration_s: float,
    *,
    since_s: float = 0.0,
    rule: Rule = "auto",
    pick: Pick | None = None,
    settings: LifterSelection = SELECTION,
) -> Choice:
    """Choose the person to judge.

    Parameters
    ----------
    tracks
        Everyone, from `link`.
    size_px
        Width and height of the upright picture.
    duration_s, since_s
        Length of the video, or of a shot of it, and when that begins: who is seen in others only is no candidate.
    rule
        How to choose, where nobody was picked.
    pick
        A point on the person whom somebody chose.
    settings
        What tells a lifter.

    Raises
    ------
    OptionError
        When nobody is near the point that was picked, or nobody has the number.
    """
    width_px = size_px[0]
    apart_m = _apart_m(tracks, size_px)
    there = tuple(since_s <= track.times_s[0] <= since_s + duration_s for track in tracks)
    shown = tuple(track for track, here in zip(tracks, there, strict=True) if here)
    present = _among_all(weigh(shown, width_px, duration_s, settings=settings), there)
    candidates = _by_plates(present, tracks, settings)
    lifters = _lifters(candidates, tracks, apart_m, settings)
    if pick is not None:
        number = _number(tracks, picked(shown, pick, settings=settings))
        return Choice(number, "pick", "Somebody pointed here.", candidates, lifters)
    if isinstance(rule, int):
        return Choice(
            checked_number(rule, len(tracks)), "number", f"Somebody asked for number {rule}.", candidates, lifters
        )
    if not lifters:
        nobody = Choice(None, rule, "Nobody was found in the video.", candidates)
        return replace(nobody, why=BUT_FOR_A_MOMENT) if nobody.passing else nobody
    if rule == "centre":
        return Choice(_number(tracks, _centremost(shown, width_px)), "centre", CENTRE_WORDS, candidates, lifters)
    choice = _surest(candidates, lifters, tracks, settings)
    hidden = None if choice.number is None else _hidden(choice.number, choice, tracks, settings)
    return choice if hidden is None else replace(choice, number=None, why=went_before(lifters[0], hidden))


def _among_all(weighed: Sequence[Candidate], there: Sequence[bool]) -> tuple[Candidate, ...]:
    """Number candidates among everyone in the film: who is in other shots only has no marks at all."""
    found = iter(weighed)
    return tuple(
        replace(next(found), number=number) if here else Candidate(number, "person", NO_CUES, lasts=False)
        for number, here in enumerate(there, 1)
    )


def _hidden(number: int, choice: Choice, tracks: tuple[PersonTrack, ...], settings: LifterSelection) -> int | None:
    """Number of somebody who stands unseen before the lifter, who then is a spotter."""
    found = hidden_by(tracks[number - 1], choice.others(tracks), settings=settings)
    return None if found is None else _number(tracks, found)


def _surest(
    candidates: tuple[Candidate, ...],
    lifters: tuple[int, ...],
    tracks: tuple[PersonTrack, ...],
    settings: LifterSelection,
) -> Choice:
    """Choose whoever lifts most surely; nobody where too many seem to, none clearly does, or two hardly differ."""
    rivals = _rivals(candidates, settings.rivals)
    if len(equals := max(lifters, rivals, key=len)) > settings.most_lifters:
        return Choice(None, "auto", undecided(equals), candidates, equals)
    beside = _beside(tracks[lifters[0] - 1], [tracks[one.number - 1] for one in candidates if one.lasts])
    choice = Choice(lifters[0], "auto", why_of(candidates, lifters[0]), candidates, lifters, settings.sure, beside)
    if choice.unsure(settings.least_sure):
        return replace(choice, number=None, why=unclear(candidates[lifters[0] - 1]))
    as_sure = tuple(one for one in _rivals(candidates, settings.as_sure) if one == lifters[0] or one not in lifters)
    if len(as_sure) > 1 and beside:
        return replace(choice, number=None, why=undecided(as_sure))
    if choice.unsure(settings.sure) and len(rivals) > 1:
        return replace(choice, number=None, why=undecided(rivals))
    return choice


def _beside(track: PersonTrack, tracks: Sequence[PersonTrack]) -> bool:
    """Whether anybody else is seen while somebody is: after a cut he is another track, not another man."""
    first_s, last_s = track.times_s[[0, -1]]
    others = (one for one in tracks if one is not track)
    return any(((one.times_s >= first_s) & (one.times_s <= last_s)).any() for one in others)


def weigh(
    tracks: tuple[PersonTrack, ...], width_px: int, duration_s: float, *, settings: LifterSelection = SELECTION
) -> tuple[Candidate, ...]:
    """Measure everyone's marks, and tell people from reflections and pictures of people."""
    tallest = max((track.height_px for track in tracks if _lasts(track, duration_s)), default=1.0)
    looks_s = np.unique(np.concatenate([track.times_s for track in tracks])) if tracks else np.zeros(0)
    measured = partial(
        lifting_cues,
        width_px=width_px,
        duration_s=duration_s,
        tallest_px=tallest,
        looks_s=looks_s,
        settings=settings.cues,
    )
    said = (
        "person" if (track.between or 0.0) >= settings.cues.least_between else kind
        for track, kind in zip(tracks, kinds(tracks, settings=settings), strict=True)
    )
    return tuple(
        Candidate(number, kind, measured(track), _lasts(track, duration_s), no_person=settings.no_person)
        for number, (track, kind) in enumerate(zip(tracks, said, strict=True), 1)
    )


def _lasts(track: PersonTrack, duration_s: float) -> bool:
    """Whether he is seen often enough to be more than a ghost, in a video that may be a second long."""
    return len(track.people) >= min(FLEETING, 1 + duration_s)


def _by_plates(
    candidates: tuple[Candidate, ...], tracks: tuple[PersonTrack, ...], settings: LifterSelection
) -> tuple[Candidate, ...]:
    """Hold a bar against all who do not stand between its plates, but for those who squat in their own time.

    Where one plate is seen alone, it is held against all who cannot have it.
    """
    under = np.array([track.between or 0.0 for track in tracks])
    may_have = [one for one, track in zip(candidates, tracks, strict=True) if track.may_have]
    if may_have:
        under = np.array([float(track.may_have is not False) for track in tracks])
        lifter = tracks[max(may_have, key=lambda one: one.score).number - 1]
    elif max(under, default=0.0) < settings.cues.least_between:
        return candidates
    else:
        lifter = tracks[int(np.argmax(under))]
    return tuple(
        one
        if _in_own_time(one, (track, lifter), settings)
        else replace(one, bar=settings.beside_bar + (1.0 - settings.beside_bar) * float(share))
        for one, track, share in zip(candidates, tracks, under / under.max(), strict=True)
    )


def _lifters(
    candidates: tuple[Candidate, ...],
    tracks: tuple[PersonTrack, ...],
    apart_m: FloatArray,
    settings: LifterSelection,
) -> tuple[int, ...]:
    """Numbers of all who lift, the surest first: he, and whoever may lift beside all that were found before."""
    ranked = sorted((one for one in candidates if one.score > 0.0), key=lambda one: -one.score)
    found = [one.number - 1 for one in ranked[:1]]
    for one in ranked[1:]:
        mine = one.number - 1
        beside = all(
            _may_lift_too(one, (tracks[mine], tracks[other]), apart_m[mine, other], settings) for other in found
        )
        near = apart_m[mine, found].min() <= settings.far_m
        if beside and near and one.score > settings.also_lifts * ranked[0].score:
            found.append(mine)
    return tuple(mine + 1 for mine in found)


def _may_lift_too(
    one: Candidate, tracks: tuple[PersonTrack, PersonTrack], away_m: float, settings: LifterSelection
) -> bool:
    """Whether somebody squats with hands up, and beside a lifter has room for a bar of his own, or his own time."""
    track, lifter = tracks
    hands = one.lifting_cues.hands
    if track is lifter or one.lifting_cues.travel < settings.least_travel:
        return False
    room = away_m >= settings.room_m and hands >= settings.also_hands
    return room or _in_own_time(one, tracks, settings)


def _in_own_time(one: Candidate, tracks: tuple[PersonTrack, PersonTrack], settings: LifterSelection) -> bool:
    """Whether somebody squats with hands up, though not when a lifter does."""
    track, lifter = tracks
    if track is lifter or one.lifting_cues.travel < settings.least_travel:
        return False
    held = one.lifting_cues.hands >= settings.also_hands / 2
    return held and hips_together(track, lifter, settings=settings) < settings.own_time


def _apart_m(tracks: tuple[PersonTrack, ...], size_px: tuple[int, int]) -> FloatArray:
    """How far everyone stands from everyone (n, n), to the side and in depth, if all are as tall as people are."""
    focal_px = FOCAL_OVER_LONG_SIDE * max(size_px)
    middles = np.array([float(np.median(track.boxes_px[:, [0, 2]].mean(axis=1))) for track in tracks])
    across = np.column_stack([middles - size_px[0] / 2, np.full(len(tracks), focal_px)])
    places_m = across * USUAL_HEIGHT_M / np.array([max(track.height_px, 1.0) for track in tracks]).reshape(-1, 1)
    return np.asarray(np.linalg.norm(places_m[:, None] - places_m, axis=2))


def _rivals(candidates: tuple[Candidate, ...], share: float) -> tuple[int, ...]:
    """Numbers of all whose score is nearly the best."""
    best = max(one.score for one in candidates)
    return tuple(one.number for one in candidates if one.score > share * best)


def _number(tracks: tuple[PersonTrack, ...], chosen: PersonTrack) -> int:
    return next(number for number, track in enumerate(tracks, 1) if track is chosen)


def checked_number(number: int, people: int) -> int:
    """Give the number of one of so many people.

    Raises
    ------
    OptionError
        When nobody has it.
    """
    if number <= people:
        return number
    raise OptionError(
        f"There is no person number {number}: {people} were found. Expected a number that the overlay shows. "
        "Judge the video once, look at its overlay.mp4, and choose from there."
    )


def _centremost(tracks: tuple[PersonTrack, ...], width_px: int) -> PersonTrack:
    """Find the report's lifter: the centremost box in the first picture that shows anybody."""
    first_s = min(float(track.times_s[0]) for track in tracks)
    there = [track for track in tracks if track.times_s[0] <= first_s]
    x_px = [(track.first_box_px[0] + track.first_box_px[2]) / 2 for track in there]
    return there[int(np.argmin(np.abs(np.array(x_px) - width_px / 2)))]
