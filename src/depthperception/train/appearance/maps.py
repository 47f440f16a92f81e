"""What the frozen pose network makes of the pictures, computed once: all that the head is trained on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from depthperception.appearance.features import CROPS, mirrored
from depthperception.appearance.head import MAP_SHAPE
from depthperception.depth.reading import REFERENCE_CM
from depthperception.errors import DataError
from depthperception.pose.blazepose import SIZE_PX as CROP_PX
from depthperception.pose.blazepose import inner_maps
from depthperception.train.appearance.pictures import SIZE_PX, WIDTH_M
from depthperception.train.rendered_squats import group_of, numbered
from depthperception.types import FloatArray, IntArray, Picture, Progress, silent

SHOWN_M = {"bottom": 1.45, "standing": 2.4}
"""True side of what the head is shown, on average; `CROPS` gives it in the pose model's metres, 9 % larger."""

SHIFT_M = {"bottom": 0.05, "standing": 0.03}
SIZE_SPREAD = {"bottom": 0.08, "standing": 0.06}
"""How far tracked regions are off (sd): seen on 160 rendered squats were .04 to .05 and .015 m, 10 and 6 %."""

LOST_SHARE, LOST_FACTOR = 0.08, 3.0
"""One picture in twelve is shown with three times that shift: looks have such tails where legs are hidden."""


Network = Callable[[list[Picture]], NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Maps:
    """Inner maps of pictures, plain and mirrored, and what is true of each; n squats.

    Attributes
    ----------
    seeds : (n,)
    bottom, standing : (n, 2, 192, 16, 16)
        Half precision.
    bottom_points, standing_points : (n, 2, 18, 2)
        Crease, knee top and joints (`pictures.POINTS`), left then right, from -1 to 1 across the crop.
    depth : (n, 2, 2)
        Mean and left less right, cm at 175 cm.
    camera : (n, 2, 5)
        Azimuth, pitch, roll, height over the hip in cm, distance in m, as `rendered_estimate_poses.true_camera`.
    """

    seeds: IntArray
    bottom: NDArray[np.float16]
    standing: NDArray[np.float16]
    bottom_points: FloatArray
    standing_points: FloatArray
    depth: FloatArray
    camera: FloatArray

    @property
    def groups(self) -> IntArray:
        """Body group (n,) of each squat."""
        return np.array([group_of(int(seed)) for seed in self.seeds])


def make_maps(folder: Path, on_progress: Progress = silent) -> None:
    """Compute the maps of the pictures in a folder that have none yet, a fifth of a second each."""
    missing = [path for path in numbered(folder) if not _map_path(path).exists()]
    for number, path in enumerate(missing, 1):
        np.savez(_map_path(path), allow_pickle=False, **maps_of_pictures(path))
        on_progress("running the pose network", number / len(missing))


def maps_of_pictures(path: Path, network: Network = inner_maps) -> dict[str, NDArray[np.generic]]:
    """Show the network the pictures of one squat, a little off as a tracked region is, plainly and in the mirror."""
    rng = np.random.default_rng((int(path.stem), 7))
    found: dict[str, NDArray[np.generic]] = {}
    with np.load(path) as stored:
        for moment in CROPS:
            picture, points = _shown(_decoded(stored[f"{moment}_jpg"]), stored[f"{moment}_px"], moment, rng)
            found[moment] = network([picture, picture[:, ::-1]]).astype(np.float16)
            found[f"{moment}_points"] = points
        found |= {name: stored[name] for name in ("depth", "camera", "stature")}
    return found


def read_maps(folder: Path) -> Maps:
    """Gather the maps in a folder.

    Raises
    ------
    DataError
        When there are none of some body group.
    """
    paths = [path for path in numbered(folder) if _map_path(path).exists()]
    seeds = np.array([int(path.stem) for path in paths], dtype=np.int64)
    if len({group_of(int(seed)) for seed in seeds}) < 4:
        raise DataError(
            f"{folder} holds pictures of {len(paths)} rendered squats, not of every body group; expected some "
            "thousands. Make them with `depthperception train appearance FOLDER`."
        )
    n = len(paths)
    inner = {moment: np.empty((n, 2, *MAP_SHAPE), np.float16) for moment in CROPS}
    points = {moment: np.empty((n, 2, 18, 2)) for moment in CROPS}
    depth, camera = np.empty((n, 2, 2)), np.empty((n, 2, 5))
    for i, path in enumerate(paths):
        with np.load(_map_path(path)) as stored:
            for moment in CROPS:
                inner[moment][i] = stored[moment]
                plain = stored[f"{moment}_points"]
                points[moment][i] = [plain, mirrored(plain)]
            left, right = stored["depth"] * REFERENCE_CM / float(stored["stature"])
            depth[i] = [[(left + right) / 2, left - right], [(left + right) / 2, right - left]]
            azimuth, pitch, roll, height, distance = stored["camera"]
            camera[i] = [[azimuth, pitch, roll, height, distance], [-azimuth % 360.0, pitch, -roll, height, distance]]
    return Maps(seeds, inner["bottom"], inner["standing"], points["bottom"], points["standing"], depth, camera)


def _shown(
    picture: Picture, points_px: FloatArray, moment: str, rng: np.random.Generator
) -> tuple[Picture, FloatArray]:
    shift_m = SHIFT_M[moment] * (LOST_FACTOR if rng.random() < LOST_SHARE else 1.0)
    centre = SIZE_PX / 2 + rng.normal(0.0, shift_m, 2) * SIZE_PX / WIDTH_M[moment]
    zoom = WIDTH_M[moment] / SHOWN_M[moment] * CROP_PX / SIZE_PX * float(np.exp(-rng.normal(0.0, SIZE_SPREAD[moment])))
    matrix = np.column_stack([zoom * np.eye(2), CROP_PX / 2 - zoom * centre])
    shown = cv2.warpAffine(picture, matrix, (CROP_PX, CROP_PX), flags=cv2.INTER_LINEAR)
    points = points_px @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(shown, np.uint8), points / (CROP_PX / 2) - 1.0


def _decoded(code: Picture) -> Picture:
    return np.ascontiguousarray(np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1])


def _map_path(picture: Path) -> Path:
    return picture.with_name(f"map_{picture.name}")
