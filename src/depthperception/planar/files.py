"""Landmarks that another tool wrote, judged in the picture's plane."""

from dataclasses import dataclass, replace
from os import PathLike

import numpy as np

from depthperception.attempts.attempt import Attempt
from depthperception.attempts.course import doubt_of, missed_m
from depthperception.attempts.detection import find_movements, is_cut_short, motion_of, squats_of
from depthperception.attempts.refinement import frames_that_decide
from depthperception.decision import NOTICE, AppliedRules
from depthperception.depth import PictureEvidence, check_method, methods
from depthperception.depth.calling import SURE
from depthperception.depth.geometric import SIDE
from depthperception.errors import OptionError, path_of
from depthperception.io.pose_files import PoseFile, read_poses
from depthperception.options import Options
from depthperception.planar.plane import Plane, plane_of
from depthperception.planar.ruling import rule_in_picture
from depthperception.pose.samples import PoseSamples
from depthperception.pose.track import PoseTrack
from depthperception.results import AttemptJudgement, Scale, ScaleEstimate
from depthperception.rules import DEFAULT_RULES, rule_book
from depthperception.ruling.landmarks import referee_landmarks
from depthperception.ruling.rule import between_pictures, doubt_words, no_squat_reason
from depthperception.settings import DEFAULTS, Settings


@dataclass(frozen=True)
class LandmarkJudgement:
    """What is said of landmarks.

    Attributes
    ----------
    path, tool
        The file or folder, and who wrote it.
    frames
        How many show the lifter.
    attempts
        As in a `Judgement`; `bottom_frame` counts these frames.
    reason
        Why there is no attempt; None where there is one.
    rules, notice
        By which rule book the attempts are held, and what lights and cards are for.
    """

    path: str
    tool: str
    frames: int
    attempts: tuple[AttemptJudgement, ...] = ()
    reason: str | None = None
    rules: AppliedRules | None = None
    notice: str = ""


def judge_landmarks(
    path: str | PathLike[str],
    *,
    rate_hz: float | None = None,
    height_cm: float | None = None,
    method: str = SIDE.name,
    sure: float = SURE,
    rules: str = DEFAULT_RULES,
    settings: Settings = DEFAULTS,
) -> LandmarkJudgement:
    """Judge every squat in a file or folder of another tool's landmarks.

    Parameters
    ----------
    path
        What OpenPose, Pose2Sim, Sports2D, RTMLib, MMPose, DeepLabCut or SLEAP wrote, or a TRC file.
    rate_hz
        Frames a second of the video, for files that hold no times.
    height_cm
        The lifter's height, for centimetres; files in metres need none.
    method
        The method that rules: "side" or "front".
    sure, rules, settings
        As in `Options`.

    Raises
    ------
    PoseSourceError
        When the file cannot be read, or nobody is in it.
    OptionError
        When an option makes no sense, or a file without times comes without a rate.
    """
    asked = Options(height_cm=height_cm, method=method, sure=sure, rules=rules, settings=settings)
    height_cm, sure = asked.height_cm, asked.sure
    _checked_method(method)
    book = rule_book(rules)
    file = read_poses(path_of(path), rate_hz)
    found = LandmarkJudgement(str(path), file.tool, len(file.track))
    plane = plane_of(file.track)
    in_metres = plane.with_metres(file.track) if plane else None
    if plane is None or in_metres is None:
        return replace(found, reason="No frame shows shoulders, hips, knees and ankles of the lifter.")
    duration_s = float(file.track.times_s[-1])
    movements = find_movements(in_metres, (np.inf, np.inf), duration_s=duration_s, settings=settings.attempts)
    attempts = squats_of(movements)
    if not attempts:
        return replace(found, reason=no_squat_reason([one.kind for one in movements], among_others=None))
    one_file = _File(file, plane, in_metres, settings, _scale(file, plane, height_cm))
    known = file.cm_per_px is not None or height_cm is not None
    judged = tuple(_judge(one_file, one, method, sure, scale_known=known) for one in attempts)
    limits = settings.referee
    return replace(
        found,
        attempts=referee_landmarks(judged, file.track, book, sure, limits=limits),
        rules=book.applied,
        notice=NOTICE,
    )


def _checked_method(method: str) -> None:
    if check_method(method).in_picture is None:
        able = " or ".join(one.name for one in methods() if one.in_picture)
        raise OptionError(
            f"{method} was asked to rule on landmarks, which it cannot measure; expected {able}. Name one of these."
        )


@dataclass(frozen=True)
class _File:
    """What holds for every attempt of a file."""

    file: PoseFile
    plane: Plane
    in_metres: PoseTrack
    settings: Settings
    scale: Scale


def _scale(file: PoseFile, plane: Plane, height_cm: float | None) -> Scale:
    """Give the scale of the file itself where it has one, else by the height."""
    if file.cm_per_px is None:
        return plane.scale(height_cm)
    return Scale(file.cm_per_px, "model", sources=(ScaleEstimate("model", file.cm_per_px, 0.0),))


def _judge(one: _File, attempt: Attempt, method: str, sure: float, *, scale_known: bool) -> AttemptJudgement:
    settings, track, in_metres = one.settings.attempts, one.file.track, one.in_metres
    bottom_s, duration_s = attempt.bottom_s, float(track.times_s[-1])
    fine = settings.refinement
    nearest = frames_that_decide(track.times_s, bottom_s, fine.planar_frames, within_s=fine.bottom_within_s)
    cut_short = is_cut_short(attempt, duration_s, settings=settings)
    evidence = PictureEvidence(
        bottom=_samples(track.take(nearest)),
        scale=one.scale,
        scale_known=scale_known,
        motion=motion_of(track, attempt, settings=settings),
        cut_short=cut_short,
    )
    step_s = float(np.median(np.diff(track.times_s)))
    missed = missed_m(in_metres, attempt, bottom_s, track.times_s[nearest], step_s)
    missed_cm = missed.times(one.plane.px_per_m * one.scale.cm_per_px)
    doubt = doubt_of(in_metres, attempt, bottom_s, settings=settings)
    found = rule_in_picture(
        evidence,
        method,
        hindrance=doubt_words(doubt) if doubt else None,
        sure=sure,
        missed_cm=missed_cm,
        limit=between_pictures(step_s, missed_cm.most),
    )
    return AttemptJudgement(
        start_s=attempt.start_s,
        bottom_s=bottom_s,
        end_s=attempt.end_s,
        bottom_frame=int(np.abs(track.times_s - bottom_s).argmin()),
        stood_up=attempt.stood_up,
        verdict=found.ruling.verdict,
        reason=found.ruling.reason,
        depth=found.ruling.depth,
        measurements=found.readings,
        cut_short=cut_short,
    )


def _samples(track: PoseTrack) -> PoseSamples:
    """Take each frame for one look."""
    return PoseSamples(
        times_s=track.times_s,
        image_px=track.image_px[:, None],
        world_m=track.world_m[:, None],
        visibility=track.visibility[:, None],
        presence=track.presence[:, None],
        regions=track.regions,
        parts=(),
    )
