"""The labels of the set Gym_barbell-1, corrected: one box for each end of a bar.

The set's own boxes are of "barbells": one plate, the visible ends together, or the whole bar, as it came.
corrections.csv holds what was seen instead in 542 of its 808 training pictures: the box of the plates on each end of
each bar, by eye to about 2 % of the picture's side, and boxes to ignore: ends hidden for the most part, stored plates.
The other pictures' boxes were looked at and left as they are.
"""

import csv
import re
from pathlib import Path

import cv2
import numpy as np

from depthperception.train.plates.dataset import LabelledPicture
from depthperception.train.plates.grouping import held_out, scene_groups
from depthperception.types import BoolArray, FloatArray, Picture

CORRECTIONS = Path(__file__).parent / "corrections.csv"

TEST_SHARE, LARGEST_TEST_SCENE, SPLIT_SEED = 0.15, 12, 0
"""A seventh is held out, whole scenes of at most 12 pictures: the longest video alone has 77."""

_HASH = re.compile(r"\.rf\.([0-9a-f]{10})")


def read_set(folder: Path) -> tuple[list[LabelledPicture], list[LabelledPicture]]:
    """Read the folder `train` of the set, and split it into pictures to learn from and to test on.

    Raises
    ------
    ValueError
        A picture has no label file, or its name is not of the set.
    """
    paths = sorted((folder / "images").glob("*.jpg"))
    corrected = read_corrections()
    pictures = [_picture(path) for path in paths]
    groups = scene_groups(pictures, [path.name for path in paths])
    labelled = []
    for path, picture, group in zip(paths, pictures, groups, strict=True):
        key = _key(path.name)
        boxes, ignored = corrected[key] if key in corrected else _own(folder / "labels" / f"{path.stem}.txt")
        labelled.append(LabelledPicture(picture, boxes, ignored, int(group), rendered=False))
    test = held_out(groups, TEST_SHARE, LARGEST_TEST_SCENE, SPLIT_SEED)
    return (
        [each for each, out in zip(labelled, test, strict=True) if not out],
        [each for each, out in zip(labelled, test, strict=True) if out],
    )


def read_corrections(path: Path = CORRECTIONS) -> dict[str, tuple[FloatArray, BoolArray]]:
    """Boxes (m, 4) as shares of a picture's sides and which to ignore (m,), by the picture's hash."""
    rows: dict[str, list[list[float]]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            box = [float(row[name]) / 1000.0 for name in ("x0", "y0", "x1", "y1")]
            rows.setdefault(row["picture"], []).append([*box, float(row["ignored"])])
    tables = {key: np.array(table) for key, table in rows.items()}
    return {key: (table[:, :4], table[:, 4] > 0) for key, table in tables.items()}


def _picture(path: Path) -> Picture:
    picture = cv2.imread(str(path))
    if picture is None:
        raise ValueError(f"{path} cannot be read as a picture; unpack the set again")
    return np.ascontiguousarray(np.asarray(picture, np.uint8)[:, :, ::-1])


def _own(path: Path) -> tuple[FloatArray, BoolArray]:
    """Boxes of a YOLO file: class, middle, width and height as shares of the picture's sides."""
    table = np.array([line.split()[1:5] for line in path.read_text().splitlines() if line.strip()], dtype=np.float64)
    table = table.reshape(-1, 4)
    half = table[:, 2:] / 2
    boxes = np.concatenate([table[:, :2] - half, table[:, :2] + half], axis=1)
    return np.clip(boxes, 0.0, 1.0), np.zeros(len(boxes), dtype=bool)


def _key(name: str) -> str:
    found = _HASH.search(name)
    if found is None:
        raise ValueError(f"{name} is not a picture of Gym_barbell-1; expected NAME.rf.HASH.jpg")
    return found[1]
