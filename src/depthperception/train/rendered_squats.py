"""Looks at rendered squats with known truth: the raw material of the measurement model.

Each row is one rendered squat seen by one camera, looked at as `samples` looks at a video: standing and at the bottom,
several jittered and mirrored looks at each, and again without the others where one strays to them. A row is a function
of its seed alone (rendering and inference in float32 differ in the last digits between machines).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from depthperception.appearance.features import OUTPUTS, maps_of
from depthperception.capture.uprights import edges_in
from depthperception.depth.reading import REFERENCE_CM
from depthperception.errors import DataError
from depthperception.pose.samples import PoseSamples
from depthperception.surfaces import SeenSurfaces, see_surfaces
from depthperception.synth.sampling import SampleOptions, sample_scenario
from depthperception.synth.scenario import Scenario
from depthperception.synth.stills import Still, Studio
from depthperception.train.rendered_looks import look_at
from depthperception.types import FloatArray

PICTURE_SCALE = 0.6
"""432 x 768 for a portrait picture: the region is still larger than the network's 256 px for most lifters."""

BODY_GROUPS = (
    ("m_avg", "f_heavy", "m_longfem", "f_lean"),
    ("m_tall", "f_avg", "m_superheavy", "f_shortfem"),
    ("m_heavy", "f_muscle", "m_lean", "f_short", "m_longtorso"),
    ("m_muscle", "f_longfem", "m_short", "f_superheavy"),
)
"""Bodies that are blended with each other only: leaving a group out leaves out every shape that it has a part in."""


HELD_OUT = "appearance.npz"
"""Beside the rows: what heads that never saw a row's bodies say of it."""


@dataclass(frozen=True)
class Row:
    """One rendered squat: what was seen, and what is true.

    Attributes
    ----------
    scenario
        Everything that was drawn.
    bottom, standing
        Looks at one frame each.
    side_depth_cm : (2,)
        True depth of the left and the right leg.
    camera : (5,)
        True azimuth, pitch of the line of sight to the hips and roll in degrees, height over the standing hips in cm,
        distance in m.
    maps : (2, 2, 192, 16, 16)
        What the head of `appearance` is shown: the bottom and the standing lifter, plainly and in the mirror.
    surfaces
        What the network of `surfaces` sees at the bottom.
    points_m : (2, 2, 3)
        True crease and top of the knee at the bottom, each left and right, in camera axes.
    focal_px
        True focal length; the camera's axis goes through the middle of the picture.
    edges_px : (n, 4)
        Straight edges of the room about the standing lifter.
    """

    scenario: Scenario
    bottom: PoseSamples
    standing: PoseSamples
    side_depth_cm: FloatArray
    camera: FloatArray
    maps: NDArray[np.float16]
    surfaces: SeenSurfaces
    points_m: FloatArray
    focal_px: float
    edges_px: FloatArray

    @property
    def stature_cm(self) -> float:
        """Of the lifter."""
        return 100.0 * self.scenario.body.stature_m

    @property
    def depth_cm(self) -> float:
        """True mean depth of both legs at the reference stature."""
        return float(self.side_depth_cm.mean()) * REFERENCE_CM / self.stature_cm


def group_of(seed: int) -> int:
    """Number of the body group that a seed's lifter comes from."""
    return seed % len(BODY_GROUPS)


def scenario_of(seed: int) -> Scenario:
    """The squat that a seed draws for training, with a lifter of the seed's body group."""
    return sample_scenario(seed, SampleOptions(bodies=BODY_GROUPS[group_of(seed)], scale=PICTURE_SCALE))


def numbered(folder: Path) -> list[Path]:
    """Files of rendered squats in a folder, named by their seeds, in order of seed."""
    return sorted(folder.glob("[0-9]*.npz"))


def rendered_rows(seeds: Iterable[int]) -> Iterable[Row]:
    """Render and look at the scenarios of some seeds, one after the other, but for those that hide the lifter."""
    studio = Studio()
    for seed in seeds:
        scenario = scenario_of(seed)
        bottom, standing = studio.still(scenario, "bottom"), studio.still(scenario, "standing")
        rng = np.random.default_rng((seed, 2))
        looks = look_at(bottom, standing, rng, among_others=bool(scenario.people))
        if looks is None:
            continue
        low, high = looks
        low_maps, high_maps = maps_of(low, high)
        yield Row(
            scenario=scenario,
            bottom=low,
            standing=high,
            side_depth_cm=bottom.truth.side_depth_cm,
            camera=true_camera(standing, scenario),
            maps=np.stack([low_maps[0], high_maps]).astype(np.float16),
            surfaces=see_surfaces(low),
            points_m=points_in_camera(bottom),
            focal_px=bottom.camera.inside.focal_px,
            edges_px=edges_in(standing.picture, standing.picture.shape[1]),
        )


def points_in_camera(still: Still) -> FloatArray:
    """Crease and top of the knee, each left and right (2, 2, 3), in the axes of the still's camera, in metres."""
    world = np.stack([still.truth.crease, still.truth.knee_top])
    return np.asarray(world @ still.camera.R.T + still.camera.t)


def true_camera(still: Still, scenario: Scenario) -> FloatArray:
    """Azimuth, pitch to the hips, roll (degrees), height over the hips (cm), distance (m) of the still's camera."""
    hips = still.truth.joints["hip"].mean(axis=0)
    to_camera = still.camera.position_m - hips
    across = float(np.hypot(to_camera[0], to_camera[1]))
    up = still.camera.R @ np.array([0.0, 0.0, 1.0])
    return np.array(
        [
            np.degrees(np.arctan2(-to_camera[0], to_camera[1])) % 360.0,
            np.degrees(np.arctan2(to_camera[2], across)),
            np.degrees(np.arctan2(-up[0], -up[1])),
            100.0 * to_camera[2],
            np.linalg.norm(to_camera),
        ]
    )


def save_row(path: Path, row: Row) -> None:
    """Keep a row to compute features from later; about .4 MB, and its scenario as .json beside it."""
    arrays: dict[str, NDArray[np.float32]] = {}
    for name, samples in (("bottom", row.bottom), ("standing", row.standing)):
        for kind, values in (
            ("image", samples.image_px),
            ("world", samples.world_m),
            ("visibility", samples.visibility),
            ("presence", samples.presence),
            ("region", samples.regions),
        ):
            arrays[f"{name}_{kind}"] = values[0].astype(np.float32)
    path.with_suffix(".json").write_text(json.dumps(row.scenario.to_json()), encoding="utf-8")
    np.savez(
        path,
        allow_pickle=False,
        side_depth_cm=row.side_depth_cm,
        camera=row.camera,
        maps=row.maps,
        points_m=row.points_m,
        focal_px=row.focal_px,
        edges_px=row.edges_px.astype(np.float32),
        **{f"surfaces_{name}": values for name, values in vars(row.surfaces).items()},
        **arrays,
    )


def load_row(path: Path) -> Row:
    """Read a row that `save_row` wrote; of its pictures only the maps are left."""
    with np.load(path) as file:
        stored = {name: file[name].astype(np.float64) for name in file.files if name != "maps"}
        maps = file["maps"]
    scenario = Scenario.from_json(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    bottom, standing = (_closeup(stored, name) for name in ("bottom", "standing"))
    surfaces = SeenSurfaces(*(stored[f"surfaces_{name}"] for name in ("points_px", "covariance_px2", "states")))
    focal_px = float(stored["focal_px"])
    truth = stored["side_depth_cm"], stored["camera"]
    return Row(scenario, bottom, standing, *truth, maps, surfaces, stored["points_m"], focal_px, stored["edges_px"])


def read_held_out(rows: Path, seeds: Sequence[int]) -> FloatArray:
    """What heads that never saw the bodies of some rows say of them (n, 2, 9), in order of `seeds`.

    Raises
    ------
    DataError
        When some have not been seen.
    """
    try:
        with np.load(rows / HELD_OUT) as stored:
            said = dict(zip((int(seed) for seed in stored["seeds"]), stored["outputs"], strict=True))
    except FileNotFoundError:
        said = {}
    missing = [seed for seed in seeds if seed not in said]
    if missing:
        raise DataError(
            f"No head that left its bodies out has seen {len(missing)} of the {len(seeds)} rows in {rows}; expected "
            f"what it says in {HELD_OUT}. Make it with `depthperception train appearance PICTURES --rows {rows}`."
        )
    return np.array([said[seed] for seed in seeds]).reshape(-1, 2, len(OUTPUTS))


def _closeup(stored: dict[str, FloatArray], name: str) -> PoseSamples:
    looks = stored[f"{name}_image"]
    return PoseSamples(
        times_s=np.zeros(1),
        image_px=looks[None],
        world_m=stored[f"{name}_world"][None],
        visibility=stored[f"{name}_visibility"][None],
        presence=stored[f"{name}_presence"][None],
        regions=stored[f"{name}_region"][None],
        parts=(),
    )
