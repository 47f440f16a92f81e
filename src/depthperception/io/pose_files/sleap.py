"""SLEAP's poses: its analysis as CSV and as HDF5, and its projects and predictions (.slp), which are HDF5 too.

Layouts as sleap/info/write_tracking_h5.py and sleap/io/format/hdf5.py write them; sleap-io also writes the analysis
frame first (frames, tracks, nodes, 2).
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from depthperception.errors import PoseSourceError
from depthperception.io.pose_files.people import (
    PoseFile,
    Reader,
    Seen,
    checked_rate,
    lifter_of,
    marks_of,
    seen_by_marks,
)
from depthperception.io.pose_files.rows import numbers_of, rows_of
from depthperception.types import FloatArray


def _recognises(path: Path) -> bool:
    """Whether its columns are those of SLEAP."""
    return path.suffix.lower() == ".csv" and path.is_file() and rows_of(path, 1)[0][:2] == ["track", "frame_idx"]


def _read(path: Path, rate_hz: float | None) -> PoseFile:
    """Read the lifter."""
    rate_hz, (head, *rows) = checked_rate(rate_hz, path), rows_of(path)
    names = [name.removesuffix(".x") for name in head if name.endswith(".x")]
    at = {name: k for k, name in enumerate(head)}
    marks = marks_of(names, path)
    frames: dict[float, list[Seen]] = {}
    for _, values in numbers_of([[row[at["frame_idx"]], *row] for row in rows], path):
        table = np.array([[values[at[f"{name}.{part}"]] for part in ("x", "y", "score")] for name in names])
        seen = seen_by_marks(table[:, :2], np.nan_to_num(table[:, 2]), marks)
        frames.setdefault(values[at["frame_idx"]] / rate_hz, []).append(seen)
    return PoseFile("SLEAP", lifter_of(sorted(frames.items()), path))


def read_analysis(file: Any, rate_hz: float, path: Path) -> PoseFile:
    """Read the lifter from an open analysis: tracks (tracks, 2, nodes, frames), point_scores, node_names.

    Raises
    ------
    PoseSourceError
        When the arrays do not belong together.
    """
    names = [name.decode() if isinstance(name, bytes) else str(name) for name in file["node_names"][:]]
    points, scores = _arrays(file, len(names), path)
    marks = marks_of(names, path)
    frames = [
        (number / rate_hz, [seen_by_marks(one, sure, marks) for one, sure in zip(here, sures, strict=True)])
        for number, (here, sures) in enumerate(zip(points, scores, strict=True))
    ]
    return PoseFile("SLEAP", lifter_of(frames, path))


def _arrays(file: Any, count: int, path: Path) -> tuple[FloatArray, FloatArray]:
    """Places (frames, tracks, points, 2) and scores (frames, tracks, points)."""
    tracks = np.asarray(file["tracks"][:], np.float64)
    scores = np.asarray(file["point_scores"][:], np.float64) if "point_scores" in file else None
    if tracks.ndim == 4 and tracks.shape[1:3] == (2, count):
        tracks = tracks.transpose(3, 0, 2, 1)
        scores = None if scores is None else scores.transpose(2, 0, 1)
    if tracks.ndim != 4 or tracks.shape[2:] != (count, 2):
        raise PoseSourceError(
            f"{path} has tracks of shape {tracks.shape} and {count} points; expected (tracks, 2, points, frames). "
            "Export the analysis again."
        )
    return tracks, np.nan_to_num(scores) if scores is not None else np.ones(tracks.shape[:3])


BY_A_PERSON = 0
"""`instance_type` of what somebody labelled; everything else was predicted."""

CENTRED_SINCE = 1.1
"""Before this format a pixel's corner was its place, from it on its centre is."""


def read_project(file: Any, rate_hz: float, path: Path) -> PoseFile:
    """Read the lifter from an open .slp, of its first video and skeleton; labels of a person count like predictions.

    Raises
    ------
    PoseSourceError
        When it holds no frames, or its parts do not belong together.
    """
    try:
        names, per_frame = _node_names(file), _instances(file)
        marks = marks_of(names, path)
        frames = [
            (number / rate_hz, [seen_by_marks(points, scores, marks) for points, scores in people])
            for number, people in sorted(per_frame.items())
        ]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise PoseSourceError(
            f"{path} is no whole .slp ({error}); expected metadata, frames, instances and points. Save it again."
        ) from error
    return PoseFile("SLEAP", lifter_of(frames, path))


def _node_names(file: Any) -> list[str]:
    said = json.loads(file["metadata"].attrs["json"])
    return [said["nodes"][node["id"]]["name"] for node in said["skeletons"][0]["nodes"]]


def _instances(file: Any) -> dict[int, list[tuple[FloatArray, FloatArray]]]:
    """Points (n, 2) and scores (n,) of everybody in the first video's frames, by their numbers."""
    frames, instances = file["frames"][:], file["instances"][:]
    by_hand, predicted = file["points"][:], file["pred_points"][:]
    corner = 0.5 if float(file["metadata"].attrs.get("format_id", 1.0)) < CENTRED_SINCE else 0.0
    found: dict[int, list[tuple[FloatArray, FloatArray]]] = {}
    for frame in frames[frames["video"] == frames["video"].min(initial=0)]:
        for one in instances[int(frame["instance_id_start"]) : int(frame["instance_id_end"])]:
            labelled = one["instance_type"] == BY_A_PERSON
            rows = (by_hand if labelled else predicted)[int(one["point_id_start"]) : int(one["point_id_end"])]
            scores = rows["visible"].astype(np.float64) if labelled else np.nan_to_num(rows["score"])
            points = np.stack([rows["x"], rows["y"]], axis=-1) - corner
            found.setdefault(int(frame["frame_idx"]), []).append((points, scores))
    return found


READER = Reader(
    "SLEAP", "a .csv file with the columns track, frame_idx, POINT.x, POINT.y, POINT.score", _recognises, _read
)
