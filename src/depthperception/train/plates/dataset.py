"""Pictures with the boxes of their plates, as one array to train on and one file to carry them in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from depthperception.types import BoolArray, FloatArray, IntArray, Picture

SIDE_PX = 352
"""Side that pictures are kept at, stretched: the real ones come as 416 px squares, and a file of all fits 20 MB."""

QUALITY = 72
"""Of WebP: 11 kB a real picture; training adds a video's compression on top."""


@dataclass(frozen=True, eq=False)
class LabelledPictures:
    """Pictures and their plates.

    Attributes
    ----------
    pictures : (n, s, s, 3)
        RGB, stretched to squares.
    boxes : (k, 4)
        x0, y0, x1, y1 of every plate of every picture, as shares of the picture's sides.
    ignored : (k,)
        A plate that is neither to be found nor to be taken for background.
    owners : (k,)
        Which picture each box belongs to.
    groups : (n,)
        Pictures of one group show the same scene.
    rendered : (n,)
        Whether a picture is rendered.
    """

    pictures: Picture
    boxes: FloatArray
    ignored: BoolArray
    owners: IntArray
    groups: IntArray
    rendered: BoolArray

    def __post_init__(self) -> None:
        count, plates = len(self.pictures), len(self.boxes)
        if self.boxes.shape != (plates, 4) or self.ignored.shape != (plates,) or self.owners.shape != (plates,):
            raise ValueError(f"boxes {self.boxes.shape}, ignored {self.ignored.shape}, owners {self.owners.shape}")
        if self.groups.shape != (count,) or self.rendered.shape != (count,):
            raise ValueError(f"{count} pictures, groups {self.groups.shape}, rendered {self.rendered.shape}")

    def plates_of(self, k: int) -> tuple[FloatArray, BoolArray]:
        """Boxes (m, 4) of a picture, and which of them are ignored."""
        mine = self.owners == k
        return self.boxes[mine], self.ignored[mine]


@dataclass(frozen=True, eq=False)
class LabelledPicture:
    """One picture (h, w, 3) with boxes (m, 4) as shares of its sides; see `LabelledPictures`."""

    picture: Picture
    boxes: FloatArray
    ignored: BoolArray
    group: int
    rendered: bool


def pack(path: Path, pictures: Sequence[LabelledPicture], side_px: int = SIDE_PX, quality: int = QUALITY) -> int:
    """Write pictures to a file as WebP with their boxes; returns its size in bytes."""
    codes = [_code(each.picture, side_px, quality) for each in pictures]
    np.savez(
        path,
        allow_pickle=False,
        codes=np.concatenate(codes),
        ends=np.cumsum([len(code) for code in codes]),
        boxes=np.concatenate([each.boxes.reshape(-1, 4) for each in pictures]).astype(np.float32),
        ignored=np.concatenate([each.ignored for each in pictures]).astype(bool),
        owners=np.repeat(np.arange(len(pictures)), [len(each.boxes) for each in pictures]).astype(np.int32),
        groups=np.array([each.group for each in pictures], np.int32),
        rendered=np.array([each.rendered for each in pictures], bool),
    )
    return path.stat().st_size


def unpack(*paths: Path) -> LabelledPictures:
    """Read files that `pack` wrote, as one set; groups of different files are kept apart."""
    parts: list[LabelledPictures] = []
    for path in paths:
        with np.load(path, allow_pickle=False) as data:
            codes = np.split(data["codes"], data["ends"][:-1])
            parts.append(
                LabelledPictures(
                    np.stack([_picture(code) for code in codes]),
                    data["boxes"].astype(np.float64),
                    data["ignored"],
                    data["owners"].astype(np.int64),
                    data["groups"].astype(np.int64),
                    data["rendered"],
                )
            )
    starts = np.cumsum([0, *(len(part.pictures) for part in parts[:-1])])
    first = np.cumsum([0, *(int(part.groups.max()) + 1 for part in parts[:-1])])
    return LabelledPictures(
        np.concatenate([part.pictures for part in parts]),
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.ignored for part in parts]),
        np.concatenate([part.owners + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.groups + start for part, start in zip(parts, first, strict=True)]),
        np.concatenate([part.rendered for part in parts]),
    )


def _code(picture: Picture, side_px: int, quality: int) -> Picture:
    small = cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_AREA)
    done, code = cv2.imencode(".webp", small[:, :, ::-1], [cv2.IMWRITE_WEBP_QUALITY, quality])
    if not done:
        raise ValueError("the picture cannot be coded as WebP")
    return np.asarray(code.ravel(), np.uint8)


def _picture(code: Picture) -> Picture:
    picture = cv2.imdecode(code, cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("a packed picture cannot be read; OpenCV needs WebP")
    return np.ascontiguousarray(np.asarray(picture, np.uint8)[:, :, ::-1])
