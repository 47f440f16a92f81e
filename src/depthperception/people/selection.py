"""Which of the people lifts, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from depthperception.errors import OptionError
from depthperception.geometry.pinhole import FOCAL_OVER_LONG_SIDE
from depthperception.people.hiding import hidden_by
from depthperception.people.lifting_cues import NO_CUES, LiftingCues, lifting_cues
from depthperception.people.picking import Pick, picked
from depthperception.people.reflections import hips_together, kinds
from depthperception.people.rules import Rule
from depthperception.people.settings import SELECTION, LifterSelection
from depthperception.people.tracking import FLEETING, PersonTrack
from depthperception.results import ChosenBy, Kind
from depthperception.types import FloatArray

CLEARLY = 0.6
"""A mark is named as a reason from here on."""

CENTRE_WORDS = "This box is the centremost in the first picture that shows anybody, as the report has it."

USUAL_HEIGHT_M = 1.7
"""Of somebody whose distance is to be guessed."""


@dataclass(frozen=True)
class Candidate:
    """One of the people: the number that the overlay shows, what he is, and what speaks for him.

    The score of a reflection or a picture counts `no_person` times.
    """

    number: int
    kind: Kind
    lifting_cues: LiftingCues
    lasts: bool = True
    bar: float = 1.0
    no_person: float = SELECTION.no_person

    @property
    def score(self) -> float:
        """How surely this one lifts, 0 to 1: a ghost never, what is no person only where there is nobody else."""
        counts = 1.0 if self.kind == "person" else self.no_person
        return float(self.lasts) * self.lifting_cues.score * self.bar * counts


@dataclass(frozen=True)
class Choice:
    """Who is judged.

    Attributes
    ----------
    number
        Of the lifter, from 1; None where there is nobody, or nobody stands out.
    chosen_by
        The rule that chose.
    why
        In one sentence.
    candidates
        Everyone, in order of their numbers.
    lifters
        Numbers of all who seem to lift, the surest first.
    sure
        Score of the lifter below which the choice is said to be unsure.
    beside
        Whether anybody else is there while the lifter is: who is alone is chosen however unsure he is.
    """

    number: int | None
    chosen_by: ChosenBy
    why: str
    candidates: tuple[Candidate, ...]
    lifters: tuple[int, ...] = ()
    sure: float = SELECTION.sure
    beside: bool = True

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody should know who did not say whom to judge."""
        if self.number is None or self.chosen_by != "auto":
            return ()
        notes = []
        if self.unsure(self.sure):
            notes.append(
                f"It is not clear who lifts: person {self.number} was judged, with little that speaks for it. Choose "
                "with --lifter if the overlay shows somebody else."
            )
        also = [f"{number}" for number in self.lifters if number != self.number]
        if also:
            who = f"Person {also[0]} seems" if len(also) == 1 else f"People {', '.join(also)} seem"
            notes.append(
                f"{who} to lift as well; person {self.number} was judged. Choose with --lifter, or --all-lifters."
            )
        return tuple(notes)

    def unsure(self, score: float) -> bool:
        """Whether he who lifts most surely has a lower score, and somebody else is there."""
        there = sum(one.lasts for one in self.candidates)
        return self.beside and there > 1 and max(one.score for one in self.candidates) < score

    def others(self, tracks: Sequence[PersonTrack]) -> tuple[PersonTrack, ...]:
        """Everyone but the lifter and ghosts, of the tracks that were chosen from."""
        return tuple(tracks[one.number - 1] for one in self.candidates if one.lasts and one.number != self.number)

    def each_lifter(self) -> tuple["Choice", ...]:
        """One choice for each who seems to lift."""
        return tuple(
            replace(self, number=number, why=_why(self.candidates, number), lifters=(number,))
            for number in self.lifters
        )


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
    tracks = tuple(track if here else replace(track, holds=0.0) for track, here in zip(tracks, there, strict=True))
    shown = tuple(track for track, here in zip(tracks, there, strict=True) if here)
    present = _among_all(weigh(shown, width_px, duration_s, settings=settings), there)
    candidates = _by_plates(present, tracks, apart_m, settings)
    lifters = _lifters(candidates, tracks, apart_m, settings)
    if pick is not None:
        number = _number(tracks, picked(shown, pick, settings=settings))
        return Choice(number, "pick", "Somebody pointed here.", candidates, lifters)
    if isinstance(rule, int):
        return Choice(
            checked_number(rule, len(tracks)), "number", f"Somebody asked for number {rule}.", candidates, lifters
        )
    if not lifters:
        return Choice(None, rule, "Nobody was found in the video.", candidates)
    if rule == "centre":
        return Choice(_number(tracks, _centremost(shown, width_px)), "centre", CENTRE_WORDS, candidates, lifters)
    choice = _surest(candidates, lifters, tracks, settings)
    hidden = None if choice.number is None else _hidden(choice.number, choice, tracks, settings)
    return choice if hidden is None else replace(choice, number=None, why=_before(lifters[0], hidden))


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
        return Choice(None, "auto", _undecided(equals), candidates, equals)
    beside = _beside(tracks[lifters[0] - 1], [tracks[one.number - 1] for one in candidates if one.lasts])
    choice = Choice(lifters[0], "auto", _why(candidates, lifters[0]), candidates, lifters, settings.sure, beside)
    if choice.unsure(settings.least_sure):
        return replace(choice, number=None, why=_unclear(candidates[lifters[0] - 1]))
    if choice.unsure(settings.sure) and len(rivals) > 1:
        return replace(choice, number=None, why=_undecided(rivals))
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
    return tuple(
        Candidate(number, kind, measured(track), _lasts(track, duration_s), no_person=settings.no_person)
        for number, (track, kind) in enumerate(zip(tracks, kinds(tracks, settings=settings), strict=True), 1)
    )


def _lasts(track: PersonTrack, duration_s: float) -> bool:
    """Whether he is seen often enough to be more than a ghost, in a video that may be a second long."""
    return len(track.people) >= min(FLEETING, 1 + duration_s)


def _by_plates(
    candidates: tuple[Candidate, ...],
    tracks: tuple[PersonTrack, ...],
    apart_m: FloatArray,
    settings: LifterSelection,
) -> tuple[Candidate, ...]:
    """Hold a bar's plate against all whom it does not fit, but for those who may lift a bar of their own."""
    held = np.array([track.holds for track in tracks])
    if max(held, default=0.0) < settings.least_hold:
        return candidates
    holder = int(np.argmax(held))
    away_m = apart_m[holder]
    return tuple(
        one
        if away_m[k] <= settings.far_m and _may_lift_too(one, (tracks[k], tracks[holder]), away_m[k], settings)
        else replace(one, bar=settings.least_bar + (1.0 - settings.least_bar) * float(held[k] / held[holder]))
        for k, one in enumerate(candidates)
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
    own_time = hands >= settings.also_hands / 2 and hips_together(*tracks, settings=settings) < settings.own_time
    return room or own_time


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


def _undecided(equals: tuple[int, ...]) -> str:
    named = ", ".join(f"{number}" for number in sorted(equals))
    return (
        f"{len(equals)} people look alike as lifters (persons {named}); expected one who stands out. Choose one with "
        "--lifter, or film nearer."
    )


def _before(number: int, hidden: int) -> str:
    return (
        f"Person {number} seems to be a spotter: person {hidden} went in front and is hidden meanwhile. "
        "Film from where nobody hides the lifter, or choose with --lifter."
    )


def _unclear(surest: Candidate) -> str:
    return (
        f"Nobody is clearly seen to lift: most speaks for person {surest.number}, and that is little. "
        "Choose one with --lifter, or film from where nobody hides the lifter."
    )


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


def _why(candidates: tuple[Candidate, ...], number: int) -> str:
    """Say in a sentence what speaks for him, and who comes next."""
    chosen = candidates[number - 1]
    others = sorted((one for one in candidates if one is not chosen and one.lasts), key=lambda one: -one.score)
    if not others:
        return "There is nobody else."
    lifting_cues = chosen.lifting_cues
    said = [f"Hips fall by {100 * lifting_cues.travel:.0f} % of the height"]
    said += ["hands at the shoulders"] if lifting_cues.hands >= CLEARLY else []
    said += ["what is beside the shoulders goes with them"] if (lifting_cues.carries or 0.0) >= CLEARLY else []
    said += ["in the middle of the picture"] if lifting_cues.central >= CLEARLY else []
    said += ["the tallest"] if lifting_cues.large >= 1.0 else []
    return f"{', '.join(said)}. {_next_words(chosen, others[0])}"


def _next_words(chosen: Candidate, best: Candidate) -> str:
    """Say how far behind the next one is."""
    if best.score > chosen.score:
        return f"More speaks for person {best.number}."
    share = "More" if best.score > 0.5 * chosen.score else "Less"
    return f"{share} than half as much speaks for person {best.number}, who comes next."
