"""Reading and writing labelled landmarks: the published folder layout, a CSV of labels, and the packed file.

The published layout (Kaggle, "Powerlifting Squat Dataset") is `Squat_Data/{Valid,Invalid}/<clip>/<frame>.npy`, each
frame 132 float64: 33 landmarks of x, y (shares of the picture's width and height), z and visibility. It holds no
times; what `write_kaggle_layout` adds for them lies in a folder of its own, where published readers do not look.
"""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from depthperception.damaged import reason, unless_damaged
from depthperception.errors import DataError, OptionError, OutputError, quoted
from depthperception.geometry.skeletons import COUNT
from depthperception.io.kaggle import CHANNELS, TIMES_FOLDER
from depthperception.train.front.dataset import FRAME_SPACING_S, Dataset, LandmarkClip, without_empty_frames
from depthperception.types import FloatArray

CLASS_FOLDERS = {"Valid": True, "Invalid": False}
LABELS = {"valid": True, "1": True, "invalid": False, "0": False}
LABELS_FILE = "labels.csv"
LABEL_COLUMNS = ("clip", "label", "lifter", "recording")
ROOT = "Squat_Data"


def read_dataset(path: Path) -> Dataset:
    """Read labelled squats.

    Parameters
    ----------
    path
        A packed .npz; a folder with labels.csv (clip,label[,lifter[,recording]]) and the clips that it names; or a
        folder with Valid/ and Invalid/, itself or in Squat_Data/. In the last a labels.csv is not needed.

    Raises
    ------
    DataError
        When the path is none of these, or what it holds is not what the layout promises.
    """
    with unless_damaged(DataError, path, "labelled squats in one of the layouts of the manual. Write it again."):
        dataset = _read_any(path)
    # One order whatever the layout: training shuffles by seed, so the order of the clips is part of the result.
    return replace(dataset, clips=tuple(sorted(dataset.clips, key=lambda clip: _natural(clip.clip_id))))


def _read_any(path: Path) -> Dataset:
    if path.is_file() and path.suffix == ".npz":
        return read_packed(path)
    for root in (path, path / ROOT):
        if (root / LABELS_FILE).is_file():
            return _read_labelled(root)
        if any((root / name).is_dir() for name in CLASS_FOLDERS):
            return _read_published(root)
    found = "is not there" if not path.exists() else "is neither"
    raise DataError(
        f"{path} {found}; expected a packed .npz, a folder with Valid/ and Invalid/ (clips of <frame>.npy), or a "
        f"folder with {LABELS_FILE}. Give the folder that holds Valid/ and Invalid/."
    )


def read_packed(path: Path) -> Dataset:
    """Read a packed file: landmarks (frames, 33, 4) of all clips in a row, offsets, label, clip_id.

    Optional arrays: times_s (frames,), lifter, recording, failed_ascent (clips,), aspect ().

    Raises
    ------
    DataError
        When it cannot be read, an array is missing, or the arrays do not fit together.
    """
    try:
        with np.load(path, allow_pickle=False) as packed:
            arrays = {name: packed[name] for name in packed.files}
    except (OSError, ValueError, BadZipFile, EOFError) as error:
        raise DataError(
            f"{path} cannot be read as a packed data set ({reason(error)}); expected a numpy .npz. Pack it again."
        ) from error
    missing = {"landmarks", "offsets", "label", "clip_id"} - arrays.keys()
    if missing:
        raise DataError(
            f"{path} lacks {', '.join(sorted(missing))}; expected landmarks, offsets, label and clip_id. "
            "Pack it again with these arrays."
        )
    offsets, count = arrays["offsets"], len(arrays["label"])
    per_clip = [name for name in ("clip_id", "lifter", "recording", "failed_ascent") if name in arrays]
    fits = len(offsets) == count + 1 and offsets[0] == 0 and offsets[-1] == len(arrays["landmarks"])
    if not fits or any(len(arrays[name]) != count for name in per_clip) or np.any(np.diff(offsets) < 0):
        raise DataError(
            f"{path} has {len(offsets)} offsets and {len(arrays['landmarks'])} frames for {count} labels; expected "
            "one offset more than labels, ascending from 0 to the number of frames, and one entry a clip in "
            f"{', '.join(per_clip)}. Pack it again."
        )
    return Dataset(tuple(_packed_clip(arrays, k) for k in range(count)), source=path.name)


def append_label(labels_csv: Path, clip_id: str, label: str, *, lifter: str = "", recording: str = "") -> None:
    """Add one row to a CSV of labels, which is made where there is none; a clip's last row counts.

    Raises
    ------
    OptionError
        When the label is not valid, invalid, 1 or 0.
    OutputError
        When the file cannot be written.
    """
    if label.strip().lower() not in LABELS:
        raise OptionError(
            f"The label {quoted(label)} is unknown; expected one of {', '.join(LABELS)}. Choose one of these."
        )
    try:
        is_new = not labels_csv.exists() or labels_csv.stat().st_size == 0
        with labels_csv.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if is_new:
                writer.writerow(LABEL_COLUMNS)
            writer.writerow((clip_id, label.strip().lower(), lifter, recording))
    except OSError as error:
        raise OutputError(
            f"{labels_csv} cannot be written ({error.strerror}); expected a file that can be. Choose another place."
        ) from error


def _packed_clip(arrays: Mapping[str, NDArray[np.generic]], k: int) -> LandmarkClip:
    frames = slice(*arrays["offsets"][k : k + 2].tolist())
    image = np.asarray(arrays["landmarks"][frames], dtype=float)
    times = np.asarray(arrays["times_s"][frames], dtype=float) if "times_s" in arrays else _even_times_s(len(image))
    times, image = without_empty_frames(times, image)
    return LandmarkClip(
        clip_id=_text(arrays["clip_id"][k]),
        times_s=times,
        image=image,
        valid=bool(arrays["label"][k]),
        lifter=_text(arrays["lifter"][k]) if "lifter" in arrays else "",
        recording=_text(arrays["recording"][k]) if "recording" in arrays else "",
        failed_ascent=bool(arrays["failed_ascent"][k]) if "failed_ascent" in arrays else False,
        aspect=float(arrays["aspect"]) if "aspect" in arrays else None,
    )


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _even_times_s(count: int) -> FloatArray:
    return np.asarray(np.arange(count) * FRAME_SPACING_S, dtype=np.float64)


def _read_published(root: Path) -> Dataset:
    clips = [
        _read_clip(root, f"{name}/{clip.name}", {"label": "valid" if valid else "invalid"})
        for name, valid in CLASS_FOLDERS.items()
        for clip in (root / name).glob("*/")
    ]
    return Dataset(tuple(clips), source=root.name)


def _read_labelled(root: Path) -> Dataset:
    with (root / LABELS_FILE).open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = {"clip", "label"} - set(reader.fieldnames or ())
        if missing:
            raise DataError(
                f"{root / LABELS_FILE} lacks the column {' and '.join(sorted(missing))}; expected the header "
                "clip,label and if you like lifter,recording. Add it as the first line."
            )
        rows = {row["clip"]: row for row in reader if row["clip"]}
    return Dataset(tuple(_read_clip(root, clip_id, row) for clip_id, row in rows.items()), source=root.name)


def _read_clip(root: Path, clip_id: str, row: Mapping[str, str | None]) -> LandmarkClip:
    label = (row["label"] or "").strip().lower()
    if label not in LABELS:
        raise DataError(
            f"Clip {clip_id} is labelled {quoted(label)}; expected one of {', '.join(LABELS)}. Correct {LABELS_FILE}."
        )
    frames = sorted((root / clip_id).glob("*.npy"), key=lambda frame: _natural(frame.name))
    if not frames:
        raise DataError(
            f"Clip {clip_id} has no frames in {root / clip_id}; expected 0.npy, 1.npy, ... there. Write it with "
            "`depthperception landmarks --layout kaggle`, or remove the clip."
        )
    image = np.stack([_read_frame(frame) for frame in frames])
    beside = root / TIMES_FOLDER / f"{clip_id}.npy"
    times = np.load(beside) if beside.is_file() else _even_times_s(len(image))
    if len(times) != len(image):
        raise DataError(
            f"Clip {clip_id} has {len(image)} frames and {len(times)} times; expected one time a frame. Write the "
            f"clip again, or remove {beside}."
        )
    times, image = without_empty_frames(times, image)
    lifter, recording = ((row.get(name) or "").strip() for name in ("lifter", "recording"))
    return LandmarkClip(clip_id, times, image, LABELS[label], lifter, recording)


def _read_frame(path: Path) -> FloatArray:
    try:
        values = np.asarray(np.load(path, allow_pickle=False), dtype=np.float64)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"{path} cannot be read ({reason(error)}); expected a numpy file of {COUNT * CHANNELS} numbers. Write the "
            "clip again."
        ) from error
    if values.size != COUNT * CHANNELS:
        raise DataError(
            f"{path} holds {values.size} numbers; expected {COUNT * CHANNELS} ({COUNT} landmarks of x, y, z, "
            "visibility). Write the clip again with MediaPipe's or this tool's landmarks."
        )
    return values.reshape(COUNT, CHANNELS)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sort 2 before 10, and numbers before names, part by part of a path."""
    parts = name.removesuffix(".npy").split("/")
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
