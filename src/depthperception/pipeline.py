"""The whole way from a video to a ruling, on one page."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial, reduce
from os import PathLike
from pathlib import Path
from typing import Unpack

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.detection import find_movements, squats_of
from depthperception.attempts.ends import look_at_ends
from depthperception.attempts.hurried import with_hurried
from depthperception.attempts.refinement import LifterIsolation
from depthperception.barbell import (
    Footage,
    measure_plate_scale,
    sought_in,
    watch_bar,
)
from depthperception.bottoms import BottomLooks, SeenBottom
from depthperception.capture.camera import camera_of_film, with_distance
from depthperception.capture.footage import damage_note, standing_note, turn_note
from depthperception.capture.lifter_camera import lifter_camera_of
from depthperception.capture.pace import pace_note, still_note
from depthperception.capture.rulers import ruler_notes
from depthperception.capture.scale import measure_scale
from depthperception.case import Case, begun, find_people, lifter_of, put_on_feet
from depthperception.concurrency import pool
from depthperception.depth import calibrated
from depthperception.depth.distance import measure_distance
from depthperception.depth.legs import sightings_of
from depthperception.examination import Examination
from depthperception.film import Found, found_in, of_lifter, squats_on_feet, together
from depthperception.journal import found_by_piece
from depthperception.judging import Scene, judge_lowest
from depthperception.models import shrink_arena
from depthperception.no_squat import nothing_to_judge, sits_note
from depthperception.options import Asked, Options, options_of
from depthperception.people import Choice
from depthperception.planar.judging import judge_in_picture
from depthperception.pose.recovery import Recovery, recover
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.pose.tracking import follow
from depthperception.results import AttemptJudgement, Camera, Judgement, Status
from depthperception.ruling.referee import Seat, referee
from depthperception.types import FloatArray, Progress, Step, silent


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
    path: str | PathLike[str],
    options: Options | None = None,
    *,
    on_progress: Progress = silent,
    journal: Path | None = None,
    **asked: Unpack[Asked],
) -> Examination:
    """Judge a video and keep the lifter's landmarks; parameters and errors as in `judge`.

    Pieces of a film of over a quarter of an hour are kept in the folder `journal`, where one is named: after an
    interruption the same call goes on there. It is the caller's to take away.
    """
    chosen = options_of(options, asked)
    found = found_by_piece(path, chosen, on_progress, _on_feet, journal)
    return together(found, asked_part=chosen.part_s is not None)


def examine_all(
    path: str | PathLike[str], options: Options | None = None, *, on_progress: Progress = silent, **asked: Unpack[Asked]
) -> tuple[Examination, ...]:
    """Judge everyone who lifts and keep their landmarks; one examination even where nobody does."""
    case = find_people(path, options_of(options, asked).for_everyone(), on_progress)
    on_feet = put_on_feet(case, on_progress)
    found = _examine_each(on_feet, on_progress) if on_feet else ()
    return found if any(squats_on_feet(one) for one in found) else _examine_each(case, on_progress)


def _examine_each(case: Case, on_progress: Progress) -> tuple[Examination, ...]:
    """Judge everyone who lifts in any shot; one examination where nobody does."""
    choices = [(shot, shot.choose()) for shot in map(Case.under_bar, case.shots())]
    found = [_examine(shot.lending(), one, on_progress) for shot, choice in choices for one in choice.each_lifter()]
    each = tuple(of_lifter(one, number) for number, one in enumerate(found, 1))
    return each or (_examine(*choices[0], on_progress),)


def examine_case(case: Case, on_progress: Progress) -> Examination:
    """Judge every shot as a video of its own, with a lifter, a camera and a scale of its own, and put them together."""
    return together(_each_shot(case, 0, on_progress))


def _on_feet(case: Case, piece: int, on_progress: Progress) -> list[Found]:
    """Judge every shot of a piece of a film, turned where its picture lies and somebody squats in it then."""
    on_feet = put_on_feet(case, on_progress)
    found = _each_shot(on_feet, piece, on_progress) if on_feet else []
    if any(squats_on_feet(one.examination) for one in found):
        return found
    return _each_shot(case, piece, on_progress)


def _each_shot(case: Case, piece: int, on_progress: Progress) -> list[Found]:
    shots = map(Case.under_bar, case.shots())
    return [found_in(shot, _examine(shot, shot.choose(), on_progress), piece) for shot in shots]


def _examine(case: Case, choice: Choice, on_progress: Progress) -> Examination:
    """Judge the one who was chosen."""
    info, seen, people = case.info, case.seen, case.people
    turn = turn_note(info, case.options.rotate_deg, case.lies_by_deg)
    film = damage_note(info, seen), turn, case.rate_note
    notes = (*choice.notes, *filter(None, film))
    found = begun(case, notes)
    if choice.number is None:
        status: Status = "no_lifter" if choice.lifters or choice.passing else "no_person"
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
    known = recover(case.cache.stills, person, case.followed or follows(), others)
    recovery = with_hurried(known, case.source, others, info.height, settings=case.settings.attempts)
    track, person = recovery.track, recovery.person
    people = (*people[: choice.number - 1], person, *people[choice.number :])
    examined = partial(Examination, frame_times_s=seen.frame_times_s, people=people, chosen=choice.number - 1)
    isolation = LifterIsolation(person, others, case.settings.attempts)
    movements = find_movements(track, case.size_px, duration_s=case.span_s[1], settings=case.settings.attempts)
    attempts = squats_of(movements)
    if none := nothing_to_judge(case, choice, movements, recovery):
        return examined(replace(found, status=none[0], reason=none[1]), track)

    standing, edges_px = _look_at_standing(case, attempts, isolation, track)
    looks = BottomLooks(case.source, recovery, standing, isolation)
    bottoms = _refine(looks, attempts, on_progress)
    recovery = replace(recovery, track=reduce(PoseTrack.with_finer, [one.bottom.scan for one in bottoms], track))
    lowest, said = [one.bottom.samples for one in bottoms], [one.prediction for one in bottoms]
    camera = camera_of_film(standing, lowest, said, case.size_px, edges_px)
    scene = _measure_scene(case, attempts, camera, isolation, recovery, standing, on_progress)
    each = zip(attempts, bottoms, scene.bar.plates, strict=True)
    judged = [judge_lowest(case, scene, looks, attempt, bottom, plates) for attempt, bottom, plates in each]
    ruled = _referee(case, scene, attempts, judged)
    notes = (*found.notes, *filter(None, (sits_note(movements), *_notes(case, scene, track, attempts))))
    found = replace(found, camera=_camera_said(case, scene, bottoms), scale=scene.scale, attempts=ruled, notes=notes)
    return examined(found, recovery.track, plates=scene.bar.plates, close=scene.close)


def _look_at_standing(
    case: Case, attempts: Sequence[Attempt], isolation: LifterIsolation, track: PoseTrack
) -> tuple[PoseSamples, FloatArray]:
    """Look at him standing, and for edges of the room (n, 4) about then; let go of pictures nobody needs any more."""
    stood = min(attempts, key=lambda one: not one.stood_before)
    edges_px = case.edges_at(stood.start_s if stood.stood_before else stood.end_s)
    case.cache.let_go(but=sought_in(attempts, settings=case.settings.plates))
    return isolation.refine_standing(case.source, track, stood), edges_px


def _camera_said(case: Case, scene: Scene, bottoms: Sequence[SeenBottom]) -> Camera:
    """Say how far the camera is by the legs; the depth is measured with the head's word, as it was learnt."""
    sightings = [sightings_of(one.surfaces(), settings=case.settings.legs) for one in bottoms]
    seen_from = lifter_camera_of(scene.standing, scene.camera, scene.scale, case.size_px)
    return with_distance(scene.camera, *measure_distance(sightings, seen_from, scene.scale))


def _referee(
    case: Case, scene: Scene, attempts: Sequence[Attempt], judged: Sequence[AttemptJudgement]
) -> tuple[AttemptJudgement, ...]:
    """Hold the attempts against the rule book."""
    track, others = scene.recovery.track, scene.isolation.others
    seat = Seat(track, others, scene.camera, scene.scale, case.size_px, case.info.path, case.seen.frame_at, scene.close)
    return referee(judged, attempts, seat, case.book, case.options.sure, limits=case.settings.referee)


def _notes(case: Case, scene: Scene, coarse: PoseTrack, attempts: Sequence[Attempt]) -> list[str | None]:
    """Say what somebody should know of film and rulers beside the result."""
    bent = standing_note(scene.standing.track()) if case.is_shot else None
    frozen = still_note(case.seen.editing.stills_s, [one.span_s for one in attempts])
    pace = None
    if case.options.speed == 1.0 and not (case.rate_note and case.info.capture_rate_hz):
        # The coarse track alone tells: from one network to the other hips move by centimetres within a frame.
        seen_down = [one for one in attempts if not scene.recovery.hidden_at(one.bottom_s)]
        pace = pace_note([coarse.between(one.start_s, one.end_s) for one in seen_down], scene.scale.cm_per_px)
    return [bent, scene.plate_scale.note, *ruler_notes(scene.scale), pace, frozen]


def _refine(looks: BottomLooks, attempts: Sequence[Attempt], on_progress: Progress) -> list[SeenBottom]:
    """Look at every bottom."""
    shrink_arena()
    seen = []
    for number, attempt in enumerate(attempts):
        on_progress(Step.REFINE, number / len(attempts))
        seen.append(looks.look(attempt))
    on_progress(Step.REFINE, 1.0)
    shrink_arena()
    return seen


def _measure_scene(
    case: Case,
    attempts: Sequence[Attempt],
    camera: Camera,
    isolation: LifterIsolation,
    recovery: Recovery,
    standing: PoseSamples,
    on_progress: Progress,
) -> Scene:
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
    shrink_arena()
    plate_scale = measure_plate_scale(bar)
    scale = measure_scale(*known, plate_scale.estimate, picture_px=case.size_px)
    close = look_at_ends(case.source, recovery.track, attempts, isolation)
    return Scene(isolation, recovery, standing, camera, scale, bar, plate_scale, close)
