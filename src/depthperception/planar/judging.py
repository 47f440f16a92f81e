"""A lifter in a video judged by a network that a user brought, which gives landmarks in the picture alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import doubt_of, missed_m, step_at
from depthperception.attempts.detection import feet_are_out, find_movements, is_cut_short, motion_of, squats_of
from depthperception.capture.footage import damage_at, smear_at
from depthperception.capture.pace import bottom_missed
from depthperception.case import Case
from depthperception.depth import PictureEvidence
from depthperception.people import PersonTrack
from depthperception.people.yolo import load_detector
from depthperception.planar.looking import Follower, PlanarBottom, nothing_seen
from depthperception.planar.plane import Plane, plane_of
from depthperception.planar.ruling import rule_in_picture, ruling_method
from depthperception.pose.networks import PoseNetwork, check_pose, load_network
from depthperception.pose.track import PoseTrack, empty_track
from depthperception.results import AttemptJudgement, Judgement, Scale
from depthperception.ruling.landmarks import referee_landmarks
from depthperception.ruling.rule import between_pictures, doubt_words, no_squat_reason, obstacle
from depthperception.types import Progress, Step
from depthperception.video import frames

NOT_FOUND = "The network finds trunk and legs of the lifter in no picture: it may be fed otherwise than it was trained."


@dataclass(frozen=True)
class _Planar:
    """What holds for every attempt of one lifter: all looks, with metres in the plane too, and the scale."""

    case: Case
    plane: Plane
    track: PoseTrack
    in_metres: PoseTrack
    scale: Scale
    scale_known: bool


def judge_in_picture(
    case: Case, found: Judgement, person: PersonTrack, others: Sequence[PersonTrack], on_progress: Progress
) -> tuple[Judgement, PoseTrack]:
    """Judge a lifter by the network that was asked for.

    Parameters
    ----------
    case
        The video, and what is asked of it.
    found
        What is known of video and lifter already.
    person, others
        His sightings, and everybody else's.
    on_progress
        As `pipeline.judge`.

    Returns
    -------
    The judgement, and his landmarks.

    Raises
    ------
    ModelError
        When the network cannot be loaded, or gives what no layout knows.
    """
    path = check_pose(case.options.pose)
    network = load_network(path or Path(case.options.pose))
    follower, settings = Follower(network, person, others), case.settings.attempts
    track = follower.coarse(case.cache.stills(), case.span_s[1], on_progress)
    found = replace(
        found,
        provenance={**found.provenance, "network": network.to_dict()},
        notes=(*found.notes, _note(network, case.options.method)),
    )
    plane = plane_of(track) if len(track) else None
    if plane is None:
        return replace(found, status="no_squat", reason=NOT_FOUND), empty_track()
    movements = find_movements(plane.with_metres(track), case.size_px, duration_s=case.span_s[1], settings=settings)
    attempts = squats_of(movements)
    if not attempts:
        number = found.lifter.number if found.lifter and others else None
        out = feet_are_out(track, case.info.height)
        reason = no_squat_reason([one.kind for one in movements], among_others=number, feet_out=out)
        return replace(found, status="no_squat", reason=reason), track
    looked = []
    for number, attempt in enumerate(attempts):
        on_progress(Step.REFINE, number / len(attempts))
        looked.append((attempt, follower.bottom(case.source, track, attempt, plane, settings)))
    on_progress(Step.REFINE, 1.0)
    for _, bottom in looked:
        track = track.with_finer(bottom.scan).with_finer(bottom.samples.track()) if bottom else track
    track, known = _without_metres(track), case.options.height_cm is not None
    scale, note = _scale(case, plane)
    planar = _Planar(case, plane, track, plane.with_metres(track), scale, known)
    judged = [_judge(planar, attempt, bottom) for attempt, bottom in looked]
    ruled = referee_landmarks(
        judged, track, case.book, case.options.sure, frame_at=case.seen.frame_at, limits=case.settings.referee
    )
    notes = (*found.notes, *filter(None, [note]))
    return replace(found, attempts=ruled, scale=scale if known else None, notes=notes), track


def _scale(case: Case, plane: Plane) -> tuple[Scale, str | None]:
    """Give the scale by the height, by the detector's box where there is one, as the report; and what there is to say.

    The box is that of the centremost person in the first picture.
    """
    height_cm, detector = case.options.height_cm, case.options.detector
    scale = plane.scale(height_cm)
    if detector is None or height_cm is None:
        return scale, None
    first = next(iter(frames(case.source, start_s=case.span_s[0], end_s=case.span_s[1])))
    box_px = load_detector(Path(detector)).centremost(first.rgb())
    if box_px is None:
        return scale, "The detector finds nobody in the first picture: eyes and ankles give the scale instead."
    cm_per_px = height_cm / float(box_px[3] - box_px[1])
    return replace(scale, cm_per_px=cm_per_px, sources=(replace(scale.sources[0], cm_per_px=cm_per_px),)), None


def _judge(planar: _Planar, attempt: Attempt, bottom: PlanarBottom | None) -> AttemptJudgement:
    """Measure one attempt, and rule; one whose bottom the network does not see is not judgeable."""
    case, settings, cm_per_px = planar.case, planar.case.settings.attempts, planar.scale.cm_per_px
    cut_short = is_cut_short(attempt, case.span_s[1], settings=settings)
    bottom_s = bottom.time_s if bottom else attempt.bottom_s
    samples = bottom.samples if bottom else nothing_seen(bottom_s)
    evidence = PictureEvidence(
        bottom=samples,
        scale=planar.scale,
        scale_known=planar.scale_known,
        motion=motion_of(planar.track, attempt, settings=settings),
        cut_short=cut_short,
        hidden=bottom is None,
    )
    step_s = step_at(case.seen.frame_times_s, bottom_s)
    missed = missed_m(planar.in_metres, attempt, bottom_s, samples.times_s, step_s)
    missed_cm = missed.times(planar.plane.px_per_m * cm_per_px)
    beside = planar.in_metres.between(bottom_s - 1.5 * step_s, bottom_s + 1.5 * step_s)
    doubt = doubt_of(planar.in_metres, attempt, bottom_s, settings=settings)
    smear = smear_at(bottom_s, case.seen)
    hindrance = (
        damage_at(bottom_s, case.seen.unseen_s)
        or (smear.hinders if smear else None)
        or bottom_missed(beside, cm_per_px)
        or (doubt_words(doubt, one_of_several=case.is_shot) if doubt else obstacle(evidence, *case.size_px))
    )
    limit = between_pictures(step_s, missed_cm.most), smear.says if smear else None
    found = rule_in_picture(
        evidence,
        case.options.method,
        hindrance=hindrance,
        sure=case.options.sure,
        missed_cm=missed_cm,
        smeared_cm=settings.refinement.smeared_cm_s * smear.missing_s if smear else 0.0,
        limit=" ".join(filter(None, limit)),
    )
    return AttemptJudgement(
        start_s=attempt.start_s,
        bottom_s=bottom_s,
        end_s=attempt.end_s,
        bottom_frame=case.seen.frame_at(bottom_s),
        stood_up=attempt.stood_up,
        verdict=found.ruling.verdict,
        reason=found.ruling.reason,
        depth=found.ruling.depth,
        measurements=found.readings,
        cut_short=cut_short,
    )


def _note(network: PoseNetwork, asked: str) -> str:
    """Say by what the video is judged, and what that leaves unseen."""
    method = ruling_method(asked)
    instead = "" if method == asked else f", {method} rules instead of {asked},"
    return (
        f"Judged by {network.runner.path.name} ({network.layout.name}, {network.spec.skeleton}), which knows no depth: "
        f"camera and bar are not measured{instead} and lunges or sitting are not told from squats."
    )


def _without_metres(track: PoseTrack) -> PoseTrack:
    """Take out the metres of the plane, which are no measurement of the body."""
    return replace(track, world_m=np.full_like(track.world_m, np.nan))
