"""The truth of a rendered squat in the file layouts of other tools, each written down from its own documentation."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas

from depthperception.geometry.skeletons import BODY_25, COCO_17, HALPE_26, Landmark
from depthperception.types import FloatArray
from tests.support.painted_networks import JOINTS, truth_px

NAMES = {
    mark: f"{side} {joint}".title().replace(" ", "")[0] + joint.title()
    for joint in JOINTS
    for side in ("left", "right")
    for mark in (Landmark[f"{side}_{joint}".upper()],)
} | {Landmark.NOSE: "Nose", Landmark.LEFT_EYE: "LEye", Landmark.RIGHT_EYE: "REye"}
"""As Sports2D names points: LHip, RKnee."""


def _people(points: FloatArray, layout: dict[int, Landmark], count: int) -> list[FloatArray]:
    """Rows (count, 3) of x, y, score of the lifter, and of somebody half as large who stands still before him."""
    rows = []
    for shown in (points * 0.5, points):
        table = np.zeros((count, 3))
        for index, mark in layout.items():
            if np.isfinite(shown[mark]).all():
                table[index] = [*shown[mark], 0.9]
        rows.append(table)
    return rows


def _openpose(layout: dict[int, Landmark], count: int, ending: str) -> Callable[[Path, dict[str, Any]], Path]:
    def write(folder: Path, truth: dict[str, Any]) -> Path:
        out = folder / "clip_json"
        out.mkdir()
        for number, points in enumerate(truth_px(truth)[1]):
            people = [{"pose_keypoints_2d": rows.ravel().tolist()} for rows in _people(points, layout, count)]
            (out / f"clip_{number:012d}{ending}.json").write_text(json.dumps({"version": 1.3, "people": people}))
        return out

    return write


def _mmpose(folder: Path, truth: dict[str, Any]) -> Path:
    frames = []
    for number, points in enumerate(truth_px(truth)[1]):
        rows = _people(points, COCO_17, 17)
        instances = [{"keypoints": r[:, :2].tolist(), "keypoint_scores": r[:, 2].tolist()} for r in rows]
        frames.append({"frame_id": number + 1, "instances": instances})
    path = folder / "results_clip.json"
    path.write_text(json.dumps({"meta_info": {"dataset_name": "coco"}, "instance_info": frames}))
    return path


def _rtmlib(folder: Path, truth: dict[str, Any]) -> Path:
    frames = []
    for points in truth_px(truth)[1]:
        rows = np.array(_people(points, HALPE_26, 26))
        frames.append({"keypoints": rows[..., :2].tolist(), "scores": rows[..., 2].tolist()})
    path = folder / "rtmlib.json"
    path.write_text(json.dumps(frames))
    return path


def _table(path: Path, rows: list[list[Any]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def _deeplabcut(folder: Path, truth: dict[str, Any]) -> Path:
    heads = [["scorer", *["DLC"] * (3 * len(NAMES))], ["bodyparts"], ["coords"]]
    for name in NAMES.values():
        heads[1] += [name] * 3
        heads[2] += ["x", "y", "likelihood"]
    rows = [
        [number, *(value for mark in NAMES for value in (*points[mark], 0.99))]
        for number, points in enumerate(truth_px(truth)[1])
    ]
    return _table(folder / "clipDLC.csv", heads + rows)


def _deeplabcut_several(folder: Path, truth: dict[str, Any]) -> Path:
    heads = [["scorer"], ["individuals"], ["bodyparts"], ["coords"]]
    for who in ("coach", "lifter"):
        for name in NAMES.values():
            heads[0] += ["DLC"] * 3
            heads[1] += [who] * 3
            heads[2] += [name] * 3
            heads[3] += ["x", "y", "likelihood"]
    rows = [
        [number, *(v for shown in (points * 0.5, points) for mark in NAMES for v in (*shown[mark], 0.99))]
        for number, points in enumerate(truth_px(truth)[1])
    ]
    return _table(folder / "clipDLC_el.csv", heads + rows)


def _deeplabcut_h5(write: Callable[[Path, dict[str, Any]], Path]) -> Callable[[Path, dict[str, Any]], Path]:
    """As DeepLabCut does it: the same table through pandas and PyTables."""

    def as_hdf5(folder: Path, truth: dict[str, Any]) -> Path:
        table = write(folder, truth)
        heads = 4 if table.stem.endswith("_el") else 3
        path = table.with_suffix(".h5")
        pandas.read_csv(table, header=list(range(heads)), index_col=0).to_hdf(
            path, key="df_with_missing", format="table", mode="w"
        )
        table.unlink()
        return path

    return as_hdf5


def _sleap_csv(folder: Path, truth: dict[str, Any]) -> Path:
    head = ["track", "frame_idx", "instance.score"]
    head += [f"{name}.{part}" for name in NAMES.values() for part in ("x", "y", "score")]
    rows = [
        [f"track_{who}", number, 0.9, *(v for mark in NAMES for v in (*shown[mark], 0.8))]
        for number, points in enumerate(truth_px(truth)[1])
        for who, shown in enumerate((points * 0.5, points))
    ]
    return _table(folder / "clip.analysis.csv", [head, *rows])


def _sleap_h5(folder: Path, truth: dict[str, Any]) -> Path:
    points = truth_px(truth)[1][:, list(NAMES)]
    tracks = np.stack([points * 0.5, points])
    path = folder / "clip.analysis.h5"
    with h5py.File(path, "w") as file:
        file["tracks"] = tracks.transpose(0, 3, 2, 1)
        file["point_scores"] = np.full((2, len(NAMES), len(points)), 0.8)
        file["node_names"] = [name.encode() for name in NAMES.values()]
        file["track_names"] = [b"track_0", b"track_1"]
    return path


def _sleap_slp(folder: Path, truth: dict[str, Any]) -> Path:
    """As sleap-io 0.9 lays a project out: somebody half as large is predicted first, the lifter every other time."""
    points = truth_px(truth)[1][:, list(NAMES)]
    count, size = len(points), len(NAMES)
    frames = np.zeros(count, [("frame_id", "u8"), ("video", "u4"), ("frame_idx", "u8"),
                              ("instance_id_start", "u8"), ("instance_id_end", "u8")])  # fmt: skip
    instances = np.zeros(2 * count, [("instance_id", "i8"), ("instance_type", "u1"), ("frame_id", "u8"),
                                     ("point_id_start", "u8"), ("point_id_end", "u8")])  # fmt: skip
    point = [("x", "f8"), ("y", "f8"), ("visible", "?"), ("complete", "?")]
    by_hand: list[tuple[Any, ...]] = []
    predicted: list[tuple[Any, ...]] = []
    for k in range(count):
        frames[k] = (k, 0, k, 2 * k, 2 * k + 2)
        for who, shown in enumerate((0.5 * points[k], points[k])):
            labelled = who == 1 and k % 2 == 0
            table: list[tuple[Any, ...]] = by_hand if labelled else predicted
            instances[2 * k + who] = (2 * k + who, int(not labelled), k, len(table), len(table) + size)
            table += [(x, y, np.isfinite(x), True, *([] if labelled else [0.8])) for x, y in shown]
    names = list(NAMES.values())
    order = list(range(size))[::-1]
    said = {
        "nodes": [{"name": names[k], "weight": 1.0} for k in order],
        "skeletons": [{"nodes": [{"id": order.index(k)} for k in range(size)]}],
    }
    path = folder / "clip.slp"
    with h5py.File(path, "w") as file:
        file.create_group("metadata").attrs.update({"json": np.bytes_(json.dumps(said)), "format_id": 1.2})
        file["frames"], file["instances"] = frames, instances
        file["points"] = np.array(by_hand, point)
        file["pred_points"] = np.array(predicted, [*point, ("score", "f8")])
    return path


def _trc(path: Path, times: FloatArray, points: FloatArray, unit: str) -> Path:
    """Lay markers (n, markers, 3) out as OpenSim reads them."""
    count, size = len(times), len(NAMES)
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"30\t30\t{count}\t{size}\t{unit}\t30\t0\t{count}",
        "Frame#\tTime\t" + "\t\t\t".join(NAMES.values()) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{k}" for k in range(1, size + 1) for axis in "XYZ"),
    ]
    rows = points.reshape(count, -1)
    lines += [
        "\t".join([str(k), f"{times[k]:.5f}", *("" if np.isnan(v) else f"{v:.5f}" for v in rows[k])])
        for k in range(count)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def _sports2d_px(folder: Path, truth: dict[str, Any]) -> Path:
    times, points = truth_px(truth)
    flat = np.concatenate([points[:, list(NAMES)], np.zeros((len(times), len(NAMES), 1))], axis=-1)
    return _trc(folder / "clip_Sports2D_px_person00.trc", times, flat, "m")


def _opensim_m(folder: Path, truth: dict[str, Any]) -> Path:
    """Markers in space, y up, as Pose2Sim writes them: the truth's own joints, turned about the vertical."""
    times = np.array([frame["time_s"] for frame in truth["frames"]])
    points = np.full((len(times), len(NAMES), 3), np.nan)
    for row, frame in enumerate(truth["frames"]):
        for k, mark in enumerate(NAMES):
            side, _, joint = mark.name.lower().partition("_")
            if joint in frame:
                x, y, z = frame[joint][side]
                points[row, k] = [0.8 * x + 0.6 * y, z, 0.6 * x - 0.8 * y]
    return _trc(folder / "clip_filt.trc", times, points, "m")


WRITERS: dict[str, tuple[str, Callable[[Path, dict[str, Any]], Path]]] = {
    "openpose": ("OpenPose", _openpose(BODY_25, 25, "_keypoints")),
    "pose2sim": ("OpenPose", _openpose(HALPE_26, 26, "")),
    "mmpose": ("MMPose", _mmpose),
    "rtmlib": ("RTMLib", _rtmlib),
    "deeplabcut": ("DeepLabCut", _deeplabcut),
    "deeplabcut_several": ("DeepLabCut", _deeplabcut_several),
    "deeplabcut_h5": ("DeepLabCut", _deeplabcut_h5(_deeplabcut)),
    "deeplabcut_several_h5": ("DeepLabCut", _deeplabcut_h5(_deeplabcut_several)),
    "sleap_csv": ("SLEAP", _sleap_csv),
    "sleap_h5": ("SLEAP", _sleap_h5),
    "sleap_slp": ("SLEAP", _sleap_slp),
    "sports2d_px": ("TRC", _sports2d_px),
}
"""Files with landmarks in the picture, and the tool that is to be recognised."""

in_space = _opensim_m
