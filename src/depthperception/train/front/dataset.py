"""Labelled squats as landmark sequences: the one type that every reader makes and every trainer takes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from depthperception.attempts.heights import LEAST_FRAMES, SquatHeights, squat_heights
from depthperception.errors import DataError
from depthperception.geometry.skeletons import COUNT
from depthperception.provenance import package_version
from depthperception.types import BoolArray, FloatArray, IntArray

FRAME_SPACING_S = 1 / 30
"""Assumed time between frames where a layout holds no times. The published clips do not say; their reps of 47 to 191
frames last 1.6 to 6.4 s at a phone's usual 30 frames a second, as squats do."""

DUPLICATE_TOLERANCE = 0.004
"""Two clips of equal length nine tenths of whose x and y differ by less than this (in picture sides) show one rep: the
published duplicate differs by .0015, the next nearest pair of the data set by .012."""

GroupKind = Literal["lifter", "recording"]


@dataclass(frozen=True, eq=False)
class LandmarkClip:
    """One squat with its label.

    Attributes
    ----------
    clip_id
        Where it came from, "Valid/3": unique in a data set.
    times_s : (n,)
        Presentation times, ascending.
    image : (n, 33, 2 to 4)
        BlazePose landmarks: x in picture widths, y in picture heights (downwards), then z and visibility.
    valid
        The label: a valid lift.
    lifter, recording
        Whom and which set it shows; empty where not known.
    failed_ascent
        The lifter did not stand up again, as far as the data set says so.
    aspect
        Width of the picture divided by its height; None where not known.
    """

    clip_id: str
    times_s: FloatArray
    image: FloatArray
    valid: bool
    lifter: str = ""
    recording: str = ""
    failed_ascent: bool = False
    aspect: float | None = None

    def __post_init__(self) -> None:
        """Check shapes, numbers and order."""
        shape = self.image.shape
        if len(shape) != 3 or shape[1] != COUNT or not 2 <= shape[2] <= 4 or self.times_s.shape != shape[:1]:
            raise DataError(
                f"Clip {self.clip_id} has landmarks of shape {shape} and times of shape {self.times_s.shape}; "
                f"expected (n, {COUNT}, 2 to 4) and (n,). Write it again with `depthperception landmarks`."
            )
        if len(self.times_s) < LEAST_FRAMES:
            raise DataError(
                f"Clip {self.clip_id} has {len(self.times_s)} frames with a lifter; expected at least "
                f"{LEAST_FRAMES} of one squat. Remove the clip or write it again from its video."
            )
        if not (np.isfinite(self.image[..., :2]).all() and np.isfinite(self.times_s).all()):
            raise DataError(
                f"Clip {self.clip_id} has values that are not finite (NaN); expected numbers, and zeros for a whole "
                "frame without a lifter. Remove those frames or write the clip again."
            )
        if np.any(np.diff(self.times_s) <= 0):
            raise DataError(
                f"Clip {self.clip_id} has times that do not ascend; expected presentation times in seconds. "
                "Sort its frames and drop repeated ones."
            )

    def features(self) -> SquatHeights:
        """Measure the squat, with the clip's name in the message when that cannot be done."""
        try:
            return squat_heights(self.times_s, self.image)
        except DataError as error:
            raise DataError(f"Clip {self.clip_id}: {error}") from error


@dataclass(frozen=True, eq=False)
class Dataset:
    """Clips of one source, each with a name of its own."""

    clips: tuple[LandmarkClip, ...]
    source: str = ""

    def __post_init__(self) -> None:
        """Check that there are clips and that no name is used twice."""
        names = [clip.clip_id for clip in self.clips]
        if not names:
            raise DataError(
                f"Found no clips in {self.source or 'the data set'}; expected labelled squats. Give a folder with "
                "Valid/ and Invalid/, a folder with labels.csv, or a packed .npz."
            )
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise DataError(
                f"Found the clip names {', '.join(twice[:5])} more than once; expected one clip to a name. "
                "Rename the clips."
            )

    def __len__(self) -> int:
        return len(self.clips)

    @property
    def labels(self) -> BoolArray:
        """Valid or not (clips,)."""
        return np.array([clip.valid for clip in self.clips])

    @property
    def sha256(self) -> str:
        """Hash of names, labels and x, y: the same from the folder layout and from the packed file."""
        digest = hashlib.sha256()
        for clip in sorted(self.clips, key=lambda clip: clip.clip_id):
            digest.update(f"{clip.clip_id} {clip.valid} {len(clip.times_s)}\n".encode())
            digest.update(np.ascontiguousarray(clip.image[..., :2], dtype="<f4").tobytes())
        return digest.hexdigest()

    def groups(self, kind: GroupKind) -> IntArray:
        """Number each clip's lifter or recording (clips,), from 0.

        Raises
        ------
        DataError
            When a clip has none.
        """
        names = [clip.lifter if kind == "lifter" else clip.recording for clip in self.clips]
        if missing := [clip.clip_id for clip, name in zip(self.clips, names, strict=True) if not name]:
            raise DataError(
                f"{len(missing)} of {len(names)} clips have no {kind} ({missing[0]} for one); expected one for each. "
                f"Fill the {kind} column of labels.csv for all of them, or leave it empty everywhere to have it "
                "inferred."
            )
        return np.unique(names, return_inverse=True)[1].astype(np.int64)

    def subset(self, keep: Iterable[int]) -> "Dataset":
        """Keep the clips of these indices, in this order."""
        return replace(self, clips=tuple(self.clips[i] for i in keep))

    def require_both_classes(self) -> None:
        """Refuse a data set whose labels are all the same.

        Raises
        ------
        DataError
            When there are only valid or only invalid clips.
        """
        if len(set(self.labels.tolist())) < 2:
            kind = "valid" if self.clips[0].valid else "invalid"
            raise DataError(
                f"All {len(self)} clips are {kind}; expected valid and invalid ones, since there is nothing to tell "
                "apart otherwise. Add clips of the other kind."
            )


def without_empty_frames(times_s: FloatArray, image: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Drop frames whose landmarks are all zero, as the published layout writes a frame without a person."""
    seen = np.any(image != 0, axis=(1, 2))
    return times_s[seen], image[seen]


def duplicates(dataset: Dataset) -> dict[str, str]:
    """Find clips that show again what an earlier clip shows: later name to earlier name."""
    found: dict[str, str] = {}
    by_length: dict[int, list[LandmarkClip]] = {}
    for clip in dataset.clips:
        earlier = by_length.setdefault(len(clip.times_s), [])
        for other in earlier:
            if np.percentile(np.abs(clip.image[..., :2] - other.image[..., :2]), 90) < DUPLICATE_TOLERANCE:
                found[clip.clip_id] = other.clip_id
                break
        else:
            earlier.append(clip)
    return found


def without_duplicates(dataset: Dataset) -> Dataset:
    """Keep the first of each set of clips that show the same."""
    again = duplicates(dataset)
    return dataset.subset(i for i, clip in enumerate(dataset.clips) if clip.clip_id not in again)


def provenance(dataset: Dataset, **parameters: object) -> dict[str, Any]:
    """Describe the data set and the parameters that a model is trained with.

    No time of day: training again on the same data gives the same file.
    """
    return {
        "version": package_version("depthperception"),
        "data": {
            "source": dataset.source,
            "sha256": dataset.sha256,
            "clips": len(dataset),
            "valid": int(dataset.labels.sum()),
            "lifters": len({clip.lifter for clip in dataset.clips if clip.lifter}) or None,
            "recordings": len({clip.recording for clip in dataset.clips if clip.recording}) or None,
        },
        "parameters": parameters,
    }
