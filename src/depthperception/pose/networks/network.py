"""One network that a user brought, ready to look at people."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from depthperception.errors import ModelError, quoted
from depthperception.geometry.skeletons import COUNT, SKELETONS, SWAP
from depthperception.models.foreign import Runner, checked_weights, load_foreign
from depthperception.pose.networks.layout import Instances, Layout, Shape
from depthperception.pose.networks.registry import layouts
from depthperception.pose.networks.spec import NetworkSpec, of_metadata, skeleton_of, toml_beside, with_settings
from depthperception.types import FloatArray, Picture

BLAZEPOSE = "blazepose"
"""The network that ships, by which everything is measured."""

FOLDER = "DEPTHPERCEPTION_NETWORKS"
"""Environment variable that names a folder of networks, which then go by their files' names."""


@dataclass(frozen=True)
class Found:
    """People whom a network found in a picture.

    Attributes
    ----------
    image_px : (n, 33, 2)
        Landmarks in px of the picture; NaN where the network has none, or does not find it.
    scores : (n, 33)
        0 to 1; 0 where there is none.
    """

    image_px: FloatArray
    scores: FloatArray


@dataclass(frozen=True)
class PoseNetwork:
    """A loaded network and how it is fed and read."""

    runner: Runner
    layout: Layout
    spec: NetworkSpec

    def look(self, rgb: Picture, box_px: FloatArray, *, mirror: bool = False, wider: float = 1.0) -> Found:
        """Look at a box of a picture.

        Parameters
        ----------
        rgb
            Upright picture; what lies outside of it is black.
        box_px : (4,)
            x0, y0, x1, y1 of the person, in px counted from the corner of the picture.
        mirror
            Look at the mirror image; the answer is mirrored back.
        wider
            Size of what is shown, over what is usual.
        """
        to_picture = self._window(box_px, wider)
        found = self._decoded(self._crop(rgb, to_picture, mirror))
        marks = SKELETONS[self.spec.skeleton][1]
        image, scores = np.full((len(found.scores), COUNT, 2), np.nan), np.zeros((len(found.scores), COUNT))
        points = found.points_px + 0.5
        if mirror:
            points = [self.spec.input_px[0], 0.0] + points * [-1.0, 1.0]
        for index, mark in marks.items():
            image[:, mark] = points[:, index] @ to_picture[:, :2].T + to_picture[:, 2]
            scores[:, mark] = found.scores[:, index]
        if mirror:
            image, scores = image[:, SWAP[:COUNT]], scores[:, SWAP[:COUNT]]
        seen = scores >= self.spec.least_score
        return Found(np.where(seen[..., None], image, np.nan), np.where(seen, scores, 0.0))

    def _window(self, box_px: FloatArray, wider: float) -> FloatArray:
        """Affine (2, 3) from px of the input, counted from its corner, to the picture: round the box, as it is wide."""
        size = np.array(self.spec.input_px, np.float64)
        middle, sides = (box_px[:2] + box_px[2:]) / 2, (box_px[2:] - box_px[:2]) * self.spec.margin * wider
        scale = float((sides / size).max())
        return np.column_stack([np.eye(2) * scale, middle - scale * size / 2])

    def _crop(self, rgb: Picture, to_picture: FloatArray, mirror: bool) -> FloatArray:
        # cv2 counts from the middles of px, everything else here from their corners.
        matrix = to_picture.copy()
        matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
        scale = float(matrix[0, 0])
        if scale > 2.0:  # linear reading would leave px out
            shrink = 1.0 / np.floor(scale)
            rgb = np.asarray(cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
            matrix = to_picture * shrink
            matrix[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
        crop = cv2.warpAffine(rgb, matrix, self.spec.input_px, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        crop = crop[:, ::-1] if mirror else crop
        crop = crop[:, :, ::-1] if self.spec.colours == "bgr" else crop
        return (np.asarray(crop, np.float64) - self.spec.mean) / self.spec.sd

    def _decoded(self, picture: FloatArray) -> Instances:
        outputs = self.runner.look(picture)
        shapes = [values.shape for values in outputs]
        if self.layout.points(shapes, self.spec) is None:
            raise _wrong(self.runner.path, shapes, [self.layout])
        return self.layout.decode(outputs, self.spec)

    def to_dict(self) -> dict[str, str]:
        """Name it for a result's provenance."""
        return {
            "file": self.runner.path.name,
            "sha256": self.runner.sha256,
            "layout": self.layout.name,
            "skeleton": self.spec.skeleton,
        }


def named_networks() -> dict[str, Path]:
    """Networks in the folder that the environment names, by name; none where it names none."""
    folder = os.environ.get(FOLDER)
    files = sorted(Path(folder).glob("*")) if folder else []
    return {path.stem: path for path in files if path.suffix.lower() in (".onnx", ".caffemodel")}


def check_pose(pose: str) -> Path | None:
    """Find the file of a network by its name or path; None for the one that ships.

    Raises
    ------
    ModelError
        When there is none.
    """
    if pose == BLAZEPOSE:
        return None
    known = named_networks()
    if pose in known:
        return known[pose]
    if not Path(pose).suffix:
        raise ModelError(
            f"There is no network called {quoted(pose)}; expected {', '.join([BLAZEPOSE, *known])}, or a file. Name "
            f"one of these, or set {FOLDER} to the folder that holds it."
        )
    return checked_weights(Path(pose))


def load_network(path: Path) -> PoseNetwork:
    """Load a network, find out its layout, and try it on an empty picture.

    Raises
    ------
    ModelError
        When it cannot be read, or its outputs are of no layout that is known.
    """
    return _loaded(path.resolve(), path.stat().st_mtime_ns if path.exists() else 0)


@cache
def _loaded(path: Path, changed_ns: int) -> PoseNetwork:
    runner = load_foreign(path)
    said = of_metadata(runner.metadata, path) | toml_beside(path)
    asked = [one for one in layouts() if said.get("layout") in (None, "", one.name)]
    if not asked:
        known = ", ".join(one.name for one in layouts())
        raise ModelError(
            f"{path.name} is said to be laid out as {quoted(said['layout'])}; expected {known}. Correct it."
        )
    tried: dict[tuple[int, int], list[Shape]] = {}
    for layout in asked:
        spec = _sized(with_settings(layout.spec, said, path), runner)
        if spec is None:
            continue
        if spec.input_px not in tried:
            empty = np.zeros((spec.input_px[1], spec.input_px[0], 3))
            tried[spec.input_px] = [values.shape for values in runner.look(empty)]
        points = layout.points(tried[spec.input_px], spec)
        if points is not None:
            spec = replace(spec, layout=layout.name, skeleton=skeleton_of(spec, points, path))
            return PoseNetwork(runner, layout, spec)
    if not tried:
        raise ModelError(
            f"{path.name} leaves the size of its input open; expected it in {path.stem}.toml beside it. Write there "
            "input_px = [width, height]."
        )
    raise _wrong(path, next(iter(tried.values())), asked)


def _sized(spec: NetworkSpec, runner: Runner) -> NetworkSpec | None:
    """Give the size of the input, the file's before what is said; None where neither says it."""
    width, height = (own or said for own, said in zip(runner.size_px, spec.input_px, strict=True))
    return replace(spec, input_px=(width, height)) if width and height else None


def _wrong(path: Path, shapes: Sequence[Shape], expected: Sequence[Layout]) -> ModelError:
    found = " and ".join(str(tuple(shape)) for shape in shapes)
    known = "; ".join(f"{one.name} ({one.networks}): {one.expected}" for one in expected)
    return ModelError(f"{path.name} gives {found}; expected {known}. Export it in one of these ways.")
