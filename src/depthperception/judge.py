"""The whole way from a video to a ruling, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from depthperception.camera import measure_camera
from depthperception.closeup import Bottom, CloseUp, look_at_bottom, look_at_standing
from depthperception.depth import Evidence, check_method, measure_all
from depthperception.depth.sequence import MARGIN_S, stood_up
from depthperception.follow import follow
from depthperception.judgement import AttemptJudgement, Judgement, Lifter, Reading, VideoFacts
from depthperception.people import PersonTrack, Pick, Watch, choose_lifter, count_people, link, watch
from depthperception.provenance import provenance
from depthperception.reps import Attempt, find_attempts
from depthperception.ruling import Ruling, obstacle, rule
from depthperception.scale import checked_height, measure_scale
from depthperception.sight import Sight, see
from depthperception.track import PoseTrack, empty_track
from depthperception.types import FloatArray, Progress, silent
from depthperception.video import VideoInfo, frames, probe

DEFAULT_METHOD = "calibrated"

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
        Everyone who was found.
    chosen
        Which of them was judged; None when nobody was.
    """

    judgement: Judgement
    track: PoseTrack
    frame_times_s: FloatArray
    people: tuple[PersonTrack, ...] = ()
    chosen: int | None = None


def judge(
    path: str | PathLike[str],
    height_cm: float | None = None,
    *,
    method: str = DEFAULT_METHOD,
    pick: Pick | None = None,
    on_progress: Progress = silent,
) -> Judgement:
    """Judge every squat attempt in a video.

    Parameters
    ----------
    path
        A video file.
    height_cm
        The lifter's height; without it centimetres come from the pose model's own metres.
    method
        Name of the depth method that rules; the others measure beside it.
    pick
        A point on the person to judge; without it the one whose hips travel is judged.
    on_progress
        Called with the name of the step and how much of it is done, 0 to 1.

    Raises
    ------
    VideoError
        When the file cannot be read as a video.
    OptionError
        When the height or the method makes no sense, or nobody is where somebody was picked.
    """
    return examine(path, height_cm, method=method, pick=pick, on_progress=on_progress).judgement


def examine(
    path: str | PathLike[str],
    height_cm: float | None = None,
    *,
    method: str = DEFAULT_METHOD,
    pick: Pick | None = None,
    on_progress: Progress = silent,
) -> Examination:
    """Judge a video and keep the lifter's landmarks; parameters and errors as in `judge`."""
    path = Path(path)
    check_method(method)
    height_cm = checked_height(height_cm)

    info = probe(path)
    seen = watch(path, info, on_progress=on_progress)
    found = Judgement(_facts(path, info, seen), "judged", provenance=_provenance(method, height_cm, pick))

    people = link(seen.sightings)
    person = choose_lifter(people, info.width, seen.duration_s, pick)
    if person is None:
        nobody = replace(found, status="no_person", reason="Nobody was found in the video.")
        return Examination(nobody, empty_track(), seen.frame_times_s, people)
    chosen = next(number for number, one in enumerate(people) if one is person)
    examined = partial(Examination, frame_times_s=seen.frame_times_s, people=people, chosen=chosen)
    found = replace(found, lifter=Lifter(person.first_box_px, count_people(seen.sightings)))

    track = follow(frames(path, every_s=COARSE_STEP_S), person, seen.duration_s, on_progress=on_progress)
    attempts = find_attempts(track, info.height)
    if not attempts:
        return examined(replace(found, status="no_squat", reason="Nobody squats in the video."), track)

    standing = look_at_standing(path, track, attempts[0])
    bottoms, sights = _look_closely(path, track, attempts, standing, on_progress)
    camera = measure_camera(standing, info.width, info.height, sights)
    scale = measure_scale(standing, camera, height_cm)

    judged = []
    for attempt, bottom, sight in zip(attempts, bottoms, sights, strict=True):
        track = track.with_finer(bottom.scan)
        motion = track.between(attempt.start_s - MARGIN_S, attempt.end_s + MARGIN_S)
        cut_short = attempt.end_s + MARGIN_S / 2 > seen.duration_s
        size = (info.width, info.height)
        evidence = Evidence(bottom.closeup, standing, camera, scale, sight, motion, cut_short, size)
        readings = measure_all(evidence)
        ruling = rule(readings[method], obstacle(evidence, *size))
        up_again = stood_up(motion, cut_short=cut_short, otherwise=attempt.stood_up)
        judged.append(_judged(replace(attempt, stood_up=up_again), bottom, seen, readings, ruling))
    return examined(replace(found, camera=camera, scale=scale, attempts=tuple(judged)), track)


def _look_closely(
    path: Path, track: PoseTrack, attempts: Sequence[Attempt], standing: CloseUp, on_progress: Progress
) -> tuple[list[Bottom], list[Sight]]:
    """Look at every bottom, and let the head see it; of the pictures only what they showed is kept."""
    bottoms, sights = [], []
    for number, attempt in enumerate(attempts):
        on_progress("looking closely", number / len(attempts))
        bottom = look_at_bottom(path, track, attempt)
        sights.append(see(bottom.closeup, standing))
        bottoms.append(bottom.without_pictures())
    on_progress("looking closely", 1.0)
    return bottoms, sights


def _provenance(method: str, height_cm: float | None, pick: Pick | None) -> dict[str, Any]:
    return {**provenance(method, height_cm), "pick": vars(pick) if pick else None}


def _facts(path: Path, info: VideoInfo, seen: Watch) -> VideoFacts:
    return VideoFacts(
        path=str(path),
        sha256=info.sha256,
        width=info.width,
        height=info.height,
        rotation_deg=info.rotation_deg,
        duration_s=seen.duration_s,
        frames=len(seen.frame_times_s),
        complete=not info.ends_early(seen.duration_s),
    )


def _judged(
    attempt: Attempt, bottom: Bottom, seen: Watch, readings: dict[str, Reading], ruling: Ruling
) -> AttemptJudgement:
    return AttemptJudgement(
        start_s=attempt.start_s,
        bottom_s=bottom.time_s,
        end_s=attempt.end_s,
        bottom_frame=seen.frame_at(bottom.time_s),
        stood_up=attempt.stood_up,
        verdict=ruling.verdict,
        reason=ruling.reason,
        depth=ruling.depth,
        measurements=readings,
    )
