"""Judging one attempt of a film: what every method measures at its bottom, what hinders it, and the ruling."""

from dataclasses import dataclass, replace

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import doubt_of, missed_m, step_at
from depthperception.attempts.detection import is_cut_short, motion_of
from depthperception.attempts.refinement import LifterIsolation
from depthperception.barbell import (
    BarWatch,
    PlateScale,
    PlateTrack,
    at_true_speed,
    lowest_elsewhere_s,
    measure_motion,
)
from depthperception.bottoms import BottomLooks, SeenBottom
from depthperception.capture.footage import damage_at, smear_at
from depthperception.capture.lifter_camera import lifter_camera_of
from depthperception.capture.pace import bottom_missed
from depthperception.case import Case
from depthperception.depth import Evidence, measure_all
from depthperception.depth.legs import BY_FITTED_LEGS, fit_legs, sighted_of, sightings_of
from depthperception.depth.reading import lagging, lowered
from depthperception.geometry.skeletons import SHOULDERS
from depthperception.pose.recovery import Recovery
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack
from depthperception.results import AttemptJudgement, Camera, Scale
from depthperception.ruling.bearer import bar_beside_him, bar_of_another
from depthperception.ruling.occlusion import behind_things, find_occlusion
from depthperception.ruling.rule import between_pictures, doubt_words, obstacle, rule
from depthperception.ruling.unmoved import legs_unmoved


@dataclass(frozen=True)
class Scene:
    """What holds for every attempt of one lifter."""

    isolation: LifterIsolation
    recovery: Recovery
    standing: PoseSamples
    camera: Camera
    scale: Scale
    bar: BarWatch
    plate_scale: PlateScale
    close: PoseTrack


def judge_lowest(
    case: Case, scene: Scene, looks: BottomLooks, attempt: Attempt, seen: SeenBottom, plates: tuple[PlateTrack, ...]
) -> AttemptJudgement:
    """Judge an attempt at its bottom, and where the bar is lower, or at a second low, too: the deeper one counts.

    Where the other one cannot be judged only depth stands: what was not reached at the one may be at the other. Where
    the first cannot be judged neither is, and the bottom is the bar's: who is not seen well is not seen to be lowest.
    """
    judged = _judge_attempt(case, scene, attempt, seen, plates)
    carrier = scene.recovery.track.height_cm(SHOULDERS, scene.scale.cm_per_px)
    at_s = lowest_elsewhere_s(judged.bar, judged.bottom_s, attempt.span_s, carrier)
    if (other := looks.look_again(attempt, judged, at_s)) is None:
        return judged
    again = _judge_attempt(case, scene, attempt, other, plates)
    if judged.verdict == "not_judgeable":
        return replace(again, verdict=judged.verdict, reason=judged.reason, depth=judged.depth)
    if again.verdict == "not_judgeable":
        return judged if judged.verdict == "depth" else again
    return max(judged, again, key=lambda one: one.depth.probability or 0.0)


def _judge_attempt(
    case: Case, scene: Scene, attempt: Attempt, found: SeenBottom, plates: tuple[PlateTrack, ...]
) -> AttemptJudgement:
    """Let every method measure one attempt, and rule by the one that was asked for."""
    bottom, prediction, surfaces = found.bottom, found.prediction, found.surfaces()
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
        hidden=found.elsewhere or scene.recovery.hidden_at(bottom.time_s),
    )
    seen = legs.proof(surfaces)
    step_s = step_at(case.seen.frame_times_s, bottom.time_s)
    missed_cm = missed_m(track, attempt, bottom.time_s, bottom.samples.times_s, step_s).times(100.0)
    smear = smear_at(bottom.time_s, case.seen)
    smeared_cm = case.settings.attempts.refinement.smeared_cm_s * smear.missing_s if smear else 0.0
    readings = {
        name: behind_things(lagging(lowered(one, missed_cm), smeared_cm), cover, seen, scene.camera)
        for name, one in measure_all(evidence).items()
    }
    beside = bottom.scan.between(bottom.time_s - 1.5 * step_s, bottom.time_s + 1.5 * step_s)
    hindrance = bar_of_another(scene.isolation.lifter, track, plates, attempt.span_s, case.size_px, ends=scene.bar.ends)
    hindrance = hindrance or bar_beside_him(scene.isolation.lifter, scene.bar.astray, case.size_px)
    hindrance = hindrance or _hindrance(case, scene, attempt, evidence, bottom.time_s, beside)
    hindrance = hindrance or legs_unmoved(case.cache, (attempt.start_s, bottom.time_s), evidence, seen)
    limit = between_pictures(step_s, missed_cm.most), smear.says if smear else None
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
    case: Case, scene: Scene, attempt: Attempt, evidence: Evidence, bottom_s: float, beside: PoseTrack
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
