"""The same squat filmed by several cameras: where each stands, when it started, how many frames a second it takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from depthperception.synth.draws import normal
from depthperception.synth.sampling import SampleOptions, sample_scenario, shows_legs
from depthperception.synth.scenario import Attempt, Rep, Scenario, Viewpoint
from depthperception.synth.surroundings import clear_of_view

AZIMUTH_SD_DEG = 4.0
"""How far a phone stands from where it was asked to stand."""

FOCAL = (0.75, 0.05)
"""Focal length of phones' main cameras over the picture's long side: mean and sd."""

LATEST_START_S = 0.4
"""By so much cameras start after each other; the first squat begins .6 s after the earliest at least."""


@dataclass(frozen=True)
class CameraClip:
    """One camera's film of a scenario.

    Attributes
    ----------
    scenario
        With the camera as its viewpoint; everything else is the same for all.
    start_s
        Time of its first frame on the scenario's clock.
    frame_rate_hz
        Of its frames.
    """

    scenario: Scenario
    start_s: float
    frame_rate_hz: float


def sample_cameras(
    seed: int,
    azimuths_deg: Sequence[float],
    frame_rates_hz: Sequence[float] = (30.0,),
    options: SampleOptions | None = None,
) -> tuple[CameraClip, ...]:
    """Draw a squat and cameras on tripods near some azimuths; the same on every machine.

    Each camera depends on the seed and its azimuth alone, so that another one more changes none.

    Parameters
    ----------
    azimuths_deg
        0 in front of the lifter, 90 at his left.
    frame_rates_hz
        Of the cameras, in turn.
    options
        Of the squat; its range of azimuths counts for nothing.
    """
    chosen = options or SampleOptions()
    base = sample_scenario(seed, chosen)
    attempt = _brief(base.attempt)
    clips = []
    for k, azimuth_deg in enumerate(azimuths_deg):
        rng = np.random.default_rng((seed, 3, round(azimuth_deg)))
        view = _tripod(rng, azimuth_deg, base.body.stature_m, chosen.scale)
        start_s = float(rng.uniform(0.0, LATEST_START_S))
        clips.append(
            CameraClip(replace(base, attempt=attempt, viewpoint=view), start_s, frame_rates_hz[k % len(frame_rates_hz)])
        )
    views = [clip.scenario.viewpoint for clip in clips]
    people = tuple(one for one in base.people if all(clear_of_view(one.x_m, one.y_m, view, 0.9) for view in views))
    props = tuple(
        one
        for one in base.room.props
        if one.kind in ("poster", "lamp") or all(clear_of_view(*one.centre_m[:2], view, 0.7) for view in views)
    )
    room = replace(base.room, props=props)
    return tuple(replace(clip, scenario=replace(clip.scenario, room=room, people=people)) for clip in clips)


def _brief(attempt: Attempt) -> Attempt:
    """Keep one squat of an attempt, and leave out what only takes long."""
    rep = attempt.reps[0]
    squat = Rep(rep.depth_cm, "squat", min(rep.descent_s, 1.6), 0.0, min(rep.ascent_s, 1.6), rep.sharpness)
    return Attempt(reps=(squat,), stand_s=1.0, lockout_s=0.7)


def _tripod(rng: Generator, azimuth_deg: float, stature_m: float, scale: float) -> Viewpoint:
    """A phone on a tripod or a chair, from as far away as shows the whole lifter."""
    while True:
        portrait = bool(rng.random() < 0.7)
        width, height = (720, 1280) if portrait else (1280, 720)
        focal = normal(rng, *FOCAL, 0.62, 0.9)
        fill = float(rng.uniform(0.45, 0.75))
        distance = focal * max(width, height) / height * stature_m / fill
        tall = float(rng.uniform(0.5, 1.5))
        aim = float(np.degrees(np.arctan2(0.5 * stature_m - tall, distance)))
        view = Viewpoint(
            azimuth_deg=float(azimuth_deg + rng.normal(0.0, AZIMUTH_SD_DEG)) % 360.0,
            height_m=tall,
            distance_m=float(distance),
            pitch_deg=aim + float(rng.normal(0.0, 1.5)),
            yaw_deg=float(rng.normal(0.0, 1.5)),
            roll_deg=normal(rng, 0.0, 1.5, -5.0, 5.0),
            fov_deg=float(2.0 * np.degrees(np.arctan(0.5 / focal))),
            width_px=round(width * scale / 2) * 2,
            height_px=round(height * scale / 2) * 2,
        )
        if shows_legs(view, stature_m):
            return view
