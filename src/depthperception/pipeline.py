"""The whole way from a video to a ruling, on one page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Unpack

from depthperception.appearance.features import HeadPrediction, predicting
from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import doubt_of, missed_m, step_at
from depthperception.attempts.detection import find_movements, is_cut_short, motion_of, squats_of
from depthperception.attempts.ends import look_at_ends
from depthperception.attempts.hurried import with_hurried
from depthperception.attempts.refinement import Bottom, LifterIsolation
from depthperception.barbell import (
    BarWatch,
    Footage,
    PlateScale,
    PlateTrack,
    at_true_speed,
    measure_motion,
    measure_plate_scale,
    watch_bar,
)
from depthperception.capture.camera import camera_of_film, with_distance
from depthperception.capture.footage import (
    damage_at,
    damage_note,
    feet_stay,
    smear_at,
    standing_note,
    turn_note,
)
from depthperception.capture.lifter_camera import lifter_camera_of
from depthperception.capture.pace import bottom_missed, pace_note, still_note
from depthperception.capture.rulers import ruler_notes
from depthperception.capture.scale import measure_scale
from depthperception.case import Case, begun, find_people, lifter_of, put_on_feet
from depthperception.concurrency import pool
from depthperception.depth import Evidence, calibrated, measure_all
from depthperception.depth.distance import measure_distance
from depthperception.depth.legs import BY_FITTED_LEGS, fit_legs, sighted_of, sightings_of
from depthperception.depth.reading import less_certain, lowered
from depthperception.examination import Examination
from depthperception.film import Found, found_in, of_lifter, together
from depthperception.memory import give_back
from depthperception.no_squat import seen_instead
from depthperception.options import Asked, Options, options_of
from depthperception.people import Choice
from depthperception.pieces import pieces_of
from depthperception.planar.judging import judge_in_picture
from depthperception.pose.recovery import Recovery, recover
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.pose.tracking import follow
from depthperception.results import AttemptJudgement, Camera, Judgement, Scale, Status
from depthperception.ruling.bearer import bar_of_another
from depthperception.ruling.occlusion import behind_things, find_occlusion
from depthperception.ruling.referee import Seat, referee
from depthperception.ruling.rule import between_pictures, doubt_words, obstacle, rule
from depthperception.surfaces import SeenSurfaces, begin_seeing
from depthperception.types import Progress, Step, silent
from depthperception.video import Source


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
    chosen = options_of(options, asked)
    found: list[Found] = []
    for case in pieces_of(Path(path), chosen, on_progress):
        found += _on_feet(case, found[-1].piece + 1 if found else 0, on_progress)
        del case  # with its pictures, before the next piece's come
    return together(found, asked_part=chosen.part_s is not None)


def examine_all(
    path: str | PathLike[str], options: Options | None = None, *, on_progress: Progress = silent, **asked: Unpack[Asked]
) -> tuple[Examination, ...]:
    """Judge everyone who lifts and keep their landmarks; one examination even where nobody does."""
    case = find_people(Path(path), options_of(options, asked).for_everyone(), on_progress)
    on_feet = put_on_feet(case, on_progress)
    found = _examine_each(on_feet, on_progress) if on_feet else ()
    return found if any(_squats_on_feet(one) for one in found) else _examine_each(case, on_progress)


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
    close: PoseTrack


def _squats_on_feet(found: Examination) -> bool:
    """Whether there is an attempt in which the feet stay while the hips come down, as none of somebody lying has."""
    return any(feet_stay(found.track.between(one.start_s, one.end_s)) for one in found.judgement.attempts)


def _examine_each(case: Case, on_progress: Progress) -> tuple[Examination, ...]:
    """Judge everyone who lifts in any shot; one examination where nobody does."""
    choices = [(shot, shot.choose()) for shot in case.shots()]
    found = [_examine(shot, one, on_progress) for shot, choice in choices for one in choice.each_lifter()]
    each = tuple(of_lifter(one, number) for number, one in enumerate(found, 1))
    return each or (_examine(*choices[0], on_progress),)


def examine_case(case: Case, on_progress: Progress) -> Examination:
    """Judge every shot as a video of its own, with a lifter, a camera and a scale of its own, and put them together."""
    return together(_each_shot(case, 0, on_progress))


def _on_feet(case: Case, piece: int, on_progress: Progress) -> list[Found]:
    """Judge every shot of a piece of a film, turned where its picture lies and somebody squats in it then."""
    on_feet = put_on_feet(case, on_progress)
    found = _each_shot(on_feet, piece, on_progress) if on_feet else []
    if any(_squats_on_feet(one.examination) for one in found):
        return found
    return _each_shot(case, piece, on_progress)


def _each_shot(case: Case, piece: int, on_progress: Progress) -> list[Found]:
    return [found_in(shot, _examine(shot, shot.choose(), on_progress), piece) for shot in case.shots()]


def _examine(case: Case, choice: Choice, on_progress: Progress) -> Examination:
    """Judge the one who was chosen."""
    info, seen, people = case.info, case.seen, case.people
    turn = turn_note(info, case.options.rotate_deg, case.lies_by_deg)
    film = damage_note(info, seen), turn, case.rate_note
    notes = (*choice.notes, *filter(None, film))
    found = begun(case, notes)
    if choice.number is None:
        status: Status = "no_lifter" if choice.lifters else "no_person"
        nobody = replace(found, status=status, reason=choice.why)
        return Examination(nobody, empty_track(), seen.frame_times_s, people)
    person = people[choice.number - 1]
    found = replace(found, lifter=lifter_of(case, choice, person))
    others = choice.others(people)
    if case.options.in_picture:
        judged_so, track = judge_in_picture(case, found, person, others, on_progress)
        return Examination(judged_so, track, seen.frame_times_s, people, choice.number - 1)
    pool().submit(calibrated.get_ready)  # following keeps one core busy
    follows = partial(follow, case.cache.stills(), person, case.span_s[1], others=others, on_progress=on_progress)
    known = recover(case.cache.stills, person, case.followed or follows())
    recovery = with_hurried(known, case.source, others, info.height, settings=case.settings.attempts)
    track, person = recovery.track, recovery.person
    people = (*people[: choice.number - 1], person, *people[choice.number :])
    examined = partial(Examination, frame_times_s=seen.frame_times_s, people=people, chosen=choice.number - 1)
    isolation = LifterIsolation(person, others, case.settings.attempts)
    movements = find_movements(track, case.size_px, duration_s=case.span_s[1], settings=case.settings.attempts)
    attempts = squats_of(movements)
    if not attempts:
        reason = seen_instead(case, choice, movements, track)
        return examined(replace(found, status="no_squat", reason=reason), track)

    from_standing = next((one for one in attempts if one.stood_before), attempts[0])
    standing = isolation.refine_standing(case.source, track, from_standing)
    bottoms, predictions, surfaces = _refine(case.source, recovery, attempts, standing, isolation, on_progress)
    coarse = track
    for bottom in bottoms:
        track = track.with_finer(bottom.scan)
    recovery = replace(recovery, track=track)
    camera = camera_of_film(standing, [bottom.samples for bottom in bottoms], predictions, case.size_px)
    scene = _measure_scene(case, attempts, camera, isolation, recovery, standing, on_progress)
    each = zip(attempts, bottoms, predictions, surfaces, scene.bar.plates, strict=True)
    judged = [_judge_attempt(case, scene, one, bottom, said, seen(), bar) for one, bottom, said, seen, bar in each]
    ruled = _referee(case, scene, attempts, judged)
    notes = (*found.notes, *filter(None, _notes(case, scene, coarse, attempts)))
    found = replace(found, camera=_camera_said(case, scene, surfaces), scale=scene.scale, attempts=ruled, notes=notes)
    return examined(found, track, plates=scene.bar.plates, close=scene.close)


def _camera_said(case: Case, scene: _Scene, surfaces: Sequence[Callable[[], SeenSurfaces]]) -> Camera:
    """Say how far the camera is by the legs; the depth is measured with the head's word, as it was learnt."""
    sightings = [sightings_of(seen(), settings=case.settings.legs) for seen in surfaces]
    seen_from = lifter_camera_of(scene.standing, scene.camera, scene.scale, case.size_px)
    return with_distance(scene.camera, *measure_distance(sightings, seen_from, scene.scale))


def _referee(
    case: Case, scene: _Scene, attempts: Sequence[Attempt], judged: Sequence[AttemptJudgement]
) -> tuple[AttemptJudgement, ...]:
    """Hold the attempts against the rule book."""
    track, others = scene.recovery.track, scene.isolation.others
    seat = Seat(track, others, scene.camera, scene.scale, case.size_px, case.info.path, case.seen.frame_at, scene.close)
    return referee(judged, attempts, seat, case.book, case.options.sure, limits=case.settings.referee)


def _notes(case: Case, scene: _Scene, coarse: PoseTrack, attempts: Sequence[Attempt]) -> list[str | None]:
    """Say what somebody should know of film and rulers beside the result."""
    bent = standing_note(scene.standing.track()) if case.is_shot else None
    frozen = still_note(case.seen.editing.stills_s, [(one.start_s, one.end_s) for one in attempts])
    pace = None
    if case.options.speed == 1.0 and not (case.rate_note and case.info.capture_rate_hz):
        # The coarse track alone tells: from one network to the other hips move by centimetres within a frame.
        seen_down = [one for one in attempts if not scene.recovery.hidden_at(one.bottom_s)]
        pace = pace_note([coarse.between(one.start_s, one.end_s) for one in seen_down], scene.scale.cm_per_px)
    return [bent, scene.plate_scale.note, *ruler_notes(scene.scale), pace, frozen]


def _refine(
    source: Source,
    recovery: Recovery,
    attempts: Sequence[Attempt],
    standing: PoseSamples,
    isolation: LifterIsolation,
    on_progress: Progress,
) -> tuple[list[Bottom], list[HeadPrediction], list[Callable[[], SeenSurfaces]]]:
    """Look at every bottom, and let the networks see it; of the pictures only what they showed is kept.

    Nothing needs the surfaces before the bar was watched: they are looked at while that keeps one core busy.
    """
    give_back()
    predict = predicting(standing)
    bottoms, predictions, surfaces = [], [], []
    for number, attempt in enumerate(attempts):
        on_progress(Step.REFINE, number / len(attempts))
        bottom = isolation.refine_bottom(source, recovery.track, attempt)
        if recovery.hidden_at(attempt.bottom_s):
            # Close looks are not held to his feet, as those are that found him again.
            bottom = replace(bottom, time_s=attempt.bottom_s)
        predictions.append(predict(bottom.samples))
        surfaces.append(begin_seeing(bottom.samples))
        bottoms.append(bottom.without_pictures())
    on_progress(Step.REFINE, 1.0)
    give_back()
    return bottoms, predictions, surfaces


def _measure_scene(
    case: Case,
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
    close = look_at_ends(case.source, recovery.track, attempts, isolation)
    return _Scene(isolation, recovery, standing, camera, scale, bar, plate_scale, close)


def _judge_attempt(
    case: Case,
    scene: _Scene,
    attempt: Attempt,
    bottom: Bottom,
    prediction: HeadPrediction,
    surfaces: SeenSurfaces,
    plates: tuple[PlateTrack, ...],
) -> AttemptJudgement:
    """Let every method measure one attempt, and rule by the one that was asked for."""
    track = scene.recovery.track
    cut_short = is_cut_short(attempt, case.span_s[1], settings=case.settings.attempts)
    lifter_camera = lifter_camera_of(scene.standing, scene.camera, scene.scale, case.size_px)
    fitting = case.settings.legs
    legs = fit_legs(sightings_of(surfaces, settings=fitting), lifter_camera, scene.scale, settings=fitting)
    people = scene.isolation.lifter, scene.isolation.others
    cover = find_occlusion(bottom.time_s, legs.deciding_px, scene.camera, plates, *people)
    evidence = Evidence(
        bottom=bottom.samples,
        standing=scene.standing,
        camera=scene.camera,
        scale=scene.scale,
        prediction=prediction,
        legs=legs,
        motion=motion_of(track, attempt, settings=case.settings.attempts),
        cut_short=cut_short,
        picture_px=case.size_px,
        cover=cover,
        hidden=scene.recovery.hidden_at(bottom.time_s),
    )
    seen = legs.proof(surfaces)
    step_s = step_at(case.seen.frame_times_s, bottom.time_s)
    missed_cm = 100.0 * missed_m(track, attempt, bottom.time_s, step_s, settings=case.settings.attempts)
    smear = smear_at(bottom.time_s, case.seen)
    smeared_cm = case.settings.attempts.refinement.smeared_cm_s * smear.missing_s if smear else 0.0
    readings = {
        name: behind_things(less_certain(lowered(one, missed_cm), smeared_cm), cover, seen, scene.camera)
        for name, one in measure_all(evidence).items()
    }
    beside = bottom.scan.between(bottom.time_s - 1.5 * step_s, bottom.time_s + 1.5 * step_s)
    hindrance = bar_of_another(scene.isolation.lifter, track, plates, (attempt.start_s, attempt.end_s))
    hindrance = hindrance or _hindrance(case, scene, attempt, evidence, bottom.time_s, beside)
    limit = between_pictures(step_s, missed_cm), smear.says if smear else None
    ruling = rule(readings[case.options.method], hindrance, case.options.sure, " ".join(filter(None, limit)))
    shown = legs.at_depth(ruling.depth) if case.options.method in BY_FITTED_LEGS else legs
    px_per_m = scene.plate_scale.px_per_m_in(scene.scale, scene.bar)
    bar = measure_motion(plates, scene.bar.full_lifter_camera, px_per_m, attempt)
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
        bar=at_true_speed(bar, case.options.speed),
        seen=shown.proof(surfaces),
        sighted=sighted_of(surfaces, lifter_camera),
        cover=cover,
        cut_short=cut_short,
    )


def _hindrance(
    case: Case, scene: _Scene, attempt: Attempt, evidence: Evidence, bottom_s: float, beside: PoseTrack
) -> str | None:
    """Say why the video does not show this attempt's depth: by its frames, by its course, by its picture."""
    track = scene.recovery.track
    smear = smear_at(bottom_s, case.seen)
    lost = damage_at(bottom_s, case.seen.unseen_s) or (smear.hinders if smear else None)
    lost = lost or bottom_missed(beside, scene.scale.cm_per_px)
    doubt = doubt_of(track, attempt, bottom_s, settings=case.settings.attempts)
    if lost or not doubt:
        return lost or obstacle(evidence, *case.size_px)
    return doubt_words(doubt, one_of_several=case.is_shot)
