"""Landmarks to files: .npz for Python, .csv for tables, .json for everything else."""

import csv
import io
import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import OptionError, OutputError
from depthperception.geometry.skeletons import Landmark
from depthperception.io.kaggle import write_kaggle_layout
from depthperception.pose.blazepose import px_per_m
from depthperception.pose.track import PoseTrack
from depthperception.video import VideoInfo

FORMATS = (".npz", ".csv", ".json")


def check_format(path: Path) -> None:
    """Refuse a file name whose ending says no format, or whose folder is not there.

    Raises
    ------
    OptionError
    OutputError
    """
    if path.suffix.lower() not in FORMATS:
        raise OptionError(f"{path} ends in {path.suffix or 'nothing'!r}; expected {', '.join(FORMATS)}. Rename it.")
    if not path.absolute().parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist; expected one to write to. Make it first.")


def write_track(track: PoseTrack, path: Path) -> None:
    """Write a track in the format that the file's ending names.

    .npz and .json hold every array of `PoseTrack` under its own name. .csv holds a row for each frame and landmark:
    time_s, landmark, x_px, y_px, x_m, y_m, z_m, visibility.

    Raises
    ------
    OptionError
        When the ending is none of `FORMATS`.
    OutputError
        When the file cannot be written.
    """
    check_format(path)
    if path.suffix.lower() == ".npz":
        track.save(path)
        return
    text = _csv(track) if path.suffix.lower() == ".csv" else _json(track)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror}); expected a place that can. Choose another."
        ) from error


def write_frames(track: PoseTrack, folder: Path, info: VideoInfo) -> None:
    """Write a track as the published data set is laid out: FOLDER/<frame>.npy of 33 x (x, y, z, visibility).

    x and y are shares of the picture's width and height, z is in picture widths from the hips.

    Raises
    ------
    OutputError
        When the folder cannot be written, or holds frames already.
    """
    scale = [px_per_m(image, world) for image, world in zip(track.image_px, track.world_m, strict=True)]
    depth = track.world_m[..., 2] * np.array(scale)[:, None] / info.width
    share = track.image_px / [info.width, info.height]
    landmarks = np.concatenate([share, depth[..., None], track.visibility[..., None]], axis=-1)
    write_kaggle_layout(folder.parent, folder.name, landmarks, times_s=track.times_s)


def _csv(track: PoseTrack) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["time_s", "landmark", "x_px", "y_px", "x_m", "y_m", "z_m", "visibility"])
    for index, time in enumerate(track.times_s):
        for mark in Landmark:
            numbers = np.concatenate(
                [track.image_px[index, mark], track.world_m[index, mark], [track.visibility[index, mark]]]
            )
            rows.writerow([f"{time:.6f}", mark.name.lower(), *(f"{number:.5f}" for number in numbers)])
    return out.getvalue()


def _without_nan(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return value if math.isfinite(value) else None


def _json(track: PoseTrack) -> str:
    arrays = {field.name: np.round(getattr(track, field.name), 6) for field in fields(track)}
    plain = {name: _without_nan(values.tolist()) for name, values in arrays.items()}
    return json.dumps({"landmarks": [mark.name.lower() for mark in Landmark], **plain}, allow_nan=False) + "\n"
