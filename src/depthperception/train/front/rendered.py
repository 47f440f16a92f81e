"""Rendered attempts seen from the front, as landmark clips with known depth: to test on, and to train with.

The label follows from the truth: valid when the crease is below the top of the knee and the lifter stands up again.
`trace` projects the body's own joints, which needs no picture and takes a fraction of a second; `film` draws pictures
and lets the pose network look at them, as it does at a real video.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from depthperception.depth.front.method import front_reading
from depthperception.depth.front.model import FrontModel
from depthperception.geometry.roi import Region
from depthperception.geometry.skeletons import COUNT, Landmark
from depthperception.pose.blazepose import estimate_pose
from depthperception.synth.body import body_names
from depthperception.synth.sampling import SampleOptions, sample_scenario
from depthperception.synth.scenario import RepKind, Scenario
from depthperception.synth.stills import performance_of
from depthperception.synth.viewpoint import pinhole, shake
from depthperception.train.front.dataset import Dataset, LandmarkClip
from depthperception.train.front.metrics import brier, expected_calibration_error
from depthperception.types import FloatArray, Progress, silent

if TYPE_CHECKING:
    from depthperception.synth.stills import Still, Studio

AZIMUTH_DEG = 20.0
"""Rendered cameras stand up to this far from straight ahead, as far as the method allows."""

FAILED_SHARE = 0.15
"""Share of attempts whose lifter does not stand up again."""

COARSE_STEP_S = 0.1
FINE_STEP_S = 0.05
FINE_REACH_S = 0.4
"""Steps between the moments that are looked at: every .05 s within .4 s of the bottom, every .1 s elsewhere. The whole
sequence at 30 a second would cost three times as many pictures."""

START_OVER_REACH = 2.9
"""Side of the first region over the distance from the hips to the furthest joint: 2.5 as the network was trained with
(MediaPipe pose_landmarks_to_roi), and more since the truth has no joint in the head."""

LEAST_PRESENCE = 0.5
"""MediaPipe's own default for "still there"."""

CLEAR_CM = 3.0
"""Depth from which a verdict is expected to be right."""

_STAND_INS = {
    "shoulder": (*range(Landmark.LEFT_SHOULDER), Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER),
    "elbow": (Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW),
    "wrist": tuple(range(Landmark.LEFT_WRIST, Landmark.LEFT_HIP)),
    "hip": (Landmark.LEFT_HIP, Landmark.RIGHT_HIP),
    "knee": (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE),
    "ankle": (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE, Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL),
    "toe": (Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX),
}
"""The truth's joint for each landmark; faces and hands, which `front` does not look at, get the nearest joint."""


@dataclass(frozen=True, eq=False)
class RenderedClip:
    """A clip and what is true of it.

    Attributes
    ----------
    clip
        Its lifter is the body, its recording the scenario.
    depth_cm
        Crease below the top of the knee at the bottom, mean of both sides; positive when deep.
    azimuth_deg, height_m, distance_m
        Where the camera stands: from straight ahead, over the floor, from the lifter.
    """

    clip: LandmarkClip
    depth_cm: float
    azimuth_deg: float
    height_m: float
    distance_m: float


def front_scenario(seed: int, body: str, options: SampleOptions | None = None) -> Scenario:
    """Draw an attempt of one body, filmed from the front: a squat, or a failed ascent; nobody walks out.

    Parameters
    ----------
    seed
        The same seed and body give the same scenario.
    body
        Name of a shipped body; its stature and limbs still vary.
    options
        Other ranges than the default; `bodies` is replaced.
    """
    wanted = options or SampleOptions(azimuth_deg=(-AZIMUTH_DEG, AZIMUTH_DEG), scale=0.5)
    drawn = sample_scenario(seed, replace(wanted, bodies=(body,)))
    failed = np.random.default_rng([seed, 1]).random() < FAILED_SHARE
    kind: RepKind = "failed_ascent" if failed else "squat"
    reps = tuple(replace(rep, kind=kind) for rep in drawn.attempt.reps)
    return replace(drawn, attempt=replace(drawn.attempt, reps=reps, walk_s=0.0))


def well_filmed(scenario: Scenario) -> Scenario:
    """Put the camera where a helper would hold it: upright, whole lifter in the picture, nobody else, no rack."""
    rng = np.random.default_rng([scenario.seed, 2])
    stature_m, view = scenario.body.stature_m, scenario.viewpoint
    distance_m, height_m = float(rng.uniform(2.2, 5.0)), float(rng.uniform(0.4, 1.6))
    filled = float(rng.uniform(0.5, 0.75))
    seen = replace(
        view,
        height_m=height_m,
        distance_m=distance_m,
        pitch_deg=float(np.degrees(np.arctan2(0.5 * stature_m - height_m, distance_m))),
        yaw_deg=0.0,
        roll_deg=float(rng.normal(0.0, 1.5)),
        fov_deg=float(2 * np.degrees(np.arctan(0.5 * stature_m / filled / distance_m))),
        width_px=360,
        height_px=640,
        shake_deg=0.0,
    )
    return replace(scenario, viewpoint=seen, people=(), room=replace(scenario.room, rack=False))


def trace(scenario: Scenario) -> RenderedClip:
    """Follow the body's own joints in the picture: what a pose network without error would see.

    Raises
    ------
    OptionError
        The scenario's depth is out of the body's reach.
    """
    acted = performance_of(scenario)
    times = frame_times_s(acted.bottoms_s[0], acted.duration_s)
    points = np.zeros((len(times), COUNT, 2))
    for frame, time_s in zip(points, times.tolist(), strict=True):
        camera = pinhole(scenario.viewpoint, shake(scenario.viewpoint, scenario.seed, time_s))
        joints = acted.truth(time_s).joints
        for name, landmarks in _STAND_INS.items():
            # Odd numbers are the lifter's left from the shoulders down, the truth's first side.
            frame[list(landmarks)] = camera.project(joints[name])[[(index + 1) % 2 for index in landmarks]]
    return _described(scenario, times, points)


def film(scenario: Scenario, studio: "Studio", *, model: str = "heavy") -> RenderedClip | None:
    """Render an attempt and look at it with the pose network; None where the network loses the lifter for good.

    Raises
    ------
    MissingExtraError
        OpenGL cannot start.
    OptionError
        The scenario's depth is out of the body's reach.
    """
    acted = performance_of(scenario)
    times = frame_times_s(acted.bottoms_s[0], acted.duration_s)
    seen_s, seen = [], []
    still = studio.still(scenario, 0.0)
    region: Region | None = estimate_pose(still.picture, _first_region(still), model=model).next_region
    for time_s in times.tolist():
        still = studio.still(scenario, time_s)
        found = estimate_pose(still.picture, region or _first_region(still), model=model)
        region = found.next_region if found.presence > LEAST_PRESENCE else None
        if region is not None:
            seen_s.append(time_s)
            seen.append(found.image_px)
    return _described(scenario, np.array(seen_s), np.array(seen)) if len(seen) > len(times) / 2 else None


def traced(
    count: int, *, seed: int = 0, bodies: Sequence[str] = (), on_progress: Progress = silent
) -> tuple[RenderedClip, ...]:
    """Trace `count` attempts, taking turns among the bodies (all that ship, if none are named)."""
    names = tuple(bodies) or body_names()
    clips = []
    for k in range(count):
        clips.append(trace(front_scenario(seed + k, names[k % len(names)])))
        on_progress("rendered attempts", (k + 1) / count)
    return tuple(clips)


def as_dataset(clips: Sequence[RenderedClip]) -> Dataset:
    """Make a labelled data set of rendered clips."""
    return Dataset(tuple(one.clip for one in clips), source="rendered")


def score_rendered(model: FrontModel, clips: Sequence[RenderedClip], *, clear_cm: float = CLEAR_CM) -> dict[str, Any]:
    """Compare the method's readings with the truth.

    Returns
    -------
    dict
        clips; lockout (share whose standing up is told rightly); refused (count by reason's first words); clear and
        near (|depth| of at least `clear_cm`, and less): number, answered, right among these, and the same for the
        probability alone; brier and ece of the probability of depth over all measured clips; wrong (name, depth,
        probability, camera height and distance of each answer that is wrong on a clear one).
    """
    readings = [
        front_reading(
            one.clip.times_s,
            one.clip.image[..., :2] * [one.clip.aspect or 1.0, 1.0],
            model=model,
            azimuth_deg=one.azimuth_deg,
        )
        for one in clips
    ]
    depth = np.array([one.depth_cm for one in clips])
    p = np.array([np.nan if r.depth_probability is None else r.depth_probability for r in readings])
    answer = np.array([{"depth": 1, "no_depth": 0}.get(r.depth_verdict, -1) for r in readings])
    stood = [r.stood_up == (not one.clip.failed_ascent) for r, one in zip(readings, clips, strict=True)]
    clear, measured = np.abs(depth) >= clear_cm, np.isfinite(p)
    refused = [" ".join(r.refused.split()[:4]) for r in readings if r.refused]
    return {
        "clips": len(clips),
        "lockout": float(np.mean(stood)),
        "refused": {reason: refused.count(reason) for reason in sorted(set(refused))},
        "clear": _rightness(depth, answer, p, clear & measured),
        "near": _rightness(depth, answer, p, ~clear & measured),
        "brier": brier(depth[measured] > 0, p[measured]),
        "ece": expected_calibration_error(depth[measured] > 0, p[measured]),
        "wrong": [
            (clips[i].clip.clip_id, depth[i], p[i], clips[i].height_m, clips[i].distance_m)
            for i in np.flatnonzero(clear & (answer >= 0) & (answer != (depth > 0))).tolist()
        ],
    }


def frame_times_s(bottom_s: float, duration_s: float) -> FloatArray:
    """Moments (n,) to look at: dense near the bottom."""
    coarse = np.arange(0.0, duration_s, COARSE_STEP_S)
    fine = bottom_s + np.arange(-FINE_REACH_S, FINE_REACH_S + 1e-9, FINE_STEP_S)
    # Half a fine step keeps the last coarse moment from falling on the first fine one.
    away = coarse[np.abs(coarse - bottom_s) > FINE_REACH_S + FINE_STEP_S / 2]
    return np.sort(np.concatenate([away, fine[(fine >= 0) & (fine < duration_s)]]))


def _rightness(depth: FloatArray, answer: np.ndarray, p: FloatArray, chosen: np.ndarray) -> dict[str, Any]:
    deep, answered = depth[chosen] > 0, answer[chosen] >= 0
    right = answer[chosen] == deep
    return {
        "count": int(chosen.sum()),
        "answered": int(answered.sum()),
        "right_of_answered": float(right[answered].mean()) if answered.any() else None,
        "right_by_probability": float(((p[chosen] > 0.5) == deep).mean()) if chosen.any() else None,
    }


def _described(scenario: Scenario, times_s: FloatArray, points_px: FloatArray) -> RenderedClip:
    view, acted = scenario.viewpoint, performance_of(scenario)
    depth_cm = acted.truth(acted.bottoms_s[0]).depth_cm
    failed = scenario.attempt.reps[0].kind == "failed_ascent"
    body = max(scenario.body.weights, key=lambda pair: pair[1])[0]
    clip = LandmarkClip(
        clip_id=f"{body}/{scenario.seed}",
        times_s=times_s,
        image=points_px / [view.width_px, view.height_px],
        valid=depth_cm > 0 and not failed,
        lifter=body,
        recording=f"{body} {scenario.seed}",
        failed_ascent=failed,
        aspect=view.width_px / view.height_px,
    )
    azimuth_deg = (view.azimuth_deg + 180.0) % 360.0 - 180.0
    return RenderedClip(clip, depth_cm, azimuth_deg, view.height_m, view.distance_m)


def _first_region(still: "Still") -> Region:
    """Where the lifter is, from the truth: the tracker's start, which for a real video a detector gives."""
    px = still.camera.project(np.concatenate(list(still.truth.joints.values())))
    hips = still.camera.project(still.truth.joints["hip"]).mean(axis=0)
    reach = float(np.hypot(*(px - hips).T).max())
    return Region(float(hips[0]), float(hips[1]), START_OVER_REACH * reach)
