"""Squats rendered from seven cameras at once, and what each camera's picture shows: rows for benchmarks/multiview.py.

Even seeds have the bodies of two groups, odd seeds those of the other two: what was settled on odd ones is measured on
even ones. `make_stills` renders the standing lifter and the bottom and looks at them as at a video's frames;
`make_films` renders films with clocks of their own, and judges each of them.
"""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from depthperception.appearance.features import predict
from depthperception.capture.camera import measure_camera
from depthperception.capture.lifter_camera import lifter_camera_of
from depthperception.capture.scale import measure_scale
from depthperception.capture.uprights import edges_in
from depthperception.depth import Evidence, measure_all
from depthperception.depth.legs import fit_legs, sightings_of
from depthperception.geometry.pinhole import PinholeCamera
from depthperception.geometry.skeletons import HIPS
from depthperception.multiview.following import follow_closely
from depthperception.pipeline import examine
from depthperception.results import Camera, Reading, Scale
from depthperception.surfaces import SeenSurfaces, see_surfaces
from depthperception.synth.clip import write_clip
from depthperception.synth.sampling import SampleOptions
from depthperception.synth.scenario import Scenario
from depthperception.synth.several_cameras import CameraClip, sample_cameras
from depthperception.synth.stills import Studio
from depthperception.synth.truth import Truth
from depthperception.train.rendered_looks import look_at
from depthperception.train.rendered_squats import BODY_GROUPS
from depthperception.types import FloatArray

AZIMUTHS_DEG = (45, 315, 0, 90, 60, 120, 135)
SETTLING_DEG = (45, 315, 0, 60, 120)
"""Of odd seeds."""

RATES_HZ = (30.0, 24.0, 30.0, 30.0, 30.0, 24.0, 30.0)
"""Of the films, so that most pairs have different clocks."""

SCALE = 0.6
"""Of the pictures: 432 x 768 for a portrait one, as the shipped models were trained on."""

DEPTH_CM = (-8.0, 8.0)


@dataclass(frozen=True, eq=False)
class StillRow:
    """What one camera's pictures of a squat show, and what is true."""

    azimuth_deg: int
    scenario: Scenario
    pinhole: PinholeCamera
    surfaces: SeenSurfaces
    readings: dict[str, Reading]
    camera: Camera
    scale: Scale
    standing_hips_px: FloatArray
    truth: Truth

    @property
    def stature_m(self) -> float:
        """Of the lifter."""
        return self.scenario.body.stature_m


def cameras_of(seed: int) -> tuple[CameraClip, ...]:
    """The cameras round a seed's squat."""
    first = 0 if seed % 2 else 2
    options = SampleOptions(bodies=BODY_GROUPS[first] + BODY_GROUPS[first + 1], scale=SCALE, depth_cm=DEPTH_CM)
    return sample_cameras(seed, azimuths_of(seed), RATES_HZ, options)


def azimuths_of(seed: int) -> tuple[int, ...]:
    """Where a seed's cameras stand."""
    return SETTLING_DEG if seed % 2 else AZIMUTHS_DEG


def still_rows(seed: int, studio: Studio) -> list[StillRow]:
    """Render a squat from every camera, standing and at the bottom, and look at both; the lifter's height is known.

    A camera that he is hidden from has no row.
    """
    rows = []
    for azimuth_deg, clip in zip(azimuths_of(seed), cameras_of(seed), strict=True):
        scenario = clip.scenario
        rng = np.random.default_rng((seed, 2, azimuth_deg))
        bottom, standing = studio.still(scenario, "bottom"), studio.still(scenario, "standing")
        looks = look_at(bottom, standing, rng, among_others=bool(scenario.people))
        if looks is None:
            continue
        low, high = looks
        prediction, surfaces = predict(low, high), see_surfaces(low)
        size_px = scenario.viewpoint.width_px, scenario.viewpoint.height_px
        camera = measure_camera(high, *size_px, [prediction], edges_in(standing.picture, size_px[0]))
        scale = measure_scale(high, camera, 100.0 * scenario.body.stature_m)
        legs = fit_legs(sightings_of(surfaces), lifter_camera_of(high, camera, scale, size_px), scale)
        evidence = Evidence(
            bottom=low, standing=high, camera=camera, scale=scale, prediction=prediction, legs=legs, picture_px=size_px
        )
        readings = dict(measure_all(evidence))
        hips_px = high.median_px[HIPS].mean(axis=0)
        rows.append(
            StillRow(
                azimuth_deg, scenario, bottom.camera, surfaces, readings, camera, scale, hips_px, bottom.truth
            )
        )  # fmt: skip
    return rows


def make_stills(folder: Path, seeds: Sequence[int]) -> None:
    """Make the rows that are missing."""
    studio = Studio(0)
    for seed in seeds:
        path = folder / f"{seed}.stills"
        if not path.exists():
            path.write_bytes(pickle.dumps(still_rows(seed, studio)))
            print(path.name, flush=True)


def make_films(folder: Path, seeds: Sequence[int]) -> None:
    """Render, judge and follow closely what is missing."""
    studio = Studio(0)
    for seed in seeds:
        for azimuth_deg, clip in zip(azimuths_of(seed), cameras_of(seed), strict=True):
            path = folder / f"{seed}_{azimuth_deg:03d}.mp4"
            if not path.with_suffix(".json").exists():
                write_clip(clip.scenario, path, studio, clip.frame_rate_hz, start_s=clip.start_s)
            if not path.with_suffix(".view").exists():
                found = examine(path, height_cm=100.0 * clip.scenario.body.stature_m)
                close = follow_closely(found) if found.judgement.attempts else None
                path.with_suffix(".view").write_bytes(pickle.dumps((found, close)))
                print(path.name, found, flush=True)
