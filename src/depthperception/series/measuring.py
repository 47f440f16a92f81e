"""From a judgement and landmarks to a time series: rows at the video's own times."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from depthperception.attempts.phases import phases
from depthperception.barbell.kinematics import LONGEST_GAP_S as BAR_GAP_S
from depthperception.barbell.kinematics import SMOOTHING_S, smooth
from depthperception.geometry.signals import nearest_to
from depthperception.geometry.skeletons import ANKLES, HEELS, HIPS, KNEES, TOES
from depthperception.pose.track import LONGEST_GAP_S, SAME_FRAME_S, PoseTrack
from depthperception.provenance import package_version
from depthperception.results import AttemptJudgement, Camera, Judgement, Scale
from depthperception.series.angles import joint_angles, standing_feet
from depthperception.series.heights import heights_of_frames
from depthperception.series.table import INTERPOLATED, MEASURED, MISSING, TimeSeries
from depthperception.types import FloatArray, IntArray

SCHEMA = "depthperception/series/1"

CONFIDENT = np.concatenate([HIPS, KNEES, ANKLES])
"""Whose visibility is a row's confidence: angles and heights are theirs."""


def time_series(
    judgement: Judgement | None, track: PoseTrack, times_s: FloatArray, frames: IntArray | None = None
) -> TimeSeries:
    """Put everything that was measured of a lifter in rows.

    Parameters
    ----------
    judgement
        Of the video: attempts, bar, camera and scale. Without it there are angles and landmarks alone, in the pose
        model's own metres, upright as the picture is.
    track
        The lifter's landmarks at the times at which he was looked at.
    times_s : (n,)
        Of the rows: frames of the video.
    frames : (n,)
        Their numbers in the video; by default the rows are all of its frames.
    """
    known = np.arange(len(times_s)) if frames is None else frames
    shots, shots_of_looks = _shots(judgement, times_s), _shots(judgement, track.times_s)
    seen = [at_times(track.take(shots_of_looks == k), times_s[shots == k]) for k in np.unique(shots)]
    rows, pose = _joined([part for part, _ in seen]), np.concatenate([part for _, part in seen])
    parts = [_of_shot(judgement, part) for part, _ in seen]
    values = {name: np.concatenate([part[0][name] for part in parts]) for name in parts[0][0]}
    attempts = judgement.attempts if judgement else ()
    number, phase = _phases(attempts, times_s)
    values = _bar(attempts, times_s, number) | values
    values["crease_over_knee_top_cm"] = _crease(attempts, values, number, phase, times_s)
    confidence = rows.visibility[:, CONFIDENT].mean(axis=1)
    return TimeSeries(
        frames=known,
        track=rows,
        room_m=np.concatenate([part[1] for part in parts]),
        pose=pose,
        attempt=number,
        phase=phase,
        scale_source=np.concatenate([part[2] for part in parts]),
        values={name: values[name] for name in COLUMNS} | {"confidence": confidence},
        facts=_facts(judgement, times_s),
    )


COLUMNS = (
    "hip_height_cm", "knee_height_cm", "crease_over_knee_top_cm", "bar_height_cm", "bar_forward_cm",
    *joint_angles(np.zeros((1, 33, 3)), np.zeros(3)), "hip_speed_m_s", "bar_speed_m_s",
)  # fmt: skip
"""What is measured, in the table's order; `confidence` comes after it."""


def at_times(track: PoseTrack, times_s: FloatArray) -> tuple[PoseTrack, NDArray[np.str_]]:
    """Landmarks at other times (n,), linear between looks, and what each row's are.

    Between looks over `LONGEST_GAP_S` apart, and before the first and after the last, everything is NaN.
    """
    pose = np.full(len(times_s), MISSING, dtype="<U12")
    if not len(track):
        return _nobody(times_s), pose
    last = len(track) - 1
    after = np.searchsorted(track.times_s, times_s).clip(min(1, last), last)
    before = np.maximum(after - 1, 0)
    nearest = nearest_to(track.times_s, times_s)
    seen = np.abs(track.times_s[nearest] - times_s) < SAME_FRAME_S
    step_s = track.times_s[after] - track.times_s[before]
    between = ~seen & (times_s > track.times_s[0]) & (times_s < track.times_s[-1]) & (step_s <= LONGEST_GAP_S)
    pose[seen], pose[between] = MEASURED, INTERPOLATED
    part = np.where(between, (times_s - track.times_s[before]) / np.where(between, step_s, 1.0), np.nan)

    def here(values: FloatArray) -> FloatArray:
        rows = (-1, *[1] * (values.ndim - 1))
        put = (1.0 - part.reshape(rows)) * values[before] + part.reshape(rows) * values[after]
        return np.where(seen.reshape(rows), values[nearest], put)

    arrays = {one.name: here(getattr(track, one.name)) for one in fields(track)}
    return PoseTrack(**{**arrays, "times_s": times_s}), pose


def _nobody(times_s: FloatArray) -> PoseTrack:
    n = len(times_s)
    empty = {"image_px": (33, 2), "world_m": (33, 3), "visibility": (33,), "noise_px": (33,), "regions": (4,)}
    return PoseTrack(
        times_s=times_s,
        presence=np.full(n, np.nan),
        **{name: np.full((n, *shape), np.nan) for name, shape in empty.items()},
    )


def _joined(tracks: Sequence[PoseTrack]) -> PoseTrack:
    return PoseTrack(
        **{one.name: np.concatenate([getattr(track, one.name) for track in tracks]) for one in fields(PoseTrack)}
    )


def _shots(judgement: Judgement | None, times_s: FloatArray) -> IntArray:
    """Number (n,) of each time's shot: nothing is put between pictures on both sides of a cut."""
    starts = np.array([shot.start_s for shot in judgement.shots] if judgement else [])
    return np.maximum(np.searchsorted(starts, times_s + SAME_FRAME_S) - 1, 0)


def _of_shot(
    judgement: Judgement | None, rows: PoseTrack
) -> tuple[dict[str, FloatArray], FloatArray, NDArray[np.str_]]:
    """Heights, angles and the hips' speed of rows that have one camera and one scale, and the landmarks in the room."""
    here = judgement.at(float(rows.times_s[0])) if judgement else None
    camera, scale = (here.camera, here.scale) if here else (None, None)
    heights = heights_of_frames(rows, camera, scale)
    hip, knee = (values if scale else np.full(len(rows), np.nan) for values in (heights.hip, heights.knee))
    up = np.array(camera.up if camera else (0.0, -1.0, 0.0))
    speed = _speed(rows.times_s, hip / 100.0) / (_film_speed(judgement) if judgement else 1.0)
    number, _ = _phases(judgement.attempts if judgement else (), rows.times_s)
    angles = joint_angles(rows.world_m, up, standing_feet(rows.world_m, number))
    values = {"hip_height_cm": hip, "knee_height_cm": knee, "hip_speed_m_s": speed, **angles}
    source = np.full(len(rows), scale.source if scale else "", dtype="<U12")
    return values, in_room(rows, camera, scale), source


def in_room(track: PoseTrack, camera: Camera | None, scale: Scale | None) -> FloatArray:
    """Landmarks (n, 33, 3) in metres from the middle of the feet: x forward, y up, z to the lifter's right.

    Forward is where the standing lifter looks, by the camera's azimuth; without a camera it is towards it.
    """
    up = np.array(camera.up if camera else (0.0, -1.0, 0.0))
    azimuth = np.radians(camera.azimuth_deg if camera else 0.0)
    towards = np.array([0.0, 0.0, -1.0])
    towards -= (towards @ up) * up
    towards /= np.linalg.norm(towards)
    forward = np.cos(azimuth) * towards - np.sin(azimuth) * np.cross(up, towards)
    axes = np.stack([forward, up, np.cross(forward, up)])
    points = (scale.model_factor if scale else 1.0) * track.world_m @ axes.T
    floor = points[:, np.concatenate([HEELS, TOES])].mean(axis=1, keepdims=True)
    return np.asarray(points - floor)


def _phases(attempts: Sequence[AttemptJudgement], times_s: FloatArray) -> tuple[IntArray, NDArray[np.str_]]:
    """Attempt and phase of every row; where a lockout reaches into the next descent, the descent counts."""
    number, names = np.zeros(len(times_s), dtype=np.int64), np.full(len(times_s), "", dtype="<U12")
    for k, attempt in enumerate(attempts, 1):
        for phase in phases(attempt):
            rows = (times_s >= phase.start_s) & (times_s < phase.end_s)
            number[rows], names[rows] = k, phase.name
    return number, names


def _bar(attempts: Sequence[AttemptJudgement], times_s: FloatArray, number: IntArray) -> dict[str, FloatArray]:
    """Height and way forward of the bar against the attempt's first frame that shows it, and its speed upwards."""
    found = {name: np.full(len(times_s), np.nan) for name in ("bar_height_cm", "bar_forward_cm", "bar_speed_m_s")}
    for k, attempt in enumerate(attempts, 1):
        if attempt.bar is None or attempt.bar.path is None:
            continue
        path, rows = attempt.bar.path, number == k
        seen_s, height = np.array(path.times_s), np.array(path.height_cm)
        found["bar_height_cm"][rows] = _between(times_s[rows], seen_s, height, BAR_GAP_S)
        if path.forward_cm is not None:
            found["bar_forward_cm"][rows] = _between(times_s[rows], seen_s, np.array(path.forward_cm), BAR_GAP_S)
        speed = _speed(seen_s, height / 100.0, BAR_GAP_S) / attempt.bar.film_speed
        found["bar_speed_m_s"][rows] = _between(times_s[rows], seen_s, speed, BAR_GAP_S)
    return found


def _crease(
    attempts: Sequence[AttemptJudgement],
    values: dict[str, FloatArray],
    number: IntArray,
    phase: NDArray[np.str_],
    times_s: FloatArray,
) -> FloatArray:
    """Height of the crease over the top of the knee, in the phase "bottom" alone.

    It is minus the judged depth at the bottom, and goes from there as the hip joint does against the knee joint.
    """
    found = np.full(len(times_s), np.nan)
    joints = values["hip_height_cm"] - values["knee_height_cm"]
    for k, attempt in enumerate(attempts, 1):
        rows = np.flatnonzero((number == k) & (phase == "bottom") & np.isfinite(joints))
        if attempt.depth.cm is not None and len(rows) > 0:
            at_bottom = float(np.interp(attempt.bottom_s, times_s[rows], joints[rows]))
            found[rows] = joints[rows] - at_bottom - attempt.depth.cm
    return found


def _between(times_s: FloatArray, seen_s: FloatArray, values: FloatArray, longest_gap_s: float) -> FloatArray:
    """Values at other times, linear between; NaN outside and in gaps."""
    found = np.interp(times_s, seen_s, values, left=np.nan, right=np.nan)
    after = np.clip(np.searchsorted(seen_s, times_s), 1, len(seen_s) - 1) if len(seen_s) > 1 else None
    if after is not None:
        on_one = np.abs(times_s - seen_s[after]) < SAME_FRAME_S
        found[(seen_s[after] - seen_s[after - 1] > longest_gap_s) & ~on_one] = np.nan
    return found


LEAST_FOR_SPEED = 5
"""Rows of the shortest stretch that has a speed: a quadratic through three would follow every error."""


def _speed(times_s: FloatArray, height_m: FloatArray, longest_gap_s: float = LONGEST_GAP_S) -> FloatArray:
    """Speed upwards in m/s by the sliding quadratic of the bar's, over each stretch without a gap."""
    found = np.full(len(times_s), np.nan)
    known = np.flatnonzero(np.isfinite(height_m))
    for run in np.split(known, np.flatnonzero(np.diff(times_s[known]) > longest_gap_s) + 1):
        if len(run) >= LEAST_FOR_SPEED and times_s[run[-1]] - times_s[run[0]] >= SMOOTHING_S:
            even_s, _, speed = smooth(times_s[run], height_m[run])
            found[run] = np.interp(times_s[run], even_s, speed)
    return found


def _film_speed(judgement: Judgement) -> float:
    """Of the film, as it was given when it was judged; results from before it could be given have true speed."""
    return float(judgement.provenance.get("speed") or 1.0)


def _facts(judgement: Judgement | None, times_s: FloatArray) -> dict[str, Any]:
    """What holds for all rows, without what is not known."""
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "source_software": f"DepthPerception {package_version('depthperception')}",
    }
    if len(times_s) > 1:
        found["fps"] = 1.0 / float(np.diff(times_s).mean())
    if judgement is None:
        return found
    video, camera, scale = judgement.video, judgement.camera, judgement.scale
    found |= {
        "source_file": Path(video.path).name, "sha256": video.sha256, "width_px": video.width,
        "height_px": video.height, "status": judgement.status, "film_speed": _film_speed(judgement),
        "method": str(judgement.provenance.get("method", "")),
    }  # fmt: skip
    if camera:
        found |= {"view": camera.view, "azimuth_deg": camera.azimuth_deg, "up_in_camera_axes": list(camera.up)}
    if scale:
        found |= {"scale_source": scale.source, "scale_cm_per_px": scale.cm_per_px, "model_factor": scale.model_factor}
        found |= {"stature_cm": scale.stature_cm} if scale.stature_cm else {}
    return found
