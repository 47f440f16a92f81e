"""The whole way from a video to a ruling, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Unpack

from depthperception.appearance.features import HeadPrediction, predict
from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import doubt_of
from depthperception.attempts.detection import find_movements, is_cut_short, motion_of, squats_of
from depthperception.attempts.refinement import Bottom, LifterIsolation
from depthperception.barbell import (
    BarWatch,
    Footage,
    PlateScale,
    PlateTrack,
    lifter_camera_of,
    measure_motion,
    measure_plate_scale,
    watch_bar,
)
from depthperception.capture.camera import camera_of_film
from depthperception.capture.footage import damage_at, damage_note, feet_stay, is_complete, turn_note
from depthperception.capture.rulers import ruler_notes
from depthperception.capture.scale import measure_scale
from depthperception.concurrency import pool
from depthperception.depth import Evidence, calibrated, measure_all
from depthperception.options import Asked, Options, options_of
from depthperception.people import Choice, Detections, PersonTrack, choose, count_people, detect_people, link
from depthperception.people.upright import helpful_turn, stand
from depthperception.pose.recovery import Recovery, recover
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.pose.tracking import SIDE_PX, follow
from depthperception.provenance import provenance
from depthperception.results import AttemptJudgement, Camera, Judgement, Lifter, Other, Scale, Status, VideoFacts
from depthperception.ruling.occlusion import behind_things, find_occlusion
from depthperception.ruling.rule import DOUBTS, no_squat_reason, obstacle, rule
from depthperception.settings import Settings
from depthperception.surfaces import SeenSurfaces, see_surfaces
from depthperception.types import FloatArray, Progress, Step, silent
from depthperception.video import FrameCache, Source, VideoInfo, probe, turned

COARSE_STEP_S = 0.125
"""Time between frames of the coarse pass: a descent takes a second, and eight poses tell it from a step."""


@dataclass(frozen=True)
class Examination:
    """A judgement and what it rests on, for drawing and for export.

    Attributes
    ----------
    judgement
        What is said about the video.
    track
        The lifter's landmarks; empty when there is nobody.
    frame_times_s : (frames,)
        Presentation time of every frame of the video.
    people
        Everyone who was found; the overlay numbers them from 1 in this order.
    chosen
        Which of them was judged; None when nobody was.
    plates
        For each attempt the plates of the bar that were followed through it: none, one or two.
    """

    judgement: Judgement
    track: PoseTrack
    frame_times_s: FloatArray
    people: tuple[PersonTrack, ...] = ()
    chosen: int | None = None
    plates: tuple[tuple[PlateTrack, ...], ...] = ()

    def __repr__(self) -> str:
        who = "nobody" if self.chosen is None else f"person {self.chosen + 1}"
        return f"<Examination of {self.judgement.summary()}; {who} of {len(self.people)}, {len(self.track)} poses>"


def judge(
    path: str | PathLike[str], options: Options | None = None, *, on_progress: Progress = silent, **asked: Unpack[Asked]
) -> Judgement:
    """Judge every squat attempt in a video.

    Parameters
    ----------
    path
        A video file.
    options
        What is asked of it; see `Options`.
    on_progress
        Called with the name of the step and how much of it is done, 0 to 1.
    asked
        Fields of `Options` as keywords: `judge("squat.mp4", height_cm=180)`. They count more than `options`.

    Raises
    ------
    VideoError
        When the file cannot be read as a video.
    OptionError
        When an option makes no sense, or nobody has the number or is where somebody was picked.
    """
    return examine(path, options, on_progress=on_progress, **asked).judgement


def judge_all(
    path: str | PathLike[str], options: Options | None = None, *, on_progress: Progress = silent, **asked: Unpack[Asked]
) -> tuple[Judgement, ...]:
    """Judge everyone who lifts, the surest lifter first; parameters and errors as in `judge`."""
    return tuple(one.judgement for one in examine_all(path, options, on_progress=on_progress, **asked))


def examine(
    path: str | PathLike[str], options: Options | None = None, *, on_progress: Progress = silent, **asked: Unpack[Asked]
) -> Examination:
    """Judge a video and keep the lifter's landmarks; parameters and errors as in `judge`."""
    case = _find_people(Path(path), options_of(options, asked), on_progress)
    on_feet = _put_on_feet(case, on_progress)
    if on_feet:
        found = _examine(on_feet, on_feet.choose(), on_progress)
        if _squats_on_feet(found):
            return found
    return _examine(case, case.choose(), on_progress)


def examine_all(
    path: str | PathLike[str], options: Options | None = None, *, on_progress: Progress = silent, **asked: Unpack[Asked]
) -> tuple[Examination, ...]:
    """Judge everyone who lifts and keep their landmarks; one examination even where nobody does."""
    case = _find_people(Path(path), options_of(options, asked).for_everyone(), on_progress)
    on_feet = _put_on_feet(case, on_progress)
    found = _examine_each(on_feet, on_progress) if on_feet else ()
    return found if any(_squats_on_feet(one) for one in found) else _examine_each(case, on_progress)


@dataclass(frozen=True)
class _Case:
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


@dataclass(frozen=True)
class _Scene:
    """What holds for every attempt of one lifter."""

    isolation: LifterIsolation
    recovery: Recovery
    standing: PoseSamples
    camera: Camera
    scale: Scale
    bar: BarWatch
    plate_scale: PlateScale


def _find_people(path: Path, options: Options, on_progress: Progress) -> _Case:
    """Find everyone in the video, and whether its picture lies."""
    case = _find_people_in(turned(path, options.rotate_deg or 0), options, on_progress)
    asked = options.rotate_deg or options.names_somebody
    return case if asked or stand(case.seen) else replace(case, lies_by_deg=helpful_turn(case.cache.stills()))


def _find_people_in(source: Source, options: Options, on_progress: Progress) -> _Case:
    info = probe(source)
    cache = FrameCache(source, every_s=COARSE_STEP_S, max_side_px=SIDE_PX)
    tracking = options.settings.tracking
    seen = detect_people(source, info, cache=cache, settings=tracking, on_progress=on_progress)
    return _Case(options, info, cache, seen, link(seen.sightings, settings=tracking))


def _put_on_feet(case: _Case, on_progress: Progress) -> _Case | None:
    """Turn a picture that lies; None where it stands, or was asked for as it is."""
    if not case.lies_by_deg or case.options.rotate_deg is not None:
        return None
    return _find_people_in(turned(case.info.path, case.lies_by_deg), case.options, on_progress)


def _squats_on_feet(found: Examination) -> bool:
    """Whether there is an attempt in which the feet stay while the hips come down, as none of somebody lying has."""
    return any(feet_stay(found.track.between(one.start_s, one.end_s)) for one in found.judgement.attempts)


def _examine_each(case: _Case, on_progress: Progress) -> tuple[Examination, ...]:
    choice = case.choose()
    return tuple(_examine(case, one, on_progress) for one in choice.each_lifter() or (choice,))


def _examine(case: _Case, choice: Choice, on_progress: Progress) -> Examination:
    """Judge the one who was chosen."""
    info, seen, people = case.info, case.seen, case.people
    said = (*choice.notes, damage_note(info, seen), turn_note(info, case.options.rotate_deg, case.lies_by_deg))
    notes = tuple(note for note in said if note)
    found = Judgement(_facts(case), "judged", provenance=provenance(case.options.to_dict()), notes=notes)
    if choice.number is None:
        status: Status = "no_lifter" if choice.lifters else "no_person"
        nobody = replace(found, status=status, reason=choice.why)
        return Examination(nobody, empty_track(), seen.frame_times_s, people)
    person = people[choice.number - 1]
    found = replace(found, lifter=_lifter(case, choice, person))
    others = choice.others(people)
    pool().submit(calibrated.get_ready)  # following keeps one core busy
    track = follow(case.cache.stills(), person, seen.duration_s, others=others, on_progress=on_progress)
    recovery = recover(case.cache.stills, person, track)
    track, person = recovery.track, recovery.person
    people = (*people[: choice.number - 1], person, *people[choice.number :])
    examined = partial(Examination, frame_times_s=seen.frame_times_s, people=people, chosen=choice.number - 1)
    isolation = LifterIsolation(person, others, case.settings.attempts)
    movements = find_movements(track, info.height, duration_s=seen.duration_s, settings=case.settings.attempts)
    attempts = squats_of(movements)
    if not attempts:
        kinds = [one.kind for one in movements]
        reason = no_squat_reason(kinds, among_others=choice.number if isolation.others else None)
        return examined(replace(found, status="no_squat", reason=reason), track)

    from_standing = next((one for one in attempts if one.stood_before), attempts[0])
    standing = isolation.refine_standing(info.source, track, from_standing)
    bottoms, predictions, surfaces = _refine(info.source, track, attempts, standing, isolation, on_progress)
    for bottom in bottoms:
        track = track.with_finer(bottom.scan)
    recovery = replace(recovery, track=track)
    camera = camera_of_film(standing, [bottom.samples for bottom in bottoms], predictions, case.size_px)
    scene = _measure_scene(case, attempts, camera, isolation, recovery, standing, on_progress)
    each = zip(attempts, bottoms, predictions, surfaces, scene.bar.plates, strict=True)
    judged = tuple(_judge_attempt(case, scene, *one) for one in each)
    notes = (*found.notes, *filter(None, [scene.plate_scale.note]), *ruler_notes(scene.scale))
    found = replace(found, camera=scene.camera, scale=scene.scale, attempts=judged, notes=notes)
    return examined(found, track, plates=scene.bar.plates)


def _refine(
    source: Source,
    track: PoseTrack,
    attempts: Sequence[Attempt],
    standing: PoseSamples,
    isolation: LifterIsolation,
    on_progress: Progress,
) -> tuple[list[Bottom], list[HeadPrediction], list[SeenSurfaces | None]]:
    """Look at every bottom, and let the networks see it; of the pictures only what they showed is kept."""
    bottoms, predictions, surfaces = [], [], []
    for number, attempt in enumerate(attempts):
        on_progress(Step.REFINE, number / len(attempts))
        bottom = isolation.refine_bottom(source, track, attempt)
        predictions.append(predict(bottom.samples, standing))
        surfaces.append(see_surfaces(bottom.samples))
        bottoms.append(bottom.without_pictures())
    on_progress(Step.REFINE, 1.0)
    return bottoms, predictions, surfaces


def _measure_scene(
    case: _Case,
    attempts: Sequence[Attempt],
    camera: Camera,
    isolation: LifterIsolation,
    recovery: Recovery,
    standing: PoseSamples,
    on_progress: Progress,
) -> _Scene:
    """Measure the scale, and follow the bar, which is a ruler too."""
    known = standing, camera, case.options.height_cm
    scale = measure_scale(*known, picture_px=case.size_px)
    bar = watch_bar(
        Footage(case.cache, case.info, recovery.track),
        attempts,
        lifter_camera_of(standing, camera, scale, case.size_px),
        plate_cm=case.options.plate_cm,
        settings=case.settings.plates,
        fitting=case.settings.camera,
        on_progress=on_progress,
    )
    plate_scale = measure_plate_scale(bar)
    scale = measure_scale(*known, plate_scale.estimate, picture_px=case.size_px)
    return _Scene(isolation, recovery, standing, camera, scale, bar, plate_scale)


def _judge_attempt(
    case: _Case,
    scene: _Scene,
    attempt: Attempt,
    bottom: Bottom,
    prediction: HeadPrediction,
    surfaces: SeenSurfaces | None,
    plates: tuple[PlateTrack, ...],
) -> AttemptJudgement:
    """Let every method measure one attempt, and rule by the one that was asked for."""
    track = scene.recovery.track
    cut_short = is_cut_short(attempt, case.seen.duration_s, settings=case.settings.attempts)
    cover = find_occlusion(bottom, prediction, scene.camera, plates, scene.isolation.lifter, scene.isolation.others)
    evidence = Evidence(
        bottom=bottom.samples,
        standing=scene.standing,
        camera=scene.camera,
        scale=scene.scale,
        prediction=prediction,
        motion=motion_of(track, attempt, settings=case.settings.attempts),
        cut_short=cut_short,
        picture_px=case.size_px,
        cover=cover,
        hidden=scene.recovery.hidden_at(bottom.time_s),
    )
    seen = surfaces.proof() if surfaces else None
    readings = {name: behind_things(one, cover, seen, scene.camera) for name, one in measure_all(evidence).items()}
    doubt = doubt_of(track, attempt, bottom.time_s, settings=case.settings.attempts)
    hindrance = damage_at(bottom.time_s, case.seen.gaps_s) or (
        DOUBTS[doubt] if doubt else obstacle(evidence, *case.size_px)
    )
    ruling = rule(readings[case.options.method], hindrance)
    px_per_m = scene.plate_scale.px_per_m_in(scene.scale, scene.bar)
    return AttemptJudgement(
        start_s=attempt.start_s,
        bottom_s=bottom.time_s,
        end_s=attempt.end_s,
        bottom_frame=case.seen.frame_at(bottom.time_s),
        stood_up=attempt.stood_up,
        verdict=ruling.verdict,
        reason=ruling.reason,
        depth=ruling.depth,
        measurements=readings,
        bar=measure_motion(plates, scene.bar.full_lifter_camera, px_per_m, attempt),
        seen=seen,
        cover=cover,
    )


def _lifter(case: _Case, choice: Choice, person: PersonTrack) -> Lifter:
    others = tuple(
        Other(one.number, case.people[one.number - 1].first_box_px, one.kind, one.score)
        for one in choice.candidates
        if one.lasts and one.number != choice.number
    )
    found = count_people(case.seen.sightings, settings=case.settings.tracking)
    in_frame = max(1, found - sum(one.kind != "person" for one in others))
    return Lifter(person.first_box_px, in_frame, choice.number or 1, choice.chosen_by, choice.why, others)


def _facts(case: _Case) -> VideoFacts:
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
