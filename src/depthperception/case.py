"""One video, what is asked of it, and everyone in it: what the judging of each lifter starts from."""

from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np

from depthperception.barbell import under_bar
from depthperception.capture.footage import is_complete, missing_s
from depthperception.capture.pace import rate_note
from depthperception.capture.uprights import edges_in
from depthperception.errors import path_of
from depthperception.memory import give_back
from depthperception.options import Options
from depthperception.people import (
    Choice,
    Detections,
    PersonTrack,
    Pick,
    Rule,
    choose,
    count_people,
    detect_people,
    link,
    lowest_at,
    turn_times,
)
from depthperception.people.upright import helpful_turn, stand
from depthperception.pose.track import PoseTrack
from depthperception.pose.tracking import SIDE_PX
from depthperception.provenance import provenance
from depthperception.results import Judgement, Lifter, Other
from depthperception.rules import RuleBook, rule_book
from depthperception.settings import Settings
from depthperception.types import FloatArray, Progress
from depthperception.video import FrameCache, Shot, Source, Turned, VideoInfo, frames_before, probe, turned
from depthperception.video_facts import Part, Span, VideoFacts

ABOUT_S, EACH = 2.0, 2
"""About the lowest moment of him who seems to lift a bar's plates are looked for, in every second picture of the coarse
pass: 17 of them, from standing to standing. In every fourth a bar is found in 40 of 49 rendered meets and one of six
films with several people, so in 43 and four."""

COARSE_STEP_S = 0.125
"""Time between frames of the coarse pass: a descent takes a second, and eight poses tell it from a step."""


@dataclass(frozen=True)
class Case:
    """A video, what is asked of it, and everyone in it.

    `followed` is the coarse pass's track of the lifter, where it was made while the pictures came. `lies_by_deg` is the
    turn after which people stand. `span_s` are its first and last frame, or those of the one of
    its shots that this case is of; `cache` has the pictures between them, everything else is the whole video's.
    `part_s` is the part of the film that was looked at, None where that is all of it. Where a long film is looked at in
    pieces `people_before` counts those of the pieces before it, and `next_s` is where the next one begins, infinity
    after the last; None where it is not.
    """

    options: Options
    info: VideoInfo
    cache: FrameCache
    seen: Detections
    people: tuple[PersonTrack, ...]
    span_s: Span
    lies_by_deg: int = 0
    followed: PoseTrack | None = None
    part_s: Span | None = None
    people_before: int | None = None
    next_s: float | None = None

    @property
    def settings(self) -> Settings:
        """The detectors' numbers."""
        return self.options.settings

    @property
    def book(self) -> RuleBook:
        """The rule book that was asked for."""
        return rule_book(self.options.rules)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.info.width, self.info.height

    @property
    def rate_note(self) -> str | None:
        """What its frame rate costs, or says of its speed."""
        seen = self.seen
        return rate_note(self.info, seen.frame_times_s, self.repeated) if self.options.speed == 1.0 else None

    @property
    def repeated(self) -> float:
        """Part of the frames that only repeat the picture before."""
        return self.seen.repeated_at(self.span_s[0])

    @property
    def source(self) -> Source:
        """What frames are read from."""
        return self.cache.source

    @property
    def is_shot(self) -> bool:
        """Whether it is one of several shots, or turns."""
        return len(self.seen.shots_s) > 1

    def edges_at(self, time_s: float) -> FloatArray:
        """Find straight edges (n, 4) in the picture of about a time, px."""
        stills = self.cache.stills(time_s - COARSE_STEP_S, time_s + COARSE_STEP_S)
        return next((edges_in(still.rgb, self.info.width) for still in stills), np.zeros((0, 4)))

    def shots(self) -> tuple["Case", ...]:
        """Give each shot, or lifter's turn, as a case of its own; the video itself where it is not divided."""
        if not self.is_shot:
            return (self,)
        return tuple(
            replace(self, span_s=span_s, cache=self.cache.of(Shot(self.info.source, *span_s)), followed=None)
            for span_s in self.seen.shots_s
        )

    def lending(self) -> "Case":
        """Give the same for one of several uses, none of which lets go of its pictures."""
        return replace(self, cache=replace(self.cache, lent=True))

    def choose(self) -> Choice:
        """Choose the lifter; who was asked for in another shot is not in this one."""
        pick, rule, elsewhere = self.options.pick, self.options.lifter, False
        here = pick is None or self._has(pick.time_s)
        if isinstance(rule, int):
            rule -= self.people_before or 0
            in_piece = self.people_before is None or 1 <= rule <= len(self.people)
            elsewhere = not in_piece or (rule <= len(self.people) and not self._has(self._first_s(rule)))
        return self._chosen("auto" if elsewhere else rule, pick if here else None)

    def _chosen(self, rule: Rule = "auto", pick: Pick | None = None) -> Choice:
        start_s, end_s = self.span_s
        duration_s, settings = end_s - start_s, self.settings.selection
        return choose(self.people, self.size_px, duration_s, since_s=start_s, rule=rule, pick=pick, settings=settings)

    def under_bar(self) -> "Case":
        """Give the same with everyone held against the bar, where somebody else may be the lifter."""
        choice, selection = self._chosen(), self.settings.selection
        rivals = [number - 1 for number in choice.rivals(self.people, selection.may_lift)]
        if not rivals or any(one.between is not None for one in self.people):
            return self
        lowest_s = lowest_at(self.people[choice.lifters[0] - 1])
        stills = self.cache.stills(max(self.span_s[0], lowest_s - ABOUT_S), min(self.span_s[1], lowest_s + ABOUT_S))
        looked = [still for k, still in enumerate(stills) if k % EACH == 0]
        linking, may_lift = self.settings.plates.linking, [self.people[k] for k in rivals]
        held = under_bar(looked, may_lift, settings=linking, selection=selection)
        people = list(self.people)
        for k, one in zip(rivals, held, strict=True):
            people[k] = one
        return replace(self, people=tuple(people))

    def _first_s(self, number: int) -> float:
        return float(self.people[number - 1].times_s[0])

    def _has(self, time_s: float) -> bool:
        """Whether a moment is this shot's: that of the last frame before it."""
        shots_s = self.seen.shots_s
        if self.people_before is not None and not shots_s[0][0] <= time_s <= shots_s[-1][1]:
            return False
        return max((span_s for span_s in shots_s if span_s[0] <= time_s), default=shots_s[0]) == self.span_s


def find_people(
    path: str | PathLike[str], options: Options, on_progress: Progress, *, part_s: Span | None = None
) -> Case:
    """Find everyone in the video, or a part of it, and whether its picture lies.

    Raises
    ------
    VideoError
        When the file cannot be read.
    OptionError
        When the part has no frame.
    """
    part_s = part_s or options.part_s
    case = _find_people_in(turned(path_of(path), options.rotate_deg or 0), options, on_progress, part_s)
    asked = options.rotate_deg or options.names_somebody
    if asked or stand(case.seen):
        return case
    return replace(case, lies_by_deg=helpful_turn(case.cache.stills(), case.cache.count(case.seen.frame_times_s)))


def _find_people_in(film: Path | Turned, options: Options, on_progress: Progress, part_s: Span | None) -> Case:
    info, before = probe(film), 0
    source: Source = film
    if part_s is not None:
        before = frames_before(film, part_s[0])
        if info.duration_s is not None:
            info = replace(info, duration_s=min(info.duration_s, part_s[1]))
        source = Shot(film, *part_s)
    cache = FrameCache(source, every_s=COARSE_STEP_S, max_side_px=SIDE_PX)
    tracking = options.settings.tracking
    seen = detect_people(source, info, cache=cache, settings=tracking, on_progress=on_progress)
    give_back()
    return case_of(options, info, cache, replace(seen, first_frame=before), part_s)


def case_of(options: Options, info: VideoInfo, cache: FrameCache, seen: Detections, part_s: Span | None = None) -> Case:
    """Join what was seen in a video to its people, in each shot and each lifter's turn by itself."""
    linked = partial(link, settings=options.settings.tracking)
    people = [linked(seen.sighted(*span_s)) for span_s in seen.shots_s]
    # Whoever is asked for: the numbers in the overlay must stay what they were.
    turns = partial(turn_times, size_px=(info.width, info.height), settings=options.settings.selection)
    turns_s = tuple(_first_from(seen.frame_times_s, time_s) for shot in people for time_s in turns(shot))
    if turns_s:
        seen = replace(seen, turns_s=turns_s)
        people = [linked(seen.sighted(*span_s)) for span_s in seen.shots_s]
    everyone = tuple(one for shot in people for one in shot)
    span_s = float(seen.frame_times_s[0]), seen.duration_s
    return Case(options, info, cache, seen, everyone, span_s, part_s=part_s)


def _first_from(frame_times_s: FloatArray, time_s: float) -> float:
    """Time of the first frame that is not before a time."""
    return float(frame_times_s[np.searchsorted(frame_times_s, time_s)])


def put_on_feet(case: Case, on_progress: Progress) -> Case | None:
    """Turn a picture that lies; None where it stands, or was asked for as it is."""
    if not case.lies_by_deg or case.options.rotate_deg is not None:
        return None
    return _find_people_in(Turned(case.info.path, case.lies_by_deg), case.options, on_progress, case.part_s)


def lifter_of(case: Case, choice: Choice, person: PersonTrack) -> Lifter:
    """Say who was chosen, and who else is there."""
    others = tuple(
        Other(one.number, case.people[one.number - 1].first_box_px, one.kind, one.score)
        for one in choice.candidates
        if one.lasts and one.number != choice.number
    )
    found = count_people(case.seen.sighted(*case.span_s), settings=case.settings.tracking)
    in_frame = max(1, found - sum(one.kind != "person" for one in others))
    return Lifter(person.first_box_px, in_frame, choice.number or 1, choice.chosen_by, choice.why, others)


def facts_of(case: Case) -> VideoFacts:
    """Say what video it is."""
    info, seen = case.info, case.seen
    return VideoFacts(
        path=str(info.path),
        sha256=info.sha256,
        width=info.width,
        height=info.height,
        rotation_deg=info.rotation_deg,
        duration_s=seen.duration_s,
        frames=len(seen.frame_times_s),
        complete=is_complete(info, seen),
        gaps_s=missing_s(seen),
        turned_deg=info.turned_deg,
        part=None if case.part_s is None else Part(float(seen.frame_times_s[0]), seen.duration_s, seen.first_frame),
    )


def begun(case: Case, notes: tuple[str, ...]) -> Judgement:
    """Begin a case's judgement: what film it is, by which rules, and how it is judged."""
    how = provenance(case.options.to_dict())
    return Judgement(facts_of(case), "judged", provenance=how, notes=notes, rules=case.book.applied)
