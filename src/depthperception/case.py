"""One video, what is asked of it, and everyone in it: what the judging of each lifter starts from."""

from dataclasses import dataclass, replace
from pathlib import Path

from depthperception.capture.footage import is_complete
from depthperception.capture.pace import rate_note
from depthperception.options import Options
from depthperception.people import (
    Choice,
    Detections,
    PersonTrack,
    choose,
    count_people,
    detect_people,
    link,
)
from depthperception.people.upright import helpful_turn, stand
from depthperception.pose.tracking import SIDE_PX
from depthperception.results import Lifter, Other, VideoFacts
from depthperception.settings import Settings
from depthperception.types import Progress
from depthperception.video import FrameCache, Source, VideoInfo, probe, turned

COARSE_STEP_S = 0.125
"""Time between frames of the coarse pass: a descent takes a second, and eight poses tell it from a step."""


@dataclass(frozen=True)
class Case:
    """A video, what is asked of it, and everyone in it; `lies_by_deg` is the turn after which people stand."""

    options: Options
    info: VideoInfo
    cache: FrameCache
    seen: Detections
    people: tuple[PersonTrack, ...]
    lies_by_deg: int = 0

    @property
    def settings(self) -> Settings:
        """The detectors' numbers."""
        return self.options.settings

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.info.width, self.info.height

    @property
    def rate_note(self) -> str | None:
        """What its frame rate costs, or says of its speed."""
        return rate_note(self.info, self.seen.frame_times_s) if self.options.speed == 1.0 else None

    def choose(self) -> Choice:
        """Choose the lifter."""
        return choose(
            self.people,
            self.size_px,
            self.seen.duration_s,
            rule=self.options.lifter,
            pick=self.options.pick,
            settings=self.settings.selection,
        )


def find_people(path: Path, options: Options, on_progress: Progress) -> Case:
    """Find everyone in the video, and whether its picture lies."""
    case = _find_people_in(turned(path, options.rotate_deg or 0), options, on_progress)
    asked = options.rotate_deg or options.names_somebody
    return case if asked or stand(case.seen) else replace(case, lies_by_deg=helpful_turn(case.cache.stills()))


def _find_people_in(source: Source, options: Options, on_progress: Progress) -> Case:
    info = probe(source)
    cache = FrameCache(source, every_s=COARSE_STEP_S, max_side_px=SIDE_PX)
    tracking = options.settings.tracking
    seen = detect_people(source, info, cache=cache, settings=tracking, on_progress=on_progress)
    return Case(options, info, cache, seen, link(seen.sightings, settings=tracking))


def put_on_feet(case: Case, on_progress: Progress) -> Case | None:
    """Turn a picture that lies; None where it stands, or was asked for as it is."""
    if not case.lies_by_deg or case.options.rotate_deg is not None:
        return None
    return _find_people_in(turned(case.info.path, case.lies_by_deg), case.options, on_progress)


def lifter_of(case: Case, choice: Choice, person: PersonTrack) -> Lifter:
    """Say who was chosen, and who else is there."""
    others = tuple(
        Other(one.number, case.people[one.number - 1].first_box_px, one.kind, one.score)
        for one in choice.candidates
        if one.lasts and one.number != choice.number
    )
    found = count_people(case.seen.sightings, settings=case.settings.tracking)
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
        gaps_s=seen.gaps_s,
        turned_deg=info.turned_deg,
    )
